//! Files of the repository, overlaid directories, and expectations that can be written anew.

use std::fs;
use std::path::{Path, PathBuf};

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Copies a directory over another; a file of the same name is replaced.
pub fn overlay(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())) {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if target.is_file() {
            fs::remove_file(&target).unwrap();
        }
        if entry.path().is_dir() {
            overlay(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The content of a file must be `text`; with the variable `CLAPOT_BLESS` set, it is written instead. Tells whether it was.
pub fn expect(path: &Path, text: &str) -> bool {
    let is = fs::read_to_string(path).unwrap_or_default();
    if is != text && std::env::var_os("CLAPOT_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return true;
    }
    is == text
}

/// What to do where [`expect`] said no.
pub const BLESS: &str = "is stale; after checking the change, run: CLAPOT_BLESS=1 cargo test -p clapot --test it";
