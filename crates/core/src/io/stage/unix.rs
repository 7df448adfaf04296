//! What the stage asks of a Unix system: locks on directories, their mode and group, and an exchange in one step.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;
use tempfile::TempDir;

use super::claim::Claim;

/// A directory that only its owner can read.
pub(super) fn private_directory(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(parent)
}

fn open_directory(path: &Path) -> io::Result<File> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)
}

/// A lock on a directory, for as long as this is open.
#[derive(Debug)]
pub(super) struct Lock(File);

/// Locks a directory; `None` where another process has it or has taken it away.
pub(super) fn claim(path: &Path) -> io::Result<Option<Lock>> {
    let directory = match open_directory(path) {
        Ok(directory) => directory,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => return Ok(None),
        // A file system without locks on directories: no other process can lock it either, so none sweeps it.
        Ok(()) | Err(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::BADF) => {}
        Err(e) => return Err(e.into()),
    }
    // Whoever had the lock before may have removed the directory.
    let held = directory.metadata()?;
    let is_there = fs::symlink_metadata(path).is_ok_and(|there| same(&there, &held));
    Ok(is_there.then_some(Lock(directory)))
}

/// The lock on a directory whose process has ended.
pub(super) fn abandoned(path: &Path) -> Option<Lock> {
    let directory = open_directory(path).ok()?;
    rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive).ok()?;
    let held = directory.metadata().ok()?;
    let is_there = fs::symlink_metadata(path).is_ok_and(|there| same(&there, &held));
    is_there.then_some(Lock(directory))
}

fn same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Lets the owner remove what is in a directory.
pub(super) fn allow_removal(path: &Path) {
    if let Ok(directory) = open_directory(path) {
        let _ = directory.set_permissions(Permissions::from_mode(0o700));
    }
}

/// Which mode the directory will have. While it is written, it is private.
#[derive(Debug)]
pub(super) struct Access {
    mode: u32,
    /// There is a directory to replace, whose files lend their mode and group to those of the same name.
    replaces: bool,
}

impl Access {
    /// The mode and the group of what stands at the target, or else what the system gives to a new directory: its mode
    /// is cut by the umask, and some directories hand down their group.
    pub(super) fn prepare(claim: &Claim, target: &Path) -> io::Result<Self> {
        let handle = &claim.lock().0;
        let old = fs::metadata(target).ok();
        let mode = match &old {
            Some(old) => take_over(handle, old, 0o7777)?,
            None => mode_of_new(claim.path())?,
        };
        let replaces = old.is_some();
        // What hands down the group stays, so that files get it.
        set_mode(handle, 0o700 | mode & 0o2000)?;
        Ok(Self { mode, replaces })
    }

    /// Gives a new file the mode and the group of the one that it replaces; one that replaces none has what the system gives.
    pub(super) fn of_file(&self, file: &File, replaced: &Path) -> io::Result<()> {
        match fs::symlink_metadata(replaced) {
            Ok(old) if self.replaces && old.is_file() => take_over(file, &old, 0o777).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Gives the directory its mode.
    pub(super) fn finish(&self, claim: &Claim) -> io::Result<()> {
        set_mode(&claim.lock().0, self.mode)
    }
}

/// Gives a file the group and the mode of another, as far as the system lets, and returns the mode. Where the group cannot be
/// had, the group of the process gets no more than everybody.
fn take_over(file: &File, old: &Metadata, kept: u32) -> io::Result<u32> {
    if file.metadata()?.gid() != old.gid() {
        let _ = fchown(file, None, Some(old.gid()));
    }
    let mut mode = old.mode() & kept;
    if file.metadata()?.gid() != old.gid() {
        let of_others = (mode & 0o007) << 3;
        mode &= !0o2070 | of_others;
    }
    set_mode(file, mode)?;
    Ok(mode)
}

/// Sets the mode of a file of our own. A file system that has no modes, or not that one, gives every file one of its own.
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    match file.set_permissions(Permissions::from_mode(mode)) {
        Err(e) if matches!(e.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported) => Ok(()),
        done => done,
    }
}

/// The mode of a new directory, by making one.
fn mode_of_new(parent: &Path) -> io::Result<u32> {
    let probe = parent.join(".mode");
    fs::create_dir(&probe)?;
    let mode = fs::metadata(&probe)?.mode() & 0o7777;
    fs::remove_dir(&probe)?;
    Ok(mode)
}

/// Forces the names in a directory to disk. A file system that does not know this for directories is taken at its word.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    match rustix::fs::fsync(File::open(path)?) {
        Ok(()) | Err(Errno::INVAL | Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// What came of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// Each is where the other was.
    Done,
    /// One of them is not there (any more).
    Raced,
    /// The system or the file system cannot.
    #[cfg_attr(
        not(any(target_os = "linux", target_vendor = "apple")),
        allow(dead_code, reason = "it is the only answer")
    )]
    Unable,
}

/// Exchanges two directories in one step.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(super) fn exchange(a: &Path, b: &Path) -> Exchange {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Exchange::Done,
        Err(Errno::NOENT) => Exchange::Raced,
        Err(_) => Exchange::Unable,
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn exchange(_: &Path, _: &Path) -> Exchange {
    Exchange::Unable
}
