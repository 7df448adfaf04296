//! Places that commands write to and read from: looked at first, never destroyed, and kept elsewhere where they fail.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::Stdio;
#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use crate::support::wait_until_it_listens;
use crate::support::{Ran, clapot, command, files, with_problem};

/// Runs the program, and ends it where it hangs.
#[cfg(unix)]
fn within(limit: Duration, dir: &Path, args: &str) -> Ran {
    let mut run = command(dir, args);
    let mut child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("`{args}` hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ran::of(&child.wait_with_output().unwrap())
}

fn entries(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn generate_replaces_only_what_it_wrote() {
    let dir = with_problem("--orders 40 --nodes 5 --floor floor");
    let again = "generate --orders 30 --nodes 4 -o problem --floor floor";
    clapot(dir.path(), again).exits(0);
    clapot(dir.path(), "validate problem --floor floor").exits(0);

    // A real problem in its place, with a file of somebody's.
    fs::remove_file(dir.path().join("problem/generated.txt")).unwrap();
    fs::write(dir.path().join("problem/contracts.xlsx"), "years of work").unwrap();
    let before = files(&dir.path().join("problem"));
    let ran = clapot(dir.path(), again).exits(2);
    assert!(
        ran.err
            .contains("problem holds a problem that `generate` did not write"),
        "{}",
        ran.err
    );
    assert_eq!(files(&dir.path().join("problem")), before);
    clapot(dir.path(), &format!("{again} --force")).exits(0);
    assert!(!dir.path().join("problem/contracts.xlsx").exists());

    // The floors are looked at before the problem is written.
    let floor = dir.path().join("floor");
    fs::write(
        floor.join("shifts.csv"),
        fs::read_to_string(floor.join("shifts.csv")).unwrap() + "\n",
    )
    .unwrap();
    let before = files(&dir.path().join("problem"));
    let ran = clapot(dir.path(), &format!("{again} --seed 2")).exits(2);
    assert!(ran.err.contains("shifts.csv is not as it was written"), "{}", ran.err);
    assert_eq!(files(&dir.path().join("problem")), before);
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_anything_is_read() {
    let dir = with_problem("--orders 15 --nodes 4 --floor floor");
    clapot(dir.path(), "route problem -o plan -w 2000 -q").exits(0);
    fs::write(dir.path().join("file"), "").unwrap();
    fs::create_dir(dir.path().join("photos")).unwrap();
    fs::write(dir.path().join("photos/cat.jpg"), "cat").unwrap();
    let before = entries(dir.path());
    for (place, why) in [
        ("file", "file: "),
        ("file/plan", "file/plan: "),
        ("photos", "photos holds files"),
    ] {
        // There is no such problem: whoever says so has read first.
        for command in [
            "route nowhere",
            "plan nowhere",
            "waves nowhere plan",
            "generate --nodes 4 --orders 9",
        ] {
            let ran = clapot(dir.path(), &format!("{command} -o {place}")).exits(2);
            assert!(ran.err.starts_with(&format!("error: {why}")), "{command}: {}", ran.err);
        }
        let ran = clapot(dir.path(), &format!("route nowhere -o new --fallback {place}")).exits(2);
        assert!(ran.err.starts_with(&format!("error: {why}")), "{}", ran.err);
    }
    let select = "select nowhere plan --node X --max-units 5";
    for (place, why) in [
        ("file/list.csv", "file/list.csv: "),
        ("photos", "photos is a directory"),
        ("photos/cat.jpg", "photos/cat.jpg holds something else"),
    ] {
        let ran = clapot(dir.path(), &format!("{select} -o {place}")).exits(2);
        assert!(ran.err.starts_with(&format!("error: {why}")), "{}", ran.err);
    }
    assert_eq!(entries(dir.path()), before);
    assert_eq!(entries(&dir.path().join("photos")), ["cat.jpg"]);
}

#[cfg(unix)]
#[test]
fn a_plan_that_cannot_be_written_is_kept_elsewhere() {
    let dir = with_problem("--orders 3000 --nodes 12");
    let temporary = dir.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    for (name, fallback) in [("a", ""), ("b", "--fallback spare"), ("c", "--format json")] {
        // The place is good when it is looked at, and gone when the plan is written.
        let place = dir.path().join(name);
        fs::create_dir(&place).unwrap();
        let mut run = command(dir.path(), &format!("route problem -o {name}/plan -t 2 {fallback}"));
        run.env("TMPDIR", &temporary)
            .env("TMP", &temporary)
            .env("TEMP", &temporary);
        let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until_it_listens(child.id());
        fs::remove_dir(&place).unwrap();
        fs::write(&place, "a file now").unwrap();
        let ran = Ran::of(&child.wait_with_output().unwrap());
        let ran = ran.exits(2);
        let kept = if fallback == "--format json" {
            let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
            assert_eq!(error["error"]["code"], "io");
            error["error"]["kept"].as_str().unwrap().to_owned()
        } else {
            let said = ran.err.split_once("The plan is kept in ");
            let (_, kept) = said.unwrap_or_else(|| panic!("{}", ran.err));
            kept.split(": ").next().unwrap().to_owned()
        };
        assert!(ran.err.contains(&format!("{name}/plan")), "{}", ran.err);
        assert_eq!(kept == "spare", fallback.contains("spare"), "{kept}");
        clapot(dir.path(), &format!("verify problem {kept}")).exits(0);
    }
}

/// No file may grow beyond some kilobytes: the plan fits nowhere, and what stood there stays.
#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_the_old_plan_stays() {
    let dir = with_problem("--orders 300 --nodes 5");
    clapot(dir.path(), "route problem -o plan -q -m distance -w 2000").exits(0);
    let before = (files(&dir.path().join("plan")), entries(dir.path()));
    let route = format!(
        "{} route problem -o plan -q -m priority -w 2000",
        env!("CARGO_BIN_EXE_clapot")
    );
    let mut run = Command::new("sh");
    run.current_dir(dir.path()).env("TMPDIR", dir.path());
    run.args(["-c", &format!("trap '' XFSZ; ulimit -f 4; exec {route}")]);
    let ran = Ran::of(&run.output().unwrap()).exits(2);
    assert!(ran.err.starts_with("error: plan/assignments.csv: "), "{}", ran.err);
    assert!(
        ran.err.contains("The plan could not be kept elsewhere either: "),
        "{}",
        ran.err
    );
    assert!(
        !ran.err.contains(dir.path().to_str().unwrap()) || ran.err.contains("clapot-plan-"),
        "{}",
        ran.err
    );
    assert_eq!(files(&dir.path().join("plan")), before.0);
    clapot(dir.path(), "verify problem plan --no-bound").exits(0);
}

/// A file system of its own that is too small, where the system lets us have one.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_the_plan_is_kept_on_another() {
    let dir = with_problem("--orders 1000 --nodes 5");
    fs::create_dir(dir.path().join("small")).unwrap();
    fs::create_dir(dir.path().join("large")).unwrap();
    let inside = |line: &str| {
        let mut run = Command::new("unshare");
        run.current_dir(dir.path()).env("TMPDIR", dir.path().join("large"));
        run.args([
            "-rm",
            "sh",
            "-c",
            &format!("mount -t tmpfs -o size=48k tmpfs small && {line}"),
        ]);
        run.output()
    };
    if !inside("true").is_ok_and(|ran| ran.status.success()) {
        println!("skipped: no file system of our own can be mounted here");
        return;
    }
    let program = env!("CARGO_BIN_EXE_clapot");
    let line =
        format!("{program} route problem -o small/plan -q -m priority -w 2000; code=$?; ls -A small; exit $code");
    let ran = Ran::of(&inside(&line).unwrap()).exits(2);
    assert_eq!(ran.out, "", "the small disk is empty again");
    assert!(ran.err.contains("No space left on device"), "{}", ran.err);
    let kept = entries(&dir.path().join("large"));
    assert_eq!(kept.len(), 1, "{kept:?}");
    clapot(dir.path(), &format!("verify problem large/{} --no-bound", kept[0])).exits(0);
}

#[test]
fn four_writers_to_one_plan_all_succeed() {
    let dir = with_problem("--orders 60 --nodes 4");
    for round in 0..8 {
        let runs = ["priority", "distance", "priority", "distance"].map(|method| {
            let mut run = command(
                dir.path(),
                &format!("route problem -m {method} -w 500 -o plan -q --threads 1"),
            );
            run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for run in runs {
            let ran = Ran::of(&run.wait_with_output().unwrap()).exits(0);
            assert_eq!(ran.err, "", "round {round}");
        }
        clapot(dir.path(), "verify problem plan --no-bound").exits(0);
        assert_eq!(entries(dir.path()), ["plan", "problem"]);
    }
}

#[cfg(unix)]
#[test]
fn a_plan_follows_the_umask_and_keeps_the_mode_of_what_it_replaces() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = with_problem("--orders 15 --nodes 4");
    let program = env!("CARGO_BIN_EXE_clapot");
    let plan = dir.path().join("plan");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let modes = || (mode(&plan), mode(&plan.join("shipments.csv")));
    let route = |umask: &str| {
        let line = format!("umask {umask}; exec {program} route problem -o plan -q -w 500");
        let ran = Command::new("sh").current_dir(dir.path()).args(["-c", &line]).output();
        Ran::of(&ran.unwrap()).exits(0);
    };
    for (umask, expected) in [
        ("022", (0o755, 0o644)),
        ("027", (0o750, 0o640)),
        ("077", (0o700, 0o600)),
    ] {
        let _ = fs::remove_dir_all(&plan);
        route(umask);
        assert_eq!(modes(), expected, "umask {umask}");
    }
    fs::set_permissions(&plan, fs::Permissions::from_mode(0o750)).unwrap();
    fs::set_permissions(plan.join("shipments.csv"), fs::Permissions::from_mode(0o640)).unwrap();
    route("077");
    assert_eq!(modes(), (0o750, 0o640));
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_refused_at_once() {
    let dir = with_problem("--orders 15 --nodes 4 --floor floor");
    clapot(dir.path(), "plan problem --floor floor -o plan -w 2000 -q").exits(0);
    // Beside a table in CSV the same in Parquet would be one too many.
    fs::remove_file(dir.path().join("problem/quotes.csv")).unwrap();
    let limit = Duration::from_secs(120);
    for (file, commands) in [
        (
            "problem/stock.csv",
            vec![
                "validate problem",
                "route problem -o new",
                "generate --orders 9 --nodes 4 -o problem",
            ],
        ),
        ("problem/problem.toml", vec!["validate problem"]),
        ("problem/quotes.parquet", vec!["validate problem"]),
        (
            "floor/shifts.csv",
            vec!["validate problem --floor floor", "waves problem plan -o new"],
        ),
        (
            "plan/shipments.csv",
            vec![
                "verify problem plan",
                "verify problem plan --floor floor",
                "route problem -o new --start plan",
            ],
        ),
        ("plan/plan.json", vec!["verify problem plan"]),
        ("plan/tours.csv", vec!["verify problem plan --floor floor"]),
    ] {
        for device in [false, true] {
            let path = dir.path().join(file);
            let aside = dir.path().join("aside");
            let had = fs::rename(&path, &aside).is_ok();
            if device {
                std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
            } else {
                assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
            }
            for command in &commands {
                let ran = within(limit, dir.path(), command);
                assert!(
                    ran.code == Some(2) || ran.code == Some(3),
                    "{command}: {:?} {}",
                    ran.code,
                    ran.err
                );
                let what = if device {
                    "a device, not a regular file"
                } else {
                    "a named pipe, not a regular file"
                };
                let said = ran.out.clone() + &ran.err;
                assert!(
                    said.contains(what) || command.starts_with("generate"),
                    "{command}: {said}"
                );
            }
            fs::remove_file(&path).unwrap();
            if had {
                fs::rename(&aside, &path).unwrap();
            }
        }
    }
}

/// As a user named them: no path is made absolute.
#[test]
fn errors_name_places_as_they_were_given() {
    let dir = with_problem("--orders 15 --nodes 4");
    fs::create_dir(dir.path().join("photos")).unwrap();
    fs::write(dir.path().join("photos/cat.jpg"), "cat").unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for args in [
        "route problem -o file/plan",
        "select problem plan --node X --max-units 5 -o file/list.csv",
        "route problem -o photos",
        "route problem -o ./photos",
        "route nowhere -o plan",
        "verify problem nowhere",
    ] {
        let ran = clapot(dir.path(), args).exits(2);
        assert!(!ran.err.contains(dir.path().to_str().unwrap()), "{}", ran.err);
    }
}

/// Warnings stop nobody, so they are not what a refused input is refused for.
#[test]
fn errors_come_before_warnings() {
    let dir = with_problem("--orders 40 --nodes 5");
    let problem = dir.path().join("problem");
    crate::support::edit(&problem.join("problem.toml"), "currency", "colour = \"red\"\ncurrency");
    crate::support::edit(&problem.join("lines.csv"), "\nO0001,1,SKU", "\nO0001,1,XXX");
    let ran = clapot(dir.path(), "route problem -o plan").exits(2);
    assert!(ran.err.starts_with("error: E301 "), "{}", ran.err);
    assert!(ran.err.contains("\nwarning: "), "{}", ran.err);
    let ran = clapot(dir.path(), "route problem -o plan --format json").exits(2);
    let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert!(
        error["error"]["message"].as_str().unwrap().starts_with("E301 "),
        "{error}"
    );
    assert!(
        clapot(dir.path(), "validate problem")
            .exits(2)
            .out
            .starts_with("error: E301 ")
    );
}
