//! Help, completions, manual pages, and command lines that make no sense.

use std::path::Path;

use crate::support::{clapot, command as command_line};

const COMMANDS: [&str; 10] = [
    "generate",
    "validate",
    "route",
    "waves",
    "plan",
    "select",
    "tour",
    "verify",
    "completions",
    "man",
];

fn run(args: &str) -> crate::support::Ran {
    clapot(Path::new("."), args)
}

#[test]
fn help_names_commands_and_exit_codes() {
    let help = run("--help").exits(0).out;
    for word in COMMANDS.iter().chain(&["Exit codes:", "130", "NO_COLOR"]) {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(run("").exits(2).out, "", "without arguments the help is an error");
}

#[test]
fn every_command_has_help_with_examples() {
    for command in COMMANDS {
        let help = run(&format!("{command} --help")).exits(0).out;
        assert!(
            help.contains("Usage: clapot") && help.contains("Examples:\n  clapot"),
            "{help}"
        );
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "a line is too long: {help}"
        );
    }
}

#[test]
fn help_fits_narrow_terminals() {
    for width in ["60", "80"] {
        for command in COMMANDS.iter().chain(&[""]) {
            let mut program = command_line(Path::new("."), &format!("{command} --help"));
            let ran = crate::support::Ran::of(&program.env("COLUMNS", width).output().unwrap()).exits(0);
            let most: usize = width.parse().unwrap();
            let long: Vec<&str> = ran.out.lines().filter(|line| line.chars().count() > most).collect();
            assert!(long.is_empty(), "{command} at {width}: {long:#?}");
            // What wraps by itself stands at the left edge, where no command does.
            let cut = ran
                .out
                .lines()
                .skip_while(|line| *line != "Examples:")
                .find(|line| line.starts_with("--"));
            assert_eq!(cut, None, "{command} at {width}");
        }
    }
}

#[test]
fn a_wrong_number_is_told_in_plain_words() {
    for (args, words) in [
        ("route p -o q --threads x", "not a whole number"),
        ("route p -o q --threads 99999", "must be from 0 to 1024"),
        ("route p -o q --work-limit 0", "must be at least 1"),
        ("route p -o q --now soon", "not a date and time with an offset"),
    ] {
        let ran = run(args).exits(2);
        assert!(ran.err.contains(words), "{args}: {}", ran.err);
    }
}

#[test]
fn control_characters_of_paths_do_not_reach_the_terminal() {
    let name = "no\u{1b}[31mwhere";
    for args in [
        format!("validate {name}"),
        format!("route {name} -o plan -t 1s"),
        format!("route problem -o plan --method {name}"),
        format!("verify {name} {name}"),
    ] {
        let ran = run(&args).exits(2);
        assert!(!(ran.err + &ran.out).contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn help_and_version_name_what_a_user_may_choose() {
    let help = run("route --help").exits(0).out;
    for word in [
        "auto",
        "exact",
        "priority",
        "distance",
        "fewest-splits",
        "cheapest",
        "--time-limit",
        "--work-limit",
        "--gap",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert_eq!(
        run("--version").exits(0).out,
        format!("clapot {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_wrong_command_line_is_refused() {
    for args in [
        "nonsense",
        "route problem",
        "route problem -o plan --gap 2",
        "route problem -o plan --time-limit 0",
        "route problem -o plan --time-limit soon",
        "route problem -o plan --work-limit 0",
        "route problem -o plan --method best",
        "generate --orders 5 -o x",
        "generate --orders 0 --nodes 4 -o x",
    ] {
        let ran = run(args).exits(2);
        assert!(
            ran.out.is_empty() && ran.err.starts_with("error: "),
            "{args}: {}",
            ran.err
        );
    }
}

#[test]
fn a_wrong_command_line_is_refused_in_json() {
    let ran = run("route problem --format json").exits(2);
    let error: serde_json::Value = serde_json::from_str(&ran.err).expect("JSON");
    assert_eq!(
        (&error["error"]["code"], &error["error"]["exit"]),
        (&"options".into(), &2.into())
    );
    assert!(
        error["error"]["message"].as_str().unwrap().contains("--output"),
        "{error}"
    );
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&format!("completions {shell}")).exits(0).out;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
}

#[test]
fn manual_pages_are_printed_or_written() {
    assert!(run("man").exits(0).out.contains(".TH clapot 1"));
    let dir = tempfile::tempdir().unwrap();
    clapot(dir.path(), "man -o pages").exits(0);
    for page in ["clapot.1", "clapot-route.1", "clapot-verify.1"] {
        let text = std::fs::read_to_string(dir.path().join("pages").join(page)).unwrap();
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
}
