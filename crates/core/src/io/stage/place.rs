//! The place of a directory: what stands there, whether it may be replaced, and the hidden names beside it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::claim;
use crate::Error;
use crate::diagnostic::readable;
use crate::io::directory::Kind;
use crate::io::manifest;

/// Part of the hidden name of a directory that is being written.
pub(super) const NEW: &str = "clapot-new-";
/// Part of the hidden name of a directory that is being replaced.
pub(super) const OLD: &str = "clapot-old";

/// Files that systems put into any directory; nobody misses them.
const OF_SYSTEMS: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"];

/// Which earlier directory may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// One of the same kind that holds nothing else.
    SameKind,
    /// One that `generate` wrote and nobody has changed since.
    Generated,
    /// Any of the same kind, with all that it holds.
    Any,
}

/// A place and what may stand there.
#[derive(Debug)]
pub(super) struct Place {
    /// As the caller named it, for messages.
    given: PathBuf,
    /// Without links: a link stays a link, and what it points to is replaced.
    target: PathBuf,
    parent: PathBuf,
    name: String,
    kind: Kind,
    replace: Replace,
}

impl Place {
    pub(super) fn new(given: &Path, kind: Kind, replace: Replace) -> Result<Self, Error> {
        let refused = |why| Error::options(format!("{} {why}: choose another place", given.display()));
        let target = match fs::canonicalize(given) {
            Ok(target) => target,
            Err(_) if fs::symlink_metadata(given).is_ok_and(|m| m.is_symlink()) => {
                return Err(refused("is a link that leads nowhere"));
            }
            Err(_) => given.to_owned(),
        };
        let parent = target.parent().ok_or_else(|| refused("is the root of a file system"))?;
        let name = target.file_name().ok_or_else(|| refused("has no name"))?;
        let name = name.to_string_lossy().into_owned();
        let parent = if parent.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            parent.to_owned()
        };
        Ok(Self {
            given: given.to_owned(),
            target,
            parent,
            name,
            kind,
            replace,
        })
    }

    /// The place as the caller named it.
    pub(super) fn given(&self) -> &Path {
        &self.given
    }

    /// The place itself.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// The directory that it is in.
    pub(super) fn parent(&self) -> &Path {
        &self.parent
    }

    /// The beginning of a hidden name beside it.
    pub(super) fn hidden(&self, part: &str) -> String {
        hidden(&self.name, part)
    }

    /// Refuses to replace what is not known to be an earlier result.
    pub(super) fn check_replaceable(&self) -> Result<(), Error> {
        // A directory that another writer replaces meanwhile may be seen half removed.
        const LOOKS: usize = 20;
        let mut before = None;
        for _ in 1..LOOKS {
            match self.look() {
                Ok(()) => return Ok(()),
                Err(refused) => {
                    let now = refused.to_string();
                    if before.as_ref() == Some(&now) {
                        return Err(refused);
                    }
                    before = Some(now);
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
        self.look()
    }

    /// Refuses what stands there now.
    fn look(&self) -> Result<(), Error> {
        let mut names = match fs::read_dir(&self.target) {
            Ok(entries) => entries
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect::<io::Result<Vec<String>>>()
                .map_err(|e| Error::io(&self.given, e))?,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(Error::io(&self.given, e)),
        };
        names.retain(|name| !OF_SYSTEMS.contains(&name.as_str()));
        names.sort_unstable();
        let Kind { noun, marker, .. } = &self.kind;
        if names.is_empty() {
            return Ok(());
        }
        if !names.iter().any(|name| name == marker) || self.target.join(marker).is_dir() {
            let given = self.given.display();
            let why = format!("{given} holds files, but no {marker}: choose another place");
            return Err(Error::options(why));
        }
        let foreign = names.iter().find(|name| !self.kind.has(name));
        let why = match self.replace {
            Replace::Any => return Ok(()),
            Replace::SameKind => foreign.map(|name| format!("holds `{}`, which is no file of a {noun}", shown(name))),
            Replace::Generated => manifest::changed(&self.target, &self.kind, &names).map(|what| {
                format!(
                    "holds a {noun} that `generate` did not write, or not so ({})",
                    shown(&what)
                )
            }),
        };
        why.map_or(Ok(()), |why| {
            let remedy = "choose another place, or force it, and all of it is replaced";
            Err(Error::options(format!("{} {why}: {remedy}", self.given.display())))
        })
    }

    /// Puts the old directory back, where a run was ended between moving it away and putting the new one in its place.
    pub(super) fn restore(&self) -> io::Result<()> {
        for old in beside(&self.parent, &self.hidden(OLD)) {
            // Listed before: what is moved away from now on is not among them.
            if self.target.exists() {
                claim::remove(&old);
            } else if fs::symlink_metadata(&old).is_ok_and(|m| m.is_dir()) && old.join(self.kind.marker).is_file() {
                match fs::rename(&old, &self.target) {
                    Err(e) if e.kind() != ErrorKind::NotFound && !super::is_occupied(&e) => return Err(e),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Whether a directory is away for a moment, because a new one comes in its place.
pub(crate) fn is_being_replaced(dir: &Path) -> bool {
    let (Some(name), Some(parent)) = (dir.file_name(), dir.parent()) else {
        return false;
    };
    let parent = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    !beside(parent, &hidden(&name.to_string_lossy(), OLD)).is_empty()
}

fn hidden(name: &str, part: &str) -> String {
    format!(".{name}.{part}")
}

/// Paths in a directory whose names begin so.
pub(super) fn beside(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let named = entries
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with(prefix));
    named.map(|entry| entry.path()).collect()
}

/// A name as a message shows it.
fn shown(name: &str) -> String {
    readable(&name.chars().take(64).collect::<String>())
}
