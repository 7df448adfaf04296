//! Tests of the CSV reader: syntax, positions, limits, and that neither the size of the buffer nor that of a read matters.

use std::io::{self, Read};

use proptest::prelude::*;

use super::csv::{MAX_FIELD, MAX_RECORD, ReadError, Reader};
use super::scan::Span;
use crate::diagnostic::Code;

/// A record as its line and its cells with their positions, or a fault with its position.
type Event = Result<(u64, Vec<(String, u64, u64, u64)>), (Code, u64, u64)>;

/// Hands over at most so many bytes a read.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.0.len().min(self.1).min(into.len());
        into[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn events(bytes: &[u8], capacity: usize, drip: usize) -> Vec<Event> {
    let mut reader = Reader::with_capacity(Drip(bytes, drip), capacity);
    let mut events = Vec::new();
    loop {
        match reader.next() {
            Ok(None) => return events,
            Ok(Some(r)) => {
                let cell = |n| {
                    let p = r.position(n);
                    (r.get(n).to_owned(), p.line, p.column, p.length)
                };
                events.push(Ok((r.line(), (0..r.len()).map(cell).collect())));
            }
            Err(ReadError::Fault(f)) => events.push(Err((f.code, f.position.line, f.position.column))),
            Err(ReadError::Io(e)) => panic!("{e}"),
        }
    }
}

/// The cells of each record, and code, line and column of each fault.
fn read(text: &str) -> Vec<Result<Vec<String>, (Code, u64, u64)>> {
    let mut reader = Reader::with_capacity(text.as_bytes(), 1 << 12);
    let mut found = Vec::new();
    loop {
        match reader.next() {
            Ok(None) => return found,
            Ok(Some(r)) => found.push(Ok((0..r.len()).map(|n| r.get(n).to_owned()).collect())),
            Err(ReadError::Fault(f)) => found.push(Err((f.code, f.position.line, f.position.column))),
            Err(ReadError::Io(e)) => panic!("{e}"),
        }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "it stands beside faults")]
fn cells(cells: &[&str]) -> Result<Vec<String>, (Code, u64, u64)> {
    Ok(cells.iter().map(|&c| c.to_owned()).collect())
}

#[test]
fn records_are_read_as_the_rfc_says() {
    assert_eq!(read(""), []);
    assert_eq!(read("\n\r\n\n"), []);
    assert_eq!(read("a,b"), [cells(&["a", "b"])]);
    assert_eq!(
        read("a,b\r\n\r\n,\nc"),
        [cells(&["a", "b"]), cells(&["", ""]), cells(&["c"])]
    );
    assert_eq!(read("\u{feff}a\n\u{feff}b\n"), [cells(&["a"]), cells(&["\u{feff}b"])]);
    assert_eq!(read("\"a\",\"\"\r\n"), [cells(&["a", ""])]);
    assert_eq!(
        read("\"a,\"\"b\"\"\r\nc\",d\ne"),
        [cells(&["a,\"b\"\r\nc", "d"]), cells(&["e"])]
    );
    assert_eq!(read("\"\"\"\""), [cells(&["\""])]);
    assert_eq!(read("x,\"\"\"\",\"\"\"y\"\"\"\n"), [cells(&["x", "\"", "\"y\""])]);
}

#[test]
fn what_the_rfc_does_not_allow_is_a_fault_and_reading_goes_on() {
    let good = || cells(&["z"]);
    assert_eq!(read("a,b\"c\nz"), [Err((Code::STRAY_QUOTE, 1, 4)), good()]);
    assert_eq!(read("a,\"b\"c\nz"), [Err((Code::DATA_AFTER_QUOTE, 1, 6)), good()]);
    assert_eq!(read("\"a\nb\" \nz"), [Err((Code::DATA_AFTER_QUOTE, 2, 3)), good()]);
    assert_eq!(read("a\rb\nz"), [Err((Code::STRAY_CARRIAGE_RETURN, 1, 2)), good()]);
    assert_eq!(read("z\na\r"), [good(), Err((Code::STRAY_CARRIAGE_RETURN, 2, 2))]);
    assert_eq!(read("é,\"b\nz\nz"), [Err((Code::UNCLOSED_QUOTE, 1, 3)), good(), good()]);
    let latin = events(b"z\na,\xE9,b\nz\n", 4096, 4096);
    assert_eq!(latin[1], Err((Code::INVALID_UTF8, 2, 3)));
    assert_eq!(latin.len(), 3);
}

#[test]
fn cells_know_where_they_stand() {
    let found = events("é,\"a\"\"\nü\",b,\n".as_bytes(), 4096, 4096);
    let cell = |t: &str, line, column, length| (t.to_owned(), line, column, length);
    assert_eq!(
        found,
        [Ok((
            1,
            vec![
                cell("é", 1, 1, 1),
                cell("a\"\nü", 1, 3, 7),
                cell("b", 2, 4, 1),
                cell("", 2, 6, 0)
            ]
        ))]
    );
}

#[test]
fn limits_are_exact() {
    for (n, sound) in [(MAX_FIELD - 1, true), (MAX_FIELD, true), (MAX_FIELD + 1, false)] {
        for text in [format!("a,{}\nz", "x".repeat(n)), format!("a,\"{}\"\nz", "x".repeat(n))] {
            let found = read(&text);
            assert_eq!(found.len(), 2, "{n}");
            assert_eq!(found[0].is_ok(), sound, "{n}");
            assert!(sound || found[0] == Err((Code::FIELD_TOO_LONG, 1, 3)), "{n}");
        }
    }
    let cell = "x".repeat(1023) + ",";
    for (n, sound) in [(MAX_RECORD - 1, true), (MAX_RECORD, true), (MAX_RECORD + 1, false)] {
        for end in ["", "\n", "\nz\n", "\r\nz"] {
            let mut text = cell.repeat(MAX_RECORD / 1024 + 1);
            text.truncate(n);
            let found = read(&(text + end));
            assert_eq!(found.len(), 1 + usize::from(end.contains('z')), "{n} {end:?}");
            assert_eq!(found[0].is_ok(), sound, "{n} {end:?}");
            assert!(sound || found[0] == Err((Code::RECORD_TOO_LONG, 1, 1)), "{n} {end:?}");
        }
    }
}

/// A block over and over, so many bytes in all.
struct Repeated {
    block: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = (self.block.len() - self.at).min(into.len()).min(self.left);
        into[..n].copy_from_slice(&self.block[self.at..self.at + n]);
        self.at = (self.at + n) % self.block.len();
        self.left -= n;
        Ok(n)
    }
}

#[test]
fn an_unclosed_quote_over_a_large_file_takes_little_memory() {
    const LINE: &[u8] = b"O1,1,A,2\n";
    let lines = if cfg!(debug_assertions) { 1 << 20 } else { 7 << 20 }; // 9 or 63 MiB
    let source = Repeated {
        block: LINE.repeat(1_000),
        at: 0,
        left: LINE.len() * lines,
    };
    let mut reader = Reader::new("order_id,line_id\nO0,\"".as_bytes().chain(source));
    assert_eq!(reader.next().unwrap().unwrap().len(), 2);
    let Err(ReadError::Fault(fault)) = reader.next() else {
        panic!("no fault")
    };
    assert_eq!(
        (fault.code, fault.position.line, fault.position.column),
        (Code::UNCLOSED_QUOTE, 2, 4)
    );
    assert!(matches!(reader.next(), Ok(None)), "nothing after it is guessed at");
    assert!(reader.capacity() <= 4 << 20, "{}", reader.capacity());
}

#[test]
fn after_a_record_that_is_too_long_the_next_lines_are_read() {
    // From the first quote on, one record without end; from the second line on, a record a line.
    let found = read(&("\"\n\",".repeat(MAX_RECORD / 2) + "\""));
    let faults: Vec<_> = found.iter().filter_map(|r| r.as_ref().err()).collect();
    assert_eq!(faults[0], &(Code::RECORD_TOO_LONG, 1, 1));
    assert!(
        faults.len() == 1 && found.len() == MAX_RECORD / 2 + 1,
        "{} {}",
        faults.len(),
        found.len()
    );
}

#[test]
fn a_failing_source_is_told_after_what_it_gave() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => {
                    into[..2].copy_from_slice(b"a\n");
                    Ok(2)
                }
                2 => Err(io::ErrorKind::Interrupted.into()),
                _ => Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }
    let mut reader = Reader::new(Fails(0));
    // The byte order mark has three bytes, so the failure comes before the first record is sure.
    assert!(matches!(reader.next(), Err(ReadError::Io(_))));
}

#[test]
fn a_span_ends_at_its_closing_quote() {
    let raw = "x,\"a\"\"b\",y";
    let span = Span {
        start: 0,
        end: 3,
        raw_start: 2,
        escaped: true,
    };
    assert_eq!(span.raw(raw), (2, 8));
}

/// Bytes of which much is special.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b",\"\n\r".as_slice()),
        2 => prop::sample::select(b"ab\xC3\xA9\xEF\xBB\xBF\x00".as_slice()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_cut_of_a_file_does_not_matter(bytes in bytes(), capacity in 1usize..20, drip in 1usize..20) {
        prop_assert_eq!(events(&bytes, capacity, drip), events(&bytes, 1 << 12, usize::MAX));
    }

    #[test]
    fn positions_rise_and_faults_are_few(bytes in bytes()) {
        let found = events(&bytes, 64, 64);
        let lines: Vec<u64> = found.iter().map(|e| e.as_ref().map_or_else(|f| f.1, |r| r.0)).collect();
        prop_assert!(lines.is_sorted(), "{:?}", found);
        prop_assert!(found.len() <= memchr::memchr_iter(b'\n', &bytes).count() + 1);
    }

    #[test]
    fn what_is_written_is_read(table in prop::collection::vec(prop::collection::vec("[a,\"\r\né]{0,6}", 2..5), 0..6)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let expected: Vec<_> = table.into_iter().map(Ok).collect();
        prop_assert_eq!(read(&text), expected);
    }
}
