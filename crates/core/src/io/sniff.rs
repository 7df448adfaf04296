//! What a file that is named like a CSV file is instead: told once, in place of hundreds of faults of its rows.

use super::column::Schema;
use crate::diagnostic::Code;

/// What a file is that is no CSV of this format.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Other {
    pub code: Code,
    pub message: &'static str,
}

/// How some other files begin.
const BEGINNINGS: [(&[u8], Code, &str); 9] = [
    (b"\xFF\xFE", Code::INVALID_UTF8, "the file is UTF-16: save it as UTF-8"),
    (b"\xFE\xFF", Code::INVALID_UTF8, "the file is UTF-16: save it as UTF-8"),
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
const SEPARATORS: [(char, &str); 4] = [
    (';', "cells are parted by semicolons, not by commas"),
    ('\t', "cells are parted by tabs, not by commas"),
    ('|', "cells are parted by vertical bars, not by commas"),
    (':', "cells are parted by colons, not by commas"),
];

/// What the file is that begins so, unless it may be CSV.
pub(crate) fn sniff(bytes: &[u8], schema: &Schema) -> Option<Other> {
    let begins = |beginning: &[u8]| bytes.starts_with(beginning);
    if let Some(&(_, code, message)) = BEGINNINGS.iter().find(|(beginning, ..)| begins(beginning)) {
        return Some(Other { code, message });
    }
    // Letters of a header with a zero byte beside each.
    if matches!(bytes, [a, 0, b, 0, ..] | [0, a, 0, b, ..] if *a != 0 && *b != 0) {
        let (code, message) = (Code::INVALID_UTF8, "the file is UTF-16: save it as UTF-8");
        return Some(Other { code, message });
    }
    let line = bytes.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
    separator(std::str::from_utf8(line).ok()?, schema)
}

/// What parts the cells of the first line, unless it is commas.
fn separator(line: &str, schema: &Schema) -> Option<Other> {
    let code = Code::WRONG_SEPARATOR;
    if line
        .trim_start_matches('"')
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("sep="))
    {
        let message = "the first line, `sep=`, is for spreadsheets only: remove it, and part cells by commas";
        return Some(Other { code, message });
    }
    let known = |separator| {
        let names = line.split(separator).map(|name: &str| name.trim().trim_matches('"'));
        names.filter(|name| schema.position(name).is_some()).count()
    };
    let by_commas = known(',');
    let other = SEPARATORS.iter().find(|(separator, _)| {
        let by = known(*separator);
        line.contains(*separator) && by > by_commas.max(usize::from(by_commas > 0))
    });
    other.map(|&(_, message)| Other { code, message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::schema::schema;
    use crate::model::Table;

    fn told(text: impl AsRef<[u8]>) -> Option<(&'static str, &'static str)> {
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
            (b"sku|weight_g\n", "E127", "vertical bars"),
            (b"sep=;\nsku;weight_g\n", "E127", "`sep=`"),
            (b"\"sep=,\"\nsku,weight_g\n", "E127", "`sep=`"),
            (b"\xFF\xFEs\0k\0u\0", "E110", "UTF-16"),
            (b"\0s\0k\0u", "E110", "UTF-16"),
            (b"s\0k\0u\0", "E110", "UTF-16"),
            (b"PK\x03\x04....", "E128", "workbook"),
            (b"\xD0\xCF\x11\xE0....", "E128", "workbook"),
            (b"PAR1....", "E128", "Parquet"),
            (b"\x1F\x8B....", "E128", "gzip"),
        ] {
            let found = told(text);
            assert!(
                found.is_some_and(|(c, m)| c == code && m.contains(word)),
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
}
