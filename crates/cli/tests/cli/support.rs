//! Running the program and reading what it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// The same, after a check of its exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

/// The program with these arguments, separated by blanks, in a directory; nothing on its standard input.
pub(crate) fn command(dir: &Path, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clapot"));
    command
        .current_dir(dir)
        .args(args.split_whitespace())
        .stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub(crate) fn clapot(dir: &Path, args: &str) -> Ran {
    Ran::of(&command(dir, args).output().expect("the program starts"))
}

/// A directory that holds a generated problem in `problem`.
pub(crate) fn with_problem(args: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    clapot(dir.path(), &format!("generate {args} -o problem")).exits(0);
    dir
}

/// Replaces the first occurrence of a text in a file.
#[track_caller]
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("the file is there");
    assert!(text.contains(from), "{from:?} is not in {}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("the file can be written");
}

/// Files of a directory, sorted by name, with their content.
pub(crate) fn files(dir: &Path) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(dir).expect("the directory is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let content = |file: &PathBuf| std::fs::read_to_string(file).expect("a text file");
    files
        .iter()
        .map(|file| (file.strip_prefix(dir).expect("inside").to_owned(), content(file)))
        .collect()
}

/// Waits until a run catches signals, which is after it looked at its place and before it reads anything.
/// On Linux the system tells which signals a process catches; elsewhere a second has to do.
#[cfg(unix)]
pub(crate) fn wait_until_it_listens(process: u32) {
    for _ in 0..3_000 {
        let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
            return std::thread::sleep(std::time::Duration::from_secs(1));
        };
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or(0);
        if caught & 0b10 != 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
