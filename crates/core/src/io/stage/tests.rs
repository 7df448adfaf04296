//! Stages under stress: writers to one place, readers beside them, what killed runs leave, and who may read what.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::system::{self, Exchange};
use super::{Stage, check};
use crate::Error;
use crate::io::directory::Kind;
use crate::io::files::Files;
use crate::io::options::WriteOptions;

const FILES: [&str; 4] = ["plan.json", "shipments.csv", "assignments.csv", "unfilled.csv"];

type Way = fn(&Path, &Path) -> Exchange;

/// How macOS before its own exchange, Windows and some network file systems replace a directory.
fn unable(_: &Path, _: &Path) -> Exchange {
    Exchange::Unable
}

fn write_by(way: Way, target: &Path, text: &str) -> Result<(), Error> {
    let stage = Stage::new(target, Kind::plan(), WriteOptions::default())?;
    for name in FILES {
        stage.write(name, |file| file.write_all(text.as_bytes()))?;
    }
    stage.publish_by(way)
}

/// The texts of the files of a plan, as a reader finds them.
fn read(target: &Path) -> Vec<String> {
    let files = Files::open(target, &Kind::plan()).unwrap();
    let text = |name: &str| {
        let mut text = String::new();
        let file = files.get(name).unwrap_or_else(|| panic!("{name} is there")).as_ref();
        file.unwrap().reader(0).read_to_string(&mut text).unwrap();
        text
    };
    FILES.map(text).to_vec()
}

fn is_of_one_plan(texts: &[String]) -> bool {
    texts.iter().all(|text| *text == texts[0])
}

fn entries(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn writers_to_one_place_all_succeed() {
    for way in [system::exchange as Way, unable] {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("plan");
        thread::scope(|scope| {
            for writer in 0..4 {
                let target = &target;
                scope.spawn(move || {
                    for round in 0..30 {
                        write_by(way, target, &format!("{writer} {round}")).unwrap();
                    }
                });
            }
        });
        assert!(is_of_one_plan(&read(&target)));
        assert_eq!(entries(parent.path()), ["plan"]);
    }
}

#[test]
fn a_reader_beside_a_writer_sees_one_plan() {
    for way in [system::exchange as Way, unable] {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("plan");
        write_by(way, &target, "first").unwrap();
        let (done, written) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let round = written.fetch_add(1, Ordering::Relaxed);
                    write_by(way, &target, &format!("{round}")).unwrap();
                }
            });
            let (mut reads, mut torn) = (0, 0);
            while reads < 600 || written.load(Ordering::Relaxed) < 40 {
                torn += usize::from(!is_of_one_plan(&read(&target)));
                reads += 1;
            }
            done.store(true, Ordering::Relaxed);
            assert_eq!(torn, 0, "of {reads} reads");
        });
    }
}

#[test]
fn a_sweep_takes_what_a_killed_run_left_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("plan");
    let left = parent.path().join(".plan.clapot-new-left");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("plan.json"), "{").unwrap();
    let living = Stage::new(&target, Kind::plan(), WriteOptions::default()).unwrap();
    write_by(system::exchange, &target, "other").unwrap();
    if cfg!(unix) {
        assert!(!left.exists(), "nobody holds it");
    }
    for name in FILES {
        living.write(name, |file| file.write_all(b"living")).unwrap();
    }
    living.publish().unwrap();
    assert_eq!(read(&target)[0], "living");
}

#[test]
fn an_old_directory_that_was_moved_away_comes_back_unless_it_is_a_link() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("plan");
    let stage = |options| Stage::new(&target, Kind::plan(), options);
    write_by(system::exchange, &target, "old").unwrap();
    fs::rename(&target, parent.path().join(".plan.clapot-old")).unwrap();
    drop(stage(WriteOptions::default()).unwrap());
    assert_eq!(read(&target)[0], "old");

    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("plan.json"), "planted").unwrap();
        let planted = parent.path().join(".plan.clapot-old");
        std::os::unix::fs::symlink(elsewhere.path(), &planted).unwrap();
        fs::rename(&target, parent.path().join("gone")).unwrap();
        drop(stage(WriteOptions::default()).unwrap());
        assert!(!target.exists() && planted.is_symlink());
        assert!(elsewhere.path().join("plan.json").exists());
    }
}

#[test]
fn a_place_is_looked_at_without_a_trace() {
    let parent = tempfile::tempdir().unwrap();
    let at = |path: &str| {
        check(
            &parent.path().join(path),
            Kind::plan(),
            WriteOptions::default().replace(),
        )
    };
    at("plan").unwrap();
    at("not/there/yet/plan").unwrap();
    assert!(entries(parent.path()).is_empty());
    fs::write(parent.path().join("file"), "").unwrap();
    for path in ["file", "file/plan", "file/a/plan"] {
        let error = at(path).unwrap_err();
        assert!(error.is_io(), "{error}");
    }
    let error = check(Path::new("/"), Kind::plan(), WriteOptions::default().replace()).unwrap_err();
    assert!(error.to_string().contains("choose another place"), "{error}");
}

#[cfg(unix)]
mod access {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_new_has_the_mode_of_new_directories_and_files() {
        let parent = tempfile::tempdir().unwrap();
        let (target, reference) = (parent.path().join("plan"), parent.path().join("reference"));
        fs::create_dir(&reference).unwrap();
        fs::write(reference.join("file"), "").unwrap();
        write_by(system::exchange, &target, "new").unwrap();
        assert_eq!(mode(&target), mode(&reference));
        assert_eq!(mode(&target.join("plan.json")), mode(&reference.join("file")));
    }

    #[test]
    fn what_is_replaced_keeps_its_mode() {
        for way in [system::exchange as Way, unable] {
            let parent = tempfile::tempdir().unwrap();
            let target = parent.path().join("plan");
            write_by(way, &target, "first").unwrap();
            let usual = mode(&target.join("unfilled.csv"));
            set(&target.join("plan.json"), 0o640);
            set(&target.join("shipments.csv"), 0o444);
            fs::remove_file(target.join("unfilled.csv")).unwrap();
            for kept in [0o750, 0o700, 0o2775, 0o555] {
                set(&target, kept);
                write_by(way, &target, &format!("{kept}")).unwrap();
                assert_eq!(mode(&target), kept);
                assert_eq!(mode(&target.join("plan.json")), 0o640);
                assert_eq!(mode(&target.join("shipments.csv")), 0o444);
                assert_eq!(mode(&target.join("unfilled.csv")), usual, "a new file");
                assert_eq!(read(&target)[0], format!("{kept}"));
                assert_eq!(
                    entries(parent.path()),
                    ["plan"],
                    "also what nobody may write in is gone"
                );
            }
            set(&target, 0o700);
        }
    }

    /// Needs a second group, which only root can be sure to have.
    #[test]
    fn what_is_replaced_keeps_its_group() {
        let parent = tempfile::tempdir().unwrap();
        let target = parent.path().join("plan");
        write_by(system::exchange, &target, "first").unwrap();
        let other = fs::metadata(&target).unwrap().gid() + 1;
        if chown(&target, None, Some(other)).is_err() {
            println!("skipped: only root may give a directory to any group");
            return;
        }
        set(&target, 0o750);
        chown(target.join("plan.json"), None, Some(other)).unwrap();
        write_by(system::exchange, &target, "second").unwrap();
        let group = |path: &Path| fs::metadata(path).unwrap().gid();
        assert_eq!((group(&target), mode(&target)), (other, 0o750));
        assert_eq!(group(&target.join("plan.json")), other);
        assert_ne!(group(&target.join("unfilled.csv")), other);
        // With the bit that hands the group down, new files have it too.
        set(&target, 0o2750);
        fs::remove_file(target.join("unfilled.csv")).unwrap();
        write_by(system::exchange, &target, "third").unwrap();
        assert_eq!((mode(&target), group(&target.join("unfilled.csv"))), (0o2750, other));
    }
}
