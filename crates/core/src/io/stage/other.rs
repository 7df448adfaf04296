//! What the stage asks of a system that is no Unix: there are no locks on directories, modes or groups, and no exchange.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::claim::Claim;

/// Without a lock, what was not touched for so long is taken to be abandoned.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// A directory with the rights that new directories have.
pub(super) fn private_directory(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(prefix).tempdir_in(parent)
}

/// Stands for a lock.
#[derive(Debug)]
pub(super) struct Lock;

/// Nobody else takes a new directory.
pub(super) fn claim(_: &Path) -> io::Result<Option<Lock>> {
    Ok(Some(Lock))
}

/// Whether a directory was left long ago.
pub(super) fn abandoned(path: &Path) -> Option<Lock> {
    let changed = fs::symlink_metadata(path).and_then(|m| m.modified()).ok()?;
    let age = changed.elapsed().ok()?;
    (age > ABANDONED).then_some(Lock)
}

/// Nothing is to be allowed.
pub(super) fn allow_removal(_: &Path) {}

/// Modes and groups are not known here.
#[derive(Debug)]
pub(super) struct Access;

#[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as on Unix")]
impl Access {
    pub(super) fn prepare(claim: &Claim, _: &Path) -> io::Result<Self> {
        let _: &Lock = claim.lock();
        Ok(Self)
    }

    pub(super) fn of_file(&self, _: &File, _: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn finish(&self, _: &Claim) -> io::Result<()> {
        Ok(())
    }
}

/// Directories cannot be forced to disk.
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What came of an exchange: it is never tried.
#[allow(dead_code, reason = "as on Unix")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    Done,
    Raced,
    Unable,
}

/// Two directories cannot be exchanged in one step.
pub(super) fn exchange(_: &Path, _: &Path) -> Exchange {
    Exchange::Unable
}
