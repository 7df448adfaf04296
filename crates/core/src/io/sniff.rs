//! What a file that is named like a CSV file is instead: told once, in place of hundreds of faults of its rows.

use super::column::Schema;
#[cfg(feature = "parquet")]
use super::format::TableFormat;
use crate::diagnostic::Code;

/// What a file is that is no CSV of this format.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Other {
    pub code: Code,
    pub message: String,
    /// How its cells can be read all the same; `None` where they cannot.
    pub parts: Option<Parts>,
}

/// What parts the cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub separator: u8,
    /// Whether the first line tells so, and is none of the table.
    pub is_told: bool,
}

/// How some other files begin.
const BEGINNINGS: [(&[u8], Code, &str); 7] = [
    (
        b"PK\x03\x04",
        Code::NOT_CSV,
        "the file is a workbook (.xlsx, .ods) or another archive: export the table as CSV",
    ),
    (
        b"\xD0\xCF\x11\xE0",
        Code::NOT_CSV,
        "the file is a workbook (.xls): export the table as CSV",
    ),
    (b"PAR1", Code::NOT_CSV, "the file is Parquet: name it .parquet"),
    (
        b"ARROW1",
        Code::NOT_CSV,
        "the file is Arrow: export the table as CSV or Parquet",
    ),
    (b"\x1F\x8B", Code::NOT_CSV, "the file is compressed (gzip): unpack it"),
    (
        b"\x28\xB5\x2F\xFD",
        Code::NOT_CSV,
        "the file is compressed (Zstandard): unpack it",
    ),
    (b"%PDF", Code::NOT_CSV, "the file is a PDF: export the table as CSV"),
];
/// What parts cells elsewhere.
const SEPARATORS: [(u8, &str); 4] = [
    (b';', "semicolons"),
    (b'\t', "tabs"),
    (b'|', "vertical bars"),
    (b':', "colons"),
];

/// What the file is that begins so, unless it may be CSV.
pub(crate) fn sniff(bytes: &[u8], schema: &Schema) -> Option<Other> {
    let begins = |beginning: &[u8]| bytes.starts_with(beginning);
    let unreadable = |code, message: String| {
        let parts = None;
        Some(Other { code, message, parts })
    };
    // Letters of a header with a zero byte beside each.
    let is_utf_16 = begins(b"\xFF\xFE")
        || begins(b"\xFE\xFF")
        || matches!(bytes, [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0);
    if is_utf_16 {
        // All that names and separators consist of stands beside a zero byte.
        let letters = bytes.iter().copied().filter(|byte| byte.is_ascii() && *byte != 0);
        let other = parted(&letters.collect::<Vec<_>>(), schema);
        let parts = other.map_or_else(String::new, |other| format!(", and {}", other.message));
        return unreadable(
            Code::INVALID_UTF8,
            format!("the file is UTF-16{parts}: save it as UTF-8"),
        );
    }
    if let Some(&(_, code, message)) = BEGINNINGS.iter().find(|(beginning, ..)| begins(beginning)) {
        return unreadable(code, message.to_owned());
    }
    parted(bytes, schema)
}

/// What a file named like a Parquet file is that begins and ends so, unless it may be one.
#[cfg(feature = "parquet")]
pub(crate) fn no_parquet(first: &[u8], last: &[u8], schema: &Schema) -> Option<String> {
    const MAGIC: &[u8] = b"PAR1";
    let csv = schema.file(TableFormat::Csv);
    if first.starts_with(MAGIC) {
        let is_whole = last == MAGIC && first.len() > 2 * MAGIC.len();
        return (!is_whole).then(|| "the file ends too early: write it again, to its end".to_owned());
    }
    if first.is_empty() {
        return Some("the file is empty".to_owned());
    }
    if first.starts_with(b"PARE") {
        return Some("the file is encrypted: write it without encryption".to_owned());
    }
    if let Some((_, _, message)) = BEGINNINGS.iter().find(|(beginning, ..)| first.starts_with(beginning)) {
        return Some((*message).to_owned());
    }
    // A character may be cut in two where what was read ends.
    let is_text = match std::str::from_utf8(first) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none(),
    };
    if is_text && !first.contains(&0) {
        Some(format!("the file is text, not Parquet: if it is CSV, name it {csv}"))
    } else {
        Some("the file is not Parquet, or is damaged from its beginning on".to_owned())
    }
}

/// What parts the cells of a text, unless it is commas.
fn parted(bytes: &[u8], schema: &Schema) -> Option<Other> {
    let mut lines = bytes
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let line = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let is_told = line
        .trim_start_matches('"')
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let header = if is_told {
        String::from_utf8_lossy(lines.next().unwrap_or_default())
    } else {
        line
    };
    let found = separator(&header, schema);
    let (separator, name) = match found {
        None if !is_told => return None,
        found => found.unwrap_or((b',', "commas")),
    };
    let parted = format!("cells are parted by {name}, not by commas");
    let message = match (is_told, separator) {
        (false, _) => parted,
        (true, b',') => "the first line, `sep=`, is for spreadsheets only: remove it".to_owned(),
        (true, _) => format!("the first line, `sep=`, is for spreadsheets only: remove it; and {parted}"),
    };
    Some(Other {
        code: Code::WRONG_SEPARATOR,
        message,
        parts: Some(Parts { separator, is_told }),
    })
}

/// What parts the cells of a header and what it is called, unless it is commas.
fn separator(header: &str, schema: &Schema) -> Option<(u8, &'static str)> {
    let known = |separator: u8| {
        let names = header
            .split(char::from(separator))
            .map(|name| name.trim().trim_matches('"'));
        names.filter(|name| schema.position(name).is_some()).count()
    };
    let by_commas = known(b',');
    let is_it = |separator: u8| {
        let count = header.bytes().filter(|byte| *byte == separator).count();
        let no_commas = count > 1 && !header.contains(',');
        no_commas || (count > 0 && known(separator) > by_commas)
    };
    SEPARATORS.into_iter().find(|(separator, _)| is_it(*separator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::schema::schema;
    use crate::model::Table;

    fn told(text: impl AsRef<[u8]>) -> Option<(&'static str, String)> {
        let other = sniff(text.as_ref(), schema(Table::Items).unwrap());
        other.map(|other| (other.code.id(), other.message))
    }

    #[test]
    fn a_file_that_is_something_else_is_told_for_what_it_is() {
        for (text, code, word) in [
            (&b"sku;weight_g\nlamp;5\n"[..], "E127", "semicolons"),
            (b"\"sku\";\"weight_g\"\n", "E127", "semicolons"),
            (b"sku; weight_g\r\n", "E127", "semicolons"),
            (b"note,x;sku;weight_g;volume_cm3\n", "E127", "semicolons"),
            (b"sku\tweight_g\r\n", "E127", "tabs"),
            (b"Artikel;Gewicht;Volumen\r\n", "E127", "semicolons"),
            (b"sku|weight_g\n", "E127", "vertical bars"),
            (b"sep=;\nsku;weight_g\n", "E127", "`sep=`"),
            (b"sep=;\r\nsku;weight_g\r\n", "E127", "semicolons"),
            (b"\"sep=,\"\nsku,weight_g\n", "E127", "`sep=`"),
            (b"\xFF\xFEs\0k\0u\0", "E110", "UTF-16"),
            (b"\0s\0k\0u", "E110", "UTF-16"),
            (b"s\0k\0u\0", "E110", "UTF-16"),
            (b"\xFF\xFEs\0k\0u\0\t\0w\0e\0i\0g\0h\0t\0_\0g\0\n\0", "E110", "tabs"),
            (b"PK\x03\x04....", "E128", "workbook"),
            (b"\xD0\xCF\x11\xE0....", "E128", "workbook"),
            (b"PAR1....", "E128", "Parquet"),
            (b"\x1F\x8B....", "E128", "gzip"),
        ] {
            let found = told(text);
            assert!(
                found.as_ref().is_some_and(|(c, m)| *c == code && m.contains(word)),
                "{text:?}: {found:?}"
            );
        }
    }

    #[test]
    fn what_may_be_csv_is_left_to_the_reader() {
        let texts = [
            "",
            "\n",
            "sku,weight_g\n",
            "sku\n",
            "sku,weight_g,a;b\n",
            "weight;note\n",
            "\u{e9},sku\n",
            "sku,x;weight_g",
        ];
        for text in texts {
            assert_eq!(told(text), None, "{text:?}");
        }
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn what_is_no_parquet_is_told_for_what_it_is() {
        for (first, last, word) in [
            (&b""[..], &b""[..], "empty"),
            (b"PAR1", b"PAR1", "ends too early"),
            (b"PAR1.........", b"....", "ends too early"),
            (b"PARE.........", b"PARE", "encrypted"),
            (b"sku,weight_g\nlamp,5\n", b",5\n", "name it items.csv"),
            (b"caf\xc3", b"af\xc3", "name it items.csv"),
            (b"PK\x03\x04....", b"....", "workbook"),
            (b"\x1F\x8B......", b"....", "gzip"),
            (b"\x93\x01\xff......", b"....", "not Parquet"),
        ] {
            let found = no_parquet(first, last, schema(Table::Items).unwrap());
            assert!(found.as_ref().is_some_and(|m| m.contains(word)), "{first:?}: {found:?}");
        }
        let sound = no_parquet(b"PAR1.........", b"PAR1", schema(Table::Items).unwrap());
        assert_eq!(sound, None);
    }
}
