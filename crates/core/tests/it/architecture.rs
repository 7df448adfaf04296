//! One-way streets: every `use crate::` in `src/` must point to a module of a lower rank (see DESIGN.md).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What those of rank 5 may use, though not each other.
const RANKS_0_TO_3: &[&str] = &[
    "pace",
    "error",
    "diagnostic",
    "quantity",
    "index",
    "model",
    "plan",
    "validate",
    "cost",
    "search",
];

/// For each module the modules that it may use, beside itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("pace", &[]),
    ("diagnostic", &[]),
    ("quantity", &[]),
    ("index", &[]),
    ("error", &["diagnostic"]),
    ("model", &["error", "diagnostic", "quantity", "index"]),
    ("plan", &["error", "diagnostic", "quantity", "index", "model"]),
    (
        "validate",
        &["error", "diagnostic", "quantity", "index", "model", "plan", "cost"],
    ),
    ("cost", &["error", "diagnostic", "quantity", "index", "model", "plan"]),
    (
        "generate",
        &["error", "diagnostic", "quantity", "index", "model", "plan", "search"],
    ),
    ("search", &["error", "diagnostic", "quantity", "index"]),
    (
        "verify",
        &[
            "pace",
            "error",
            "diagnostic",
            "quantity",
            "index",
            "model",
            "plan",
            "cost",
        ],
    ),
    ("allocate", RANKS_0_TO_3),
    ("wave", RANKS_0_TO_3),
    (
        "solve",
        &[
            "error",
            "diagnostic",
            "quantity",
            "index",
            "model",
            "plan",
            "validate",
            "cost",
            "search",
            "verify",
            "allocate",
            "wave",
        ],
    ),
    (
        "report",
        &[
            "error",
            "diagnostic",
            "quantity",
            "index",
            "model",
            "plan",
            "cost",
            "verify",
        ],
    ),
    (
        "io",
        &[
            "error",
            "diagnostic",
            "quantity",
            "index",
            "model",
            "plan",
            "validate",
            "report",
        ],
    ),
];

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The first segments after `crate::` in a line of code, braces included: `crate::{a::B, c}` gives a and c.
fn used_modules(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |s: &str| {
            s.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        if let Some(inner) = rest.strip_prefix('{') {
            let mut depth = 0usize;
            let mut start = true;
            for (i, c) in inner.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && depth == 0 && (c.is_alphabetic() || c == '_') => {
                        modules.push(word(&inner[i..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            modules.push(word(rest));
        }
    }
    modules
}

/// Source without comments and doc links, which may point anywhere.
fn code_of(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .map(|l| l.split(" // ").next().unwrap_or(l));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_use_only_lower_ranks() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for file in &files {
        let relative = file.strip_prefix(&src).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        if module == "lib" {
            continue;
        }
        let Some(allowed) = table.get(module.as_str()) else {
            wrong.push(format!("{}: module {module} has no rank", relative.display()));
            continue;
        };
        for used in used_modules(&code_of(&fs::read_to_string(file).unwrap())) {
            checked += 1;
            let known = table.contains_key(used.as_str());
            if known && used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: {module} uses {used}", relative.display()));
            }
            if !known && !["Error", "VERSION"].contains(&used.as_str()) {
                wrong.push(format!(
                    "{}: crate::{used} is not in the table of ranks",
                    relative.display()
                ));
            }
        }
    }
    assert!(
        files.len() >= 20 && checked >= 30,
        "scanned {} files and {checked} uses: the test looks in the wrong place",
        files.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is() {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let bare: Vec<_> = files
        .iter()
        .filter(|f| !fs::read_to_string(f).unwrap().starts_with("//!"))
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn braces_and_paths_are_understood() {
    assert_eq!(
        used_modules("use crate::{model::{A, B}, plan::C, cost};"),
        ["model", "plan", "cost"]
    );
    assert_eq!(
        used_modules("fn f(x: crate::model::Line) -> crate::Error"),
        ["model", "Error"]
    );
    assert_eq!(
        code_of("//! [`crate::io`]\nlet a = 1; // crate::x\n    /// crate::y"),
        "let a = 1;"
    );
}
