//! The files of a directory, all opened before the first is read. So they are files of one moment: a directory that is
//! replaced meanwhile is opened again, and what is open stays readable when its directory is removed.
//!
//! Only regular files are opened. A pipe or a device, which may never end or never begin, is refused at once.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::directory::{Kind, MANIFEST};
use super::stage::is_being_replaced;
use crate::Error;

/// How often a directory that is replaced meanwhile is opened again, and how long to wait each time.
const TRIES: u32 = 2_000;
const WAIT: Duration = Duration::from_millis(1);

/// The files of one directory, of one moment.
#[derive(Debug)]
pub(crate) struct Files {
    /// Those that are there, by name; with the reason where one cannot be opened.
    there: Vec<(String, io::Result<OpenFile>)>,
}

impl Files {
    /// Opens the files of a directory that one of this kind can have.
    ///
    /// # Errors
    /// There is no such directory.
    pub(crate) fn open(dir: &Path, kind: &Kind) -> Result<Self, Error> {
        for _ in 0..TRIES {
            match Self::of_one_moment(dir, kind) {
                Ok(Some(files)) => return Ok(files),
                Ok(None) => {}
                // Where the system cannot exchange two directories, the old one moves away before the new one comes.
                Err(e) if e.kind() == ErrorKind::NotFound && is_being_replaced(dir) => {}
                Err(e) => return Err(Error::io(dir, e)),
            }
            std::thread::sleep(WAIT);
        }
        let why = io::Error::other("the directory is replaced again and again while it is opened");
        Err(Error::io(dir, why))
    }

    /// One file of any name, under the name by which it is read.
    ///
    /// # Errors
    /// There is no such file, or it is no regular one.
    pub(crate) fn one(path: &Path, name: String) -> Result<Self, Error> {
        let open = || {
            let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
            let directory = Directory::open(parent.unwrap_or(Path::new(".")))?;
            let file = path.file_name().ok_or(ErrorKind::InvalidInput)?;
            directory.file(file.as_ref()).and_then(OpenFile::new)
        };
        let file = open().map_err(|e| Error::io(path, e))?;
        Ok(Self {
            there: vec![(name, Ok(file))],
        })
    }

    /// `None` where the directory was replaced meanwhile.
    fn of_one_moment(dir: &Path, kind: &Kind) -> io::Result<Option<Self>> {
        let directory = Directory::open(dir)?;
        let mut there = Vec::new();
        for name in &kind.files {
            match directory.file(name.as_ref()) {
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                opened => there.push((name.clone(), opened.and_then(OpenFile::new))),
            }
        }
        Ok(directory.is_still_at(dir).then_some(Self { there }))
    }

    /// These files, and of another directory those of tables and settings that these lack in every format.
    pub(crate) fn completed_by(mut self, other: Self) -> Self {
        fn table(name: &str) -> &str {
            name.split_once('.').map_or(name, |(table, _)| table)
        }
        let have: HashSet<String> = self.there.iter().map(|(name, _)| table(name).to_owned()).collect();
        let lacking = |(name, _): &(String, _)| name != MANIFEST && !have.contains(table(name));
        self.there.extend(other.there.into_iter().filter(lacking));
        self
    }

    /// A file by its name, `None` where there was none.
    pub(crate) fn get(&self, name: &str) -> Option<&io::Result<OpenFile>> {
        self.there.iter().find(|(file, _)| file == name).map(|(_, file)| file)
    }
}

/// An open regular file, which may be read from several places at once.
#[derive(Clone, Debug)]
pub(crate) struct OpenFile {
    file: Arc<Mutex<File>>,
    len: u64,
}

impl OpenFile {
    fn new(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        check_regular(&metadata)?;
        Ok(Self {
            file: Arc::new(Mutex::new(file)),
            len: metadata.len(),
        })
    }

    /// Its size in bytes when it was opened.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// A reader of its own, from this byte on.
    pub(crate) fn reader(&self, from: u64) -> FileReader {
        FileReader {
            file: Arc::clone(&self.file),
            at: from,
        }
    }
}

/// Reads an open file; other readers of the same file do not move it.
#[derive(Debug)]
pub(crate) struct FileReader {
    file: Arc<Mutex<File>>,
    /// Offset of the next byte.
    at: u64,
}

impl Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        drop(file);
        self.at += read as u64;
        Ok(read)
    }
}

/// Refuses what is no regular file.
fn check_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let message = if metadata.is_dir() {
        // As programs leave one that write a table in parts.
        "a folder, not a file: give one file".to_owned()
    } else {
        format!("{}, not a regular file", special(metadata.file_type()))
    };
    Err(io::Error::new(ErrorKind::InvalidInput, message))
}

#[cfg(unix)]
fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: fs::FileType) -> &'static str {
    "something else"
}

/// A directory that is held open: its files are looked up in it, wherever it has moved.
#[cfg(unix)]
struct Directory(File);

#[cfg(unix)]
impl Directory {
    fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?.into()))
    }

    /// Opens a file without waiting for anybody.
    fn file(&self, name: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Whether it is the one that the path names now. It is held open, so no other directory can have its number.
    fn is_still_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let number = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let (held, named) = (self.0.metadata().map(number), fs::metadata(path).map(number));
        matches!((held, named), (Ok(held), Ok(named)) if held == named)
    }
}

/// A directory by its path, and when it was made.
#[cfg(not(unix))]
struct Directory(std::path::PathBuf, Option<std::time::SystemTime>);

#[cfg(not(unix))]
impl Directory {
    fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path)?;
        Ok(Self(path.to_owned(), Self::made(path)))
    }

    fn made(path: &Path) -> Option<std::time::SystemTime> {
        fs::metadata(path).and_then(|metadata| metadata.created()).ok()
    }

    fn file(&self, name: &Path) -> io::Result<File> {
        let path = self.0.join(name);
        check_regular(&fs::metadata(&path)?)?;
        File::open(path)
    }

    fn is_still_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok() && Self::made(path) == self.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("problem.toml"), "0123456789").unwrap();
        fs::create_dir(dir.path().join("orders.csv")).unwrap();
        let files = Files::open(dir.path(), &Kind::problem()).unwrap();
        (dir, files)
    }

    #[test]
    fn readers_of_one_file_do_not_move_each_other() {
        let (dir, files) = sample();
        let file = files.get("problem.toml").unwrap().as_ref().unwrap();
        let (mut a, mut b) = (file.reader(0), file.reader(5));
        let take = |reader: &mut FileReader| {
            let mut bytes = [0; 2];
            reader.read_exact(&mut bytes).unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let read = [take(&mut a), take(&mut b), take(&mut a), take(&mut b)];
        assert_eq!((read, file.len()), (["01", "56", "23", "78"].map(str::to_owned), 10));
        // What is open stays readable.
        fs::remove_dir_all(dir.path()).unwrap();
        assert_eq!(take(&mut a), "45");
    }

    #[test]
    fn what_is_no_file_is_told_apart_from_what_is_not_there() {
        let (_dir, files) = sample();
        let error = files.get("orders.csv").unwrap().as_ref().unwrap_err();
        assert_eq!(error.to_string(), "a folder, not a file: give one file");
        assert!(files.get("lines.csv").is_none());
        let missing = Files::open(Path::new("nowhere"), &Kind::problem()).unwrap_err();
        assert!(missing.to_string().starts_with("nowhere: "), "{missing}");
    }
}
