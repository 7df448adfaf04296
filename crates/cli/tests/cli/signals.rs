//! Signals: what ends a run, when, and that nothing is lost by it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Ran, clapot, command, wait_until_it_listens, with_problem};

/// An endless run in a process group of its own, which listens to signals.
fn endless(dir: &Path, args: &str) -> Child {
    let mut run = command(dir, args);
    let child = run
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let child = child.unwrap();
    wait_until_it_listens(child.id());
    child
}

/// How the line begins that a run without a limit says once it has read its problem.
const NO_LIMIT: &str = "no limit: ends once ";

/// What was said but for warnings of the problem and the line of what ends the run.
fn without_warnings(said: &str) -> String {
    let is_kept = |line: &&str| {
        !["warning: ", "  ", NO_LIMIT]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    said.lines()
        .filter(is_kept)
        .map(|line| line.to_owned() + "\n")
        .collect()
}

/// Waits until the problem is read: an end before that writes nothing.
fn until_it_is_read() {
    std::thread::sleep(Duration::from_millis(500));
}

/// Runs a line of shell; the `kill` of a shell sends one signal after the other within microseconds.
fn shell(line: &str) {
    assert!(
        Command::new("sh").args(["-c", line]).status().unwrap().success(),
        "{line}"
    );
}

#[test]
fn an_interrupt_ends_with_a_verified_plan() {
    let dir = with_problem("--orders 3000 --nodes 12");
    let child = endless(dir.path(), "route problem -o plan");
    until_it_is_read();
    shell(&format!("kill -INT {}", child.id()));
    let ran = Ran::of(&child.wait_with_output().unwrap()).exits(130);
    assert!(ran.out.contains("interrupted"), "{}", ran.out);
    assert_eq!(
        without_warnings(&ran.err),
        "interrupted: ending with the best so far; a second signal ends at once\n"
    );
    clapot(dir.path(), "verify problem plan").exits(0);
}

/// As `timeout`, `docker stop` and a closing terminal do.
#[test]
fn a_signal_to_the_process_and_its_group_is_one_signal() {
    let dir = with_problem("--orders 3000 --nodes 12");
    for signal in ["TERM", "INT", "HUP"] {
        let plan = format!("plan-{signal}");
        let child = endless(dir.path(), &format!("route problem -o {plan} -q"));
        let id = child.id();
        until_it_is_read();
        shell(&format!(
            "kill -{signal} {id}; kill -{signal} -{id}; kill -{signal} {id}"
        ));
        let ran = Ran::of(&child.wait_with_output().unwrap()).exits(130);
        assert_eq!(without_warnings(&ran.err), "", "{signal}");
        clapot(dir.path(), &format!("verify problem {plan} --no-bound")).exits(0);
    }
}

#[test]
fn timeout_leaves_a_plan() {
    if Command::new("timeout").arg("--version").output().is_err() {
        println!("skipped: there is no `timeout` here");
        return;
    }
    let dir = with_problem("--orders 3000 --nodes 12");
    for round in 0..3 {
        let mut run = Command::new("timeout");
        run.current_dir(dir.path()).args(["2", env!("CARGO_BIN_EXE_clapot")]);
        run.args(["route", "problem", "-q", "-o", &format!("plan{round}")]);
        let ran = Ran::of(&run.output().unwrap()).exits(124);
        assert_eq!(without_warnings(&ran.err), "");
        clapot(dir.path(), &format!("verify problem plan{round} --no-bound")).exits(0);
    }
}

/// The second signal comes while the process is held, so that it cannot come to its end by itself before.
#[test]
fn a_second_interrupt_ends_at_once_and_says_so() {
    let dir = with_problem("--orders 3000 --nodes 12");
    for _ in 0..20 {
        let _ = fs::remove_dir_all(dir.path().join("plan"));
        let mut child = endless(dir.path(), "route problem -o plan");
        let id = child.id();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        until_it_is_read();
        shell(&format!("kill -INT {id}"));
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        if line.starts_with(NO_LIMIT) {
            line.clear();
            said.read_line(&mut line).unwrap();
        }
        let first = Instant::now();
        assert!(line.starts_with("interrupted: "), "{line}");
        // Held as soon as it has said that it heard the first.
        shell(&format!("kill -STOP {id} 2>/dev/null; true"));
        std::thread::sleep(Duration::from_millis(1_300).saturating_sub(first.elapsed()));
        shell(&format!(
            "kill -INT {id} 2>/dev/null; kill -CONT {id} 2>/dev/null; true"
        ));
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        let rest = without_warnings(&rest);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        if rest.is_empty() {
            continue; // It was faster: the plan was written before it was held.
        }
        assert!(rest.starts_with("error: ended at once by a second signal"), "{rest}");
        if rest.contains("nothing was written") {
            assert!(!dir.path().join("plan").exists());
            return;
        }
    }
    panic!("twenty runs were written before they could be held");
}

/// The plan that stood there or the new one, whole, whenever the program is killed.
#[test]
fn a_killed_run_leaves_a_whole_plan() {
    let dir = with_problem("--orders 300 --nodes 5");
    let route = "route problem -o plan -q -w 2000 --threads 1";
    let begun = Instant::now();
    clapot(dir.path(), &format!("{route} -m distance")).exits(0);
    let whole = begun.elapsed();
    let hidden = || {
        let entries = fs::read_dir(dir.path()).unwrap().flatten();
        entries
            .filter(|e| e.file_name().to_string_lossy().contains("clapot-new-"))
            .count()
    };
    let mut amid = 0;
    for round in 0..40_u32 {
        let method = ["priority", "distance"][(round % 2) as usize];
        let mut child = command(dir.path(), &format!("{route} -m {method}")).spawn().unwrap();
        // Spread over the run, most of them late, when it writes.
        std::thread::sleep(whole.mul_f64(0.5 + 0.6 * f64::from(round * 17 % 40) / 40.0));
        let _ = child.kill();
        child.wait().unwrap();
        amid += hidden();
        clapot(dir.path(), "verify problem plan --no-bound").exits(0);
    }
    println!("{amid} times a run was killed while it wrote");
    clapot(dir.path(), &format!("{route} -m priority")).exits(0);
    assert_eq!(hidden(), 0, "what killed runs left is swept");
}
