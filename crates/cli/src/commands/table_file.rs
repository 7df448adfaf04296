//! A single table that a command writes to a file: whole or not at all, and never over a file of another kind.

use std::fs::{self, File, Permissions};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use clapot::Error;

/// A file that will hold a table with this header.
pub(crate) struct TableFile {
    path: PathBuf,
    header: &'static [&'static str],
    /// What stands there, where that is a file.
    replaced: Option<Permissions>,
    /// It is a pipe or a device, and is written straight to.
    direct: bool,
}

impl TableFile {
    /// Looks at the place. A file there is replaced only if it is a table with the same header, or by force.
    pub(crate) fn at(path: &Path, header: &'static [&'static str], force: bool) -> Result<Self, Error> {
        let named = |e| Error::io(path, e);
        let refused = |why: &str| Error::options(format!("{} {why}: choose another place", path.display()));
        let there = match fs::metadata(path) {
            Ok(there) => Some(there),
            Err(e) if e.kind() == ErrorKind::NotFound => None,
            Err(e) => return Err(named(e)),
        };
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(refused("is a directory"));
        }
        let direct = there.as_ref().is_some_and(|there| !there.is_file());
        if there.is_some() && !direct && !force && !begins_with(path, header).map_err(named)? {
            return Err(refused("holds something else, which --force would replace"));
        }
        let file = Self {
            path: path.to_owned(),
            header,
            replaced: there.filter(fs::Metadata::is_file).map(|there| there.permissions()),
            direct,
        };
        if !direct {
            tempfile::tempfile_in(file.parent()).map_err(named)?;
        }
        Ok(file)
    }

    fn parent(&self) -> PathBuf {
        // A link stays a link, and what it points to is replaced.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    /// Writes the rows.
    pub(crate) fn write<const N: usize>(&self, rows: impl Iterator<Item = [String; N]>) -> Result<(), Error> {
        self.put(rows).map_err(|e| Error::io(&self.path, e))
    }

    fn put<const N: usize>(&self, rows: impl Iterator<Item = [String; N]>) -> io::Result<()> {
        if self.direct {
            return self
                .table(fs::OpenOptions::new().write(true).open(&self.path)?, rows)
                .map(|_| ());
        }
        let (file, path) = new_file(&self.parent())?.into_parts();
        self.table(file, rows)?.sync_all()?;
        if let Some(permissions) = &self.replaced {
            fs::set_permissions(&path, permissions.clone())?;
        }
        let place = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        path.persist(place).map_err(|e| e.error)
    }

    fn table<const N: usize>(&self, file: File, rows: impl Iterator<Item = [String; N]>) -> io::Result<File> {
        let mut table = csv::Writer::from_writer(file);
        table.write_record(self.header)?;
        for row in rows {
            table.write_record(row)?;
        }
        table.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// A file with a name of its own and the rights of new files, which the umask cuts.
fn new_file(parent: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(parent)
}

/// Whether the first line of a file is this header.
fn begins_with(path: &Path, header: &[&str]) -> io::Result<bool> {
    let header = header.join(",");
    let mut line = Vec::new();
    let file = BufReader::new(File::open(path)?);
    file.take(header.len() as u64 + 2).read_until(b'\n', &mut line)?;
    Ok(line.is_empty() || line.trim_ascii_end() == header.as_bytes())
}
