//! Reading in pieces gives what reading row by row gives, whatever the bytes and wherever they are cut.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::directory::Kind;
use super::files::Files;
use super::pieces::read_into;
use super::problem::NEVER;
use super::rows::add_row;
use super::schema::schema;
use super::source::Source;
use super::table::read_table;
use crate::diagnostic::Diagnostics;
use crate::model::{Draft, Table};

/// Rows and diagnostics as text.
fn shown(readable: bool, draft: &Draft, found: Diagnostics) -> String {
    format!("{readable} {draft:?} {:#?}", found.into_sorted(|_| ()))
}

fn row_by_row(dir: &Path) -> String {
    let (mut draft, mut found) = (Draft::default(), Diagnostics::new());
    let schema = schema(Table::Lines).unwrap();
    let readable = read_table(
        Source::Dir(&Files::open(dir, &Kind::problem()).unwrap()),
        schema,
        &mut found,
        |cells| {
            add_row(&mut draft, Table::Lines, cells);
        },
    );
    shown(readable, &draft, found)
}

fn in_pieces(dir: &Path, size: usize, threads: usize) -> String {
    let (mut draft, mut found) = (Draft::default(), Diagnostics::new());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let schema = schema(Table::Lines).unwrap();
    let readable = pool.install(|| {
        read_into(
            &mut draft,
            Source::Dir(&Files::open(dir, &Kind::problem()).unwrap()),
            Table::Lines,
            schema,
            &mut found,
            size,
            &NEVER,
        )
    });
    shown(readable, &draft, found)
}

fn same(text: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("lines.csv"), text).unwrap();
    let expected = row_by_row(dir.path());
    for (size, threads) in [(1, 1), (13, 3), (40, 2), (101, 2), (1 << 20, 2)] {
        assert_eq!(in_pieces(dir.path(), size, threads), expected, "pieces of {size}");
    }
}

const HEADER: &str = "order_id,line_id,sku,qty,node_id,group\n";

fn row() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[ab],[1-3],[xy],[1-9],(W)?,[gh]?\r?\n",
        2 => "\"[ab]\",\"[1-3]\",x,1,\"[\n,]{0,3}\",\"(\"\")?\"\r?\n",
        1 => "[ab,\"\n\r]{0,9}\n",
        1 => "\u{e9}[\"é,]{0,3}\r?\n{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pieces_make_the_whole(rows in prop::collection::vec(row(), 0..60), end in "[ab,\"]{0,9}") {
        same(format!("{HEADER}{}{end}", rows.concat()).as_bytes());
    }

    #[test]
    fn pieces_of_any_bytes_make_the_whole(
        bytes in prop::collection::vec(prop::sample::select(b"ab1,\"\"\n\n\r\xC3\xA9\xFF".as_slice()), 0..400),
    ) {
        same(&[HEADER.as_bytes(), &bytes].concat());
    }
}

#[test]
fn records_longer_than_a_piece_are_read_to_their_end() {
    let long = "x".repeat(3 << 20);
    same(format!("{HEADER}a,1,x,1,,\na,2,x,1,,\"{}\n\"\nb,1,x,1,,\n", &long[..1 << 19]).as_bytes());
    same(format!("{HEADER}a,1,x,1,,\n{long}\nb,1,x,1,,\n").as_bytes());
    same(format!("{HEADER}a,1,x,1,,\nb,1,x,1,,\"{long}\nb,2,x,1,,\n").as_bytes());
}

#[test]
fn counts_beyond_the_kept_diagnostics_are_the_same() {
    let row = |n: u32| format!("o{},1,x,{},,\n", n / 3, ["none", "1"][n as usize % 2]);
    same(
        [HEADER.to_owned()]
            .into_iter()
            .chain((0..2500).map(row))
            .collect::<String>()
            .as_bytes(),
    );
}
