//! A hidden directory that one process has to itself.

use std::fs;
use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::place::beside;
use super::system::{self, Lock};

/// How many directories are made before giving up: a sweep may take one between its making and its locking.
const TRIES: u32 = 1_000;

/// A new directory, locked for as long as this lives, and removed with it.
#[derive(Debug)]
pub(super) struct Claim {
    directory: TempDir,
    lock: Lock,
}

impl Claim {
    /// Makes a directory with a hidden name that begins so. Only the owner can read it.
    pub(super) fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        for _ in 0..TRIES {
            let directory = system::private_directory(parent, prefix).map_err(without_path)?;
            if let Some(lock) = system::claim(directory.path())? {
                return Ok(Self { directory, lock });
            }
        }
        Err(io::Error::other("other runs to the same place sweep it all the time"))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The lock on it.
    pub(super) fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Leaves the directory where it is now.
    pub(super) fn keep(self) {
        let _ = self.directory.keep();
    }
}

/// The error of the system alone: that of `tempfile` names the hidden path too, which nobody knows.
pub(super) fn without_path(error: io::Error) -> io::Error {
    let cause = error
        .get_ref()
        .and_then(|e| e.source())
        .and_then(|e| e.downcast_ref::<io::Error>());
    let code = cause.and_then(io::Error::raw_os_error);
    code.map_or(error, io::Error::from_raw_os_error)
}

/// Removes the directories that earlier runs left when they were killed. What cannot be removed is left.
pub(super) fn sweep(parent: &Path, prefix: &str) {
    for path in beside(parent, prefix) {
        // The lock is held until the directory is gone, so that no other run claims it meanwhile.
        if let Some(lock) = system::abandoned(&path) {
            remove(&path);
            drop(lock);
        }
    }
}

/// Removes a directory of our own. What cannot be removed is left to the next sweep.
pub(super) fn remove(path: &Path) {
    if fs::remove_dir_all(path).is_err() {
        // One that was replaced may have been without the right to write.
        system::allow_removal(path);
        let _ = fs::remove_dir_all(path);
    }
}
