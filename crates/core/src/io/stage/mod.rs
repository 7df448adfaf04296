//! A directory that appears whole or not at all: written beside its place, forced to disk, and swapped in by one rename.
//!
//! A process that is killed leaves the old directory or the new one, and at worst a hidden directory beside it, which the
//! next run to the same place removes. Whether such a directory belongs to a process that still runs is told by a lock
//! on it, which ends with its process. Until it is in place, only the owner can read what is written; then it has the
//! mode and the group of what it replaces, or else those that the system gives to new directories and files.

mod claim;
mod place;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod system;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use self::claim::Claim;
use self::place::{NEW, OLD, Place};
use self::system::{Access, Exchange};
use super::directory::{Kind, MANIFEST};
use super::manifest;
use super::options::WriteOptions;
use crate::Error;

pub(crate) use self::place::{Replace, is_being_replaced};

/// How often a swap is tried again where another process changes the same place at the same time.
const TRIES: u32 = 1_000;

/// A directory that is being written.
#[derive(Debug)]
pub(crate) struct Stage {
    claim: Claim,
    access: Access,
    place: Place,
}

/// What to do once a directory is in its place.
enum Swapped {
    /// There was nothing to replace.
    New,
    /// What was replaced is where the new directory was made.
    Exchanged,
    /// What was replaced is at this path.
    Aside(PathBuf),
    /// Another process was faster: look again.
    Raced,
}

impl Stage {
    /// Begins a directory of a kind that will stand at `target`. A directory that stands there is replaced only if it is
    /// empty or of that kind, so that a wrong path does not cost anybody a home directory, and as far as the
    /// options allow.
    pub(crate) fn new(target: &Path, kind: Kind, options: WriteOptions) -> Result<Self, Error> {
        let place = Place::new(target, kind, options.replace())?;
        let named = |e| Error::io(place.given(), e);
        fs::create_dir_all(place.parent()).map_err(named)?;
        place.restore().map_err(named)?;
        place.check_replaceable()?;
        claim::sweep(place.parent(), &place.hidden(NEW));
        let claim = Claim::new(place.parent(), &place.hidden(NEW)).map_err(named)?;
        let access = Access::prepare(&claim, place.target()).map_err(named)?;
        Ok(Self { claim, access, place })
    }

    /// Writes one file and forces it to disk.
    pub(crate) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.claim.path().join(name);
        let written = File::create_new(&path).and_then(|file| {
            self.access.of_file(&file, &self.place.target().join(name))?;
            let mut writer = BufWriter::with_capacity(1 << 16, file);
            content(&mut writer)?;
            writer.flush()?;
            writer.get_ref().sync_all()
        });
        // The path that the caller knows, not the hidden one.
        written.map_err(|e| Error::io(&self.place.given().join(name), e))
    }

    /// Puts the directory in its place, marked if it is a generated one.
    pub(crate) fn publish_marked(self, options: WriteOptions) -> Result<(), Error> {
        if options.generated {
            let list = manifest::list(self.claim.path()).map_err(|e| Error::io(self.place.given(), e))?;
            self.write(MANIFEST, |file| file.write_all(list.as_bytes()))?;
        }
        self.publish()
    }

    /// Puts the directory in its place.
    pub(crate) fn publish(self) -> Result<(), Error> {
        self.publish_by(system::exchange)
    }

    /// The same with another way to exchange two directories.
    fn publish_by(self, exchange: fn(&Path, &Path) -> Exchange) -> Result<(), Error> {
        let Self { claim, access, place } = self;
        let named = |e| Error::io(place.given(), e);
        access.finish(&claim).map_err(named)?;
        system::sync_directory(claim.path()).map_err(named)?;
        for turn in 0..TRIES {
            place.check_replaceable()?;
            match swap(claim.path(), &place, exchange, turn).map_err(named)? {
                Swapped::Raced => std::thread::yield_now(),
                Swapped::New => {
                    claim.keep();
                    return confirm(&place);
                }
                Swapped::Exchanged => {
                    // Durable before the old one goes.
                    let confirmed = confirm(&place);
                    claim::remove(claim.path());
                    claim.keep();
                    return confirmed;
                }
                Swapped::Aside(old) => {
                    claim.keep();
                    let confirmed = confirm(&place);
                    claim::remove(&old);
                    return confirmed;
                }
            }
        }
        let why = io::Error::other("another process writes to it all the time");
        Err(Error::io(place.given(), why))
    }
}

/// Makes the swap durable. The new directory stands, so the error of a system that cannot tell whether it will last says so.
fn confirm(place: &Place) -> Result<(), Error> {
    system::sync_directory(place.parent()).map_err(|e| {
        let why = format!("it is in its place, but the system does not confirm that it is on disk: {e}");
        Error::io(place.given(), io::Error::new(e.kind(), why))
    })
}

/// Puts the new directory in its place, if no other process comes between.
fn swap(new: &Path, place: &Place, exchange: fn(&Path, &Path) -> Exchange, turn: u32) -> io::Result<Swapped> {
    let target = place.target();
    let occupied = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some());
    if !occupied {
        // Replaces nothing, or an empty directory.
        return match fs::rename(new, target) {
            Ok(()) => Ok(Swapped::New),
            Err(e) if is_occupied(&e) => Ok(Swapped::Raced),
            Err(e) => Err(e),
        };
    }
    match exchange(new, target) {
        Exchange::Done => Ok(Swapped::Exchanged),
        Exchange::Raced => Ok(Swapped::Raced),
        Exchange::Unable => replace(new, place, turn),
    }
}

/// Without an exchange by the system: the old directory moves away, under a name of its own, and the new one in.
fn replace(new: &Path, place: &Place, turn: u32) -> io::Result<Swapped> {
    let own = new.file_name().map(|n| n.to_string_lossy().into_owned());
    let old = place.hidden(OLD) + &own.unwrap_or_default() + &format!("-{turn}");
    let old = place.parent().join(old);
    match fs::rename(place.target(), &old) {
        Ok(()) => {}
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Swapped::Raced),
        Err(e) => return Err(e),
    }
    match fs::rename(new, place.target()) {
        Ok(()) => Ok(Swapped::Aside(old)),
        Err(e) if is_occupied(&e) => {
            claim::remove(&old);
            Ok(Swapped::Raced)
        }
        Err(e) => {
            fs::rename(&old, place.target())?;
            Err(e)
        }
    }
}

/// Whether a rename failed because a directory with files is there.
fn is_occupied(e: &io::Error) -> bool {
    matches!(e.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists)
}

/// Whether a directory can be written at a place: it may stand there, and one can be made beside it.
pub(crate) fn check(target: &Path, kind: Kind, replace: Replace) -> Result<(), Error> {
    let place = Place::new(target, kind, replace)?;
    place.check_replaceable()?;
    // Of the parents that are not there yet, the nearest one that is has to take them.
    let there = place.parent().ancestors().find(|dir| fs::symlink_metadata(dir).is_ok());
    let there = there
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let probe = system::private_directory(there, &place.hidden(NEW));
    probe
        .map(drop)
        .map_err(|e| Error::io(place.given(), claim::without_path(e)))
}
