//! `generated.txt`: the files that `generate` wrote, each with its size and checksum. By it a later run knows that a
//! directory is its own and that nobody has worked in it since.
//!
//! The checksum is FNV-1a of 64 bits: it notices changes, and is no defence against forgery.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use super::directory::{Kind, MANIFEST};
use super::files::Files;

const HEADER: &str =
    "# Written by `clapot generate`, which replaces this directory while its files are as listed here.\n";
/// Most bytes that are read of a manifest.
const LONGEST: u64 = 1 << 16;

/// The list of the files of a directory.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn list(dir: &Path) -> io::Result<String> {
    let names = fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
    names.retain(|name| name != MANIFEST);
    names.sort_unstable();
    let mut text = HEADER.to_owned();
    for name in names {
        text += &line(&name, fs::File::open(dir.join(&name))?)?;
    }
    Ok(text)
}

/// What of a directory with these entries is not as its list says; `None` where all is.
pub(crate) fn changed(dir: &Path, kind: &Kind, names: &[String]) -> Option<String> {
    let unlisted = || format!("there is no {MANIFEST}");
    let Ok(files) = Files::open(dir, kind) else {
        return Some(unlisted());
    };
    let Some(Ok(manifest)) = files.get(MANIFEST) else {
        return Some(unlisted());
    };
    let mut list = String::new();
    if manifest.reader(0).take(LONGEST).read_to_string(&mut list).is_err() {
        return Some(format!("{MANIFEST} cannot be read"));
    }
    let as_listed = |name: &&String| {
        let Some(Ok(file)) = files.get(name) else { return false };
        line(name, file.reader(0)).is_ok_and(|line| list.contains(&format!("\n{line}")))
    };
    let mut entries = names.iter().filter(|name| *name != MANIFEST);
    let other = entries.find(|name| !as_listed(name))?;
    Some(format!("{other} is not as it was written"))
}

/// The line of a file: its name, size in bytes, and checksum.
fn line(name: &str, mut file: impl Read) -> io::Result<String> {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let (mut sum, mut size, mut buffer) = (BASIS, 0, vec![0; 1 << 16]);
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok(format!("{name} {size} {sum:016x}\n")),
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        size += read as u64;
        for byte in &buffer[..read] {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_fnv_1a() {
        // Test vectors of the authors: http://www.isthe.com/chongo/tech/comp/fnv/
        let sum = |text: &str| line("x", text.as_bytes()).unwrap();
        assert_eq!(
            [sum(""), sum("a"), sum("foobar")],
            [
                "x 0 cbf29ce484222325\n",
                "x 1 af63dc4c8601ec8c\n",
                "x 6 85944171f73967e8\n"
            ]
        );
    }
}
