//! The arithmetic of measures is checked in every profile: a program compiled without overflow checks, and the sources.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::files::repository;

fn source(file: &str) -> PathBuf {
    repository(&format!("crates/core/src/{file}"))
}

/// A program that adds, subtracts, multiplies, negates and sums at the ends of the range, one operation a run.
fn program() -> String {
    let arithmetic = source("quantity/arithmetic.rs");
    let arithmetic = arithmetic.display();
    format!(
        r##"
        mod quantity {{
            #[path = r#"{arithmetic}"#]
            mod arithmetic;
            #[derive(Clone, Copy)]
            pub struct Money(pub i64);
            arithmetic::checked_arithmetic!(Money);
        }}
        use quantity::Money;
        use std::hint::black_box;
        fn main() {{
            let least = || black_box(Money(i64::MIN));
            let most = || black_box(Money(i64::MAX));
            let one = || black_box(Money(1));
            let result = match std::env::args().nth(1).as_deref() {{
                Some("add") => most() + one(),
                Some("add-assign") => {{ let mut sum = most(); sum += one(); sum }}
                Some("subtract") => least() - one(),
                Some("subtract-assign") => {{ let mut rest = least(); rest -= one(); rest }}
                Some("multiply") => most() * black_box(2),
                Some("multiply-assign") => {{ let mut product = most(); product *= black_box(2); product }}
                Some("negate") => -least(),
                Some("sum") => [most(), one()].into_iter().sum(),
                Some("fine") => -(most() - one() * 5) + one(),
                _ => Money(black_box(i64::MAX) + black_box(5)),
            }};
            println!("{{}}", result.0);
        }}
        "##
    )
}

#[test]
fn a_program_without_overflow_checks_never_gets_a_wrong_total() {
    let dir = tempfile::tempdir().unwrap();
    let (file, binary) = (dir.path().join("totals.rs"), dir.path().join("totals"));
    std::fs::write(&file, program()).unwrap();
    let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "--edition=2024",
            "-O",
            "-C",
            "overflow-checks=off",
            "-A",
            "warnings",
            "-o",
        ])
        .args([&binary, &file])
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let run = |what: &str| {
        let output = Command::new(&binary).arg(what).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    // Plain integers wrap in this program, so what follows is not the doing of its profile.
    let (code, wrapped, _) = run("plain");
    assert_eq!((code, wrapped.trim()), (Some(0), (i64::MIN + 4).to_string().as_str()));
    assert_eq!(run("fine").1.trim(), (-(i64::MAX - 5) + 1).to_string());
    for (what, verb) in [
        ("add", "add"),
        ("add-assign", "add"),
        ("subtract", "subtract"),
        ("subtract-assign", "subtract"),
        ("multiply", "multiply"),
        ("multiply-assign", "multiply"),
        ("negate", "negate"),
        ("sum", "add"),
    ] {
        let (code, out, err) = run(what);
        assert_eq!((code, out.as_str()), (Some(101), ""), "{what}: {err}");
        assert!(
            err.contains(&format!("Money: attempt to {verb} with overflow")),
            "{what}: {err}"
        );
    }
}

/// Every Rust file below a folder of the library, with its text.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

#[test]
fn every_measure_has_checked_arithmetic() {
    let files = texts(&source("quantity"));
    for measure in ["Money", "Grams", "Volume", "Distance", "Seconds", "Millis"] {
        let made = files
            .iter()
            .any(|f| f.1.contains(&format!("checked_arithmetic!({measure});")));
        let by_hand = files.iter().any(|f| f.1.contains(&format!("Add for {measure} ")));
        assert!(made && !by_hand, "{measure}");
    }
}

#[test]
fn totals_are_added_up_as_measures() {
    // The inner value of a measure is never added, subtracted or multiplied by itself where figures of a plan are made.
    let measures = [
        "weight",
        "volume",
        "walk",
        "length",
        "labour",
        "late",
        "penalty",
        "transport",
        "handling",
    ];
    let operators = ["+ ", "+= ", "- ", "-= ", "* ", "*= "];
    let mut looked_at = 0;
    for folder in ["cost", "verify", "plan"] {
        for (path, text) in texts(&source(folder)) {
            for (n, line) in text
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.trim_start().starts_with("//"))
            {
                looked_at += 1;
                let raw = measures
                    .iter()
                    .any(|m| operators.iter().any(|op| line.contains(&format!("{m}.0 {op}"))));
                let summed = measures.iter().any(|m| line.contains(&format!("{m}.0).sum()")));
                assert!(!raw && !summed, "{}:{}: {line}", path.display(), n + 1);
            }
        }
    }
    assert!(looked_at > 3_000, "found no sources");
}
