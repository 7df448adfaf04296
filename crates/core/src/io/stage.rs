//! A directory that appears whole or not at all: written beside its place, forced to disk, and swapped in by one rename.
//!
//! A process that is killed leaves the old directory or the new one, and at worst a hidden directory beside it, which the
//! next run to the same place removes. Whether such a directory belongs to a process that still runs is told by a lock
//! on it, which ends with its process. Until it is in place, only the owner can read what is written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Error;

/// Part of the hidden name of a directory that is being written.
const NEW: &str = ".clapot-new-";
/// Part of the hidden name of a directory that is being replaced.
const OLD: &str = ".clapot-old";

/// A directory that is being written.
#[derive(Debug)]
pub(crate) struct Stage {
    temporary: TempDir,
    /// Holds the lock.
    _lock: Option<File>,
    target: PathBuf,
    parent: PathBuf,
}

impl Stage {
    /// Begins a directory that will stand at `target`. A directory that stands there is replaced only if it is empty or
    /// holds `marker`, so that a wrong path does not cost anybody a home directory.
    pub(crate) fn new(target: &Path, marker: &str) -> Result<Self, Error> {
        // A link stays a link, and what it points to is replaced.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let parent = match target.parent() {
            Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) => parent.to_owned(),
            None => return Err(refused(&target, "is the root of a file system")),
        };
        fs::create_dir_all(&parent).map_err(|e| Error::io(&parent, e))?;
        let Some(name) = target.file_name().map(|n| n.to_string_lossy().into_owned()) else {
            return Err(refused(&target, "has no name"));
        };
        restore(&target, &parent.join(format!(".{name}{OLD}"))).map_err(|e| Error::io(&target, e))?;
        check_replaceable(&target, marker)?;
        sweep(&parent, &format!(".{name}{NEW}"));
        let temporary = private_directory(&parent, &format!(".{name}{NEW}")).map_err(|e| Error::io(&parent, e))?;
        let lock = lock(temporary.path()).map_err(|e| Error::io(temporary.path(), e))?;
        Ok(Self {
            temporary,
            _lock: lock,
            target,
            parent,
        })
    }

    /// Writes one file and forces it to disk.
    pub(crate) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.temporary.path().join(name);
        let written = private_file(&path).and_then(|file| {
            let mut writer = BufWriter::with_capacity(1 << 16, file);
            content(&mut writer)?;
            writer.flush()?;
            writer.get_ref().sync_all()
        });
        // The path that the caller knows, not the hidden one.
        written.map_err(|e| Error::io(&self.target.join(name), e))
    }

    /// Puts the directory in its place.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let target = self.target.clone();
        self.swap().map_err(|e| Error::io(&target, e))
    }

    fn swap(self) -> io::Result<()> {
        sync_directory(self.temporary.path())?;
        let occupied = fs::read_dir(&self.target).is_ok_and(|mut entries| entries.next().is_some());
        if !occupied {
            // Replaces nothing, or an empty directory.
            fs::rename(self.temporary.path(), &self.target)?;
            let _ = self.temporary.keep();
        } else if exchange(self.temporary.path(), &self.target) {
            sync_directory(&self.parent)?;
            return self.temporary.close();
        } else {
            replace(self.temporary, &self.target, &self.parent)?;
        }
        sync_directory(&self.parent)
    }
}

fn refused(target: &Path, why: &str) -> Error {
    Error::options(format!("{} {why}: choose another place", target.display()))
}

/// Refuses to replace what does not look like an earlier result.
fn check_replaceable(target: &Path, marker: &str) -> Result<(), Error> {
    match fs::read_dir(target).map(|mut entries| entries.next().is_none()) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io(target, e)),
        Ok(empty) if empty || target.join(marker).is_file() => Ok(()),
        Ok(_) => Err(refused(target, &format!("holds files, but no {marker}"))),
    }
}

/// The old directory, where a run was ended between moving it away and putting the new one in its place.
fn restore(target: &Path, old: &Path) -> io::Result<()> {
    if !old.is_dir() {
        Ok(())
    } else if target.exists() {
        fs::remove_dir_all(old)
    } else {
        fs::rename(old, target)
    }
}

/// Removes what earlier runs left when they were killed. What cannot be removed is left.
fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) && lock(&entry.path()).is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()
    } else {
        Ok(())
    }
}

/// Without an exchange by the system: the old directory moves away, the new one in.
fn replace(new: TempDir, target: &Path, parent: &Path) -> io::Result<()> {
    let name = target
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let old = parent.join(format!(".{name}{OLD}"));
    fs::rename(target, &old)?;
    if let Err(e) = fs::rename(new.path(), target) {
        fs::rename(&old, target)?;
        return Err(e);
    }
    let _ = new.keep();
    sync_directory(parent)?;
    fs::remove_dir_all(&old)
}

#[cfg(unix)]
fn private_directory(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
}

#[cfg(not(unix))]
fn private_directory(parent: &Path, prefix: &str) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(prefix).tempdir_in(parent)
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    File::create_new(path)
}

/// Locks a directory for as long as the file is open; fails where a living process has it.
#[cfg(unix)]
fn lock(path: &Path) -> io::Result<Option<File>> {
    let directory = File::open(path)?;
    rustix::fs::flock(&directory, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
    Ok(Some(directory))
}

#[cfg(not(unix))]
fn lock(_: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Exchanges two directories in one step; false where the system or the file system cannot.
#[cfg(target_os = "linux")]
fn exchange(a: &Path, b: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}
