//! Source lines that diagnostics point at: each file is read once, as far as needed, and never held. Parquet has no lines.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use clapot::diagnostic::Diagnostic;

/// Longest part of a line that is kept.
const MAX_LINE: u64 = 4_096;

/// Lines by file and number.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    lines: HashMap<(String, u64), String>,
}

impl Sources {
    /// The lines that these diagnostics point at. A file that cannot be read gives none.
    pub(crate) fn read<'d>(dir: &Path, list: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let mut wanted: Vec<(&str, u64)> = list
            .into_iter()
            .filter_map(|d| d.location.as_ref())
            .filter(|at| at.line > 0 && !at.file.ends_with(".parquet"))
            .map(|at| (at.file.as_str(), at.line))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut sources = Self::default();
        for places in wanted.chunk_by(|a, b| a.0 == b.0) {
            let _ = sources.read_file(dir, places);
        }
        sources
    }

    /// The line, if it could be read.
    pub(crate) fn line(&self, file: &str, line: u64) -> Option<&str> {
        self.lines.get(&(file.to_owned(), line)).map(String::as_str)
    }

    /// Reads the lines of one file, which rise.
    fn read_file(&mut self, dir: &Path, places: &[(&str, u64)]) -> std::io::Result<()> {
        let Some((file, _)) = places.first() else { return Ok(()) };
        let path = super::place_of(dir, file);
        if !std::fs::metadata(&path)?.is_file() {
            return Ok(()); // a pipe might never begin or end
        }
        let mut reader = BufReader::new(File::open(path)?);
        let mut at = 1;
        for &(_, line) in places {
            while at < line {
                reader.skip_until(b'\n')?;
                at += 1;
            }
            let mut text = Vec::new();
            reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut text)?;
            if text.last() != Some(&b'\n') {
                reader.skip_until(b'\n')?;
            }
            at += 1;
            // A line that is not UTF-8 is counted by bytes where it is read, so that each is a character here.
            let text =
                String::from_utf8(text).unwrap_or_else(|e| e.as_bytes().iter().map(|&b| char::from(b)).collect());
            let text = text
                .trim_start_matches(if line == 1 { "\u{feff}" } else { "" })
                .trim_end_matches(['\r', '\n']);
            self.lines.insert(((*file).to_owned(), line), without_c1(text));
        }
        Ok(())
    }
}

/// The text with the control characters beyond ASCII made visible: some terminals obey them as they obey escape sequences.
/// Those of ASCII are made visible where the line is drawn.
fn without_c1(text: &str) -> String {
    let visible = |c| match c {
        '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use clapot::diagnostic::{Code, Location};

    use super::*;

    #[test]
    fn lines_are_found_and_long_ones_are_cut() {
        let dir = tempfile::tempdir().unwrap();
        let long = "x".repeat(10_000);
        std::fs::write(dir.path().join("a.csv"), format!("one\r\n{long}\nthree\n")).unwrap();
        let at = |line| {
            let place = Location {
                file: "a.csv".to_owned(),
                line,
                column: 1,
                length: 1,
            };
            Diagnostic::new(Code::UNKNOWN_REFERENCE, "a", "").at(place)
        };
        let sources = Sources::read(dir.path(), &[at(3), at(1), at(2), at(9), at(0)]);
        assert_eq!(
            (sources.line("a.csv", 1), sources.line("a.csv", 3)),
            (Some("one"), Some("three"))
        );
        assert_eq!(sources.line("a.csv", 2).map(str::len), Some(4_096));
        assert_eq!((sources.line("b.csv", 1), sources.line("a.csv", 0)), (None, None));
    }
}
