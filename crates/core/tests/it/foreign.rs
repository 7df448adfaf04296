//! Tables as people have them: exports of spreadsheets in other languages, and what programs write.
//! What can be read means the same; what cannot is told whole at the first try, with what is to be
//! written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clapot::diagnostic::KEPT_OF_A_GROUP;
use clapot::generate::{GenerateOptions, generate};
use clapot::io::{ReadOptions, read_draft, read_problem, read_problem_with, write_problem};
use clapot::{Diagnostic, RouteOptions};

use crate::support::judge::routed;

/// Each fault as its code, place, field and message.
fn faults(dir: &Path) -> Vec<Diagnostic> {
    read_problem(dir).unwrap_err().diagnostics().to_vec()
}

fn errors(list: &[Diagnostic]) -> Vec<String> {
    let is_error = |d: &&Diagnostic| d.code.id().starts_with('E');
    list.iter().filter(is_error).map(ToString::to_string).collect()
}

/// A problem of this many orders, as files.
fn generated(orders: u32) -> tempfile::TempDir {
    let options = GenerateOptions {
        orders,
        nodes: 4,
        ..GenerateOptions::default()
    };
    let dir = tempfile::tempdir().unwrap();
    write_problem(&generate(&options).unwrap(), dir.path()).unwrap();
    dir
}

/// The cells of a table of the generator, which quotes nothing.
fn rows(dir: &Path, file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(dir.join(file)).unwrap();
    let row = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().map(row).collect()
}

fn tables(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "csv"))
        .collect();
    names.sort();
    names
}

/// A cell as a French spreadsheet writes it.
fn in_french(column: &str, cell: &str) -> String {
    match column {
        _ if cell.is_empty() => String::new(),
        "deliver_by" | "deliver_on" | "available_from" => {
            let parts: Vec<&str> = cell.split('-').collect();
            format!("{}/{}/{}", parts[2], parts[1], parts[0])
        }
        "ships" | "pickup" | "ship_complete" | "divisible" => if cell == "true" { "VRAI" } else { "FAUX" }.to_owned(),
        "channel" | "carrier" => format!("{cell} \u{e9}t\u{e9}"),
        "cutoff" => cell.replace(':', "h"),
        _ if cell.contains('.') && cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) => {
            cell.replace('.', ",")
        }
        _ => cell.to_owned(),
    }
}

/// Columns of which at least one cell is another in French, by table.
type Changed = BTreeSet<(String, String)>;

/// Exports a problem as a French spreadsheet does: semicolons, decimal commas, days first, and its
/// own words.
fn export(from: &Path, to: &Path, encode: fn(&str) -> Vec<u8>) -> Changed {
    let mut changed = Changed::new();
    fs::copy(from.join("problem.toml"), to.join("problem.toml")).unwrap();
    for file in tables(from) {
        let rows = rows(from, &file);
        let mut text = rows[0].join(";") + "\r\n";
        for row in &rows[1..] {
            let cells: Vec<String> = rows[0]
                .iter()
                .zip(row)
                .map(|(column, cell)| in_french(column, cell))
                .collect();
            for (n, column) in rows[0].iter().enumerate() {
                if cells[n] != row[n] && !["channel", "carrier"].contains(&column.as_str()) {
                    changed.insert((file.clone(), column.clone()));
                }
            }
            let _ = write!(text, "{}\r\n", cells.join(";"));
        }
        fs::write(to.join(file), encode(&text)).unwrap();
    }
    changed
}

fn with_mark(text: &str) -> Vec<u8> {
    [b"\xEF\xBB\xBF", text.as_bytes()].concat()
}

fn in_latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// What a message says is to be written.
fn advised(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(": ")?;
    let (_, value) = rest.split_once("write ")?;
    Some(value.split_once(',').map_or(value, |(value, _)| value))
}

#[test]
fn a_french_export_is_told_whole_at_the_first_try() {
    let problem = generated(60);
    for (encode, is_latin) in [(with_mark as fn(&str) -> Vec<u8>, false), (in_latin_1, true)] {
        let dir = tempfile::tempdir().unwrap();
        let changed = export(problem.path(), dir.path(), encode);
        assert!(changed.len() > 10, "{changed:?}");
        let list = faults(dir.path());
        // Each table: what parts its cells, once; each column that is to be changed: how.
        let tables = tables(dir.path());
        let of = |code: &str| list.iter().filter(|d| d.code.id() == code).count();
        assert_eq!(of("E127"), tables.len());
        let mut told = Changed::new();
        for d in list.iter().filter(|d| d.code.id().starts_with("E2")) {
            let at = d.location.as_ref().unwrap();
            let column = d.field.unwrap().to_owned();
            // What is advised for the cell is what the cell was before.
            let rows = rows(problem.path(), &at.file);
            let n = rows[0].iter().position(|name| *name == column).unwrap();
            let cell = &rows[usize::try_from(at.line).unwrap() - 1][n];
            assert_eq!(advised(&d.message), Some(cell.as_str()), "{d}");
            told.insert((at.file.clone(), column));
        }
        assert_eq!(told, changed);
        assert_eq!(of("E110") > 0, is_latin, "{list:?}");
        let known = ["E110", "E127", "E202", "E203", "E206", "E207", "E208"];
        assert!(
            list.iter()
                .all(|d| known.contains(&d.code.id()) || d.code.id().starts_with('W')),
            "{list:#?}"
        );
        // The second try, in which all is written as advised, is the problem as it was.
        for file in &tables {
            let rows = rows(problem.path(), file);
            let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
            fs::write(dir.path().join(file), text).unwrap();
        }
        let again = read_problem(dir.path()).unwrap().problem;
        let options = RouteOptions {
            work_limit: Some(2_000),
            threads: 1,
            ..RouteOptions::default()
        };
        routed(&again, &options, None);
    }
}

#[test]
fn orders_in_latin_1_are_left_out_by_name_and_the_others_planned() {
    let problem = generated(12);
    let text = fs::read_to_string(problem.path().join("orders.csv")).unwrap();
    let text = text.replacen(",web,", ",caf\u{e9},", 1);
    let order = text.lines().find(|line| line.contains('\u{e9}')).unwrap();
    let order = order.split(',').next().unwrap().to_owned();
    fs::write(problem.path().join("orders.csv"), in_latin_1(&text)).unwrap();
    let found = errors(&faults(problem.path()));
    assert!(
        found.len() == 1 && found[0].starts_with("E110 orders.csv:"),
        "{found:?}"
    );
    let options = ReadOptions {
        skip_bad_orders: true,
        ..ReadOptions::default()
    };
    let checked = read_problem_with(problem.path(), &options).unwrap();
    let left: Vec<_> = checked
        .problem
        .left_out()
        .iter()
        .map(|left| left.order.as_str())
        .collect();
    assert_eq!((left, checked.problem.orders().len()), (vec![order.as_str()], 11));
}

/// Writes a cell as `DataFrame.to_csv` does where a column is of floats, of timestamps, of times or
/// of truth values.
fn by_program(column: &str, cell: &str) -> String {
    match column {
        _ if cell.is_empty() => String::new(),
        "deliver_by" | "deliver_on" | "available_from" => format!("{cell} 00:00:00"),
        "cutoff" => format!("{cell}:00"),
        "ships" | "pickup" | "ship_complete" | "divisible" => if cell == "true" { "True" } else { "False" }.to_owned(),
        "qty" | "weight_g" | "volume_cm3" | "on_hand" | "reserved" | "safety" | "max_shipments" | "max_lines"
        | "max_units" | "workload" | "transit_days" | "max_g" | "max_parcel_g" | "divisor_cm3_per_kg" | "days" => {
            format!("{cell}.0")
        }
        "price" | "per_kg" | "shipment_cost" | "line_cost" | "unit_cost" | "lead_hours" | "fuel_pct"
        | "unfilled_penalty" => {
            let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
            format!("{whole}.{fraction:0<6}")
        }
        _ => cell.to_owned(),
    }
}

#[test]
fn what_a_data_frame_writes_is_read_as_the_frame_is() {
    let problem = generated(60);
    let dir = tempfile::tempdir().unwrap();
    fs::copy(problem.path().join("problem.toml"), dir.path().join("problem.toml")).unwrap();
    let mut changed = BTreeMap::new();
    for file in tables(problem.path()) {
        let rows = rows(problem.path(), &file);
        let mut text = rows[0].join(",") + "\n";
        for row in &rows[1..] {
            let cells: Vec<String> = rows[0]
                .iter()
                .zip(row)
                .map(|(column, cell)| by_program(column, cell))
                .collect();
            for (column, (new, old)) in rows[0].iter().zip(cells.iter().zip(row)) {
                *changed.entry(column.clone()).or_insert(0) += u32::from(new != old);
            }
            text += &(cells.join(",") + "\n");
        }
        fs::write(dir.path().join(file), text).unwrap();
    }
    for column in ["qty", "deliver_by", "cutoff", "ships", "price", "days", "lead_hours"] {
        assert!(changed[column] > 0, "{column}: {changed:?}");
    }
    let draft = |dir: &Path| format!("{:?}", read_draft(dir).unwrap().0);
    assert_eq!(draft(dir.path()), draft(problem.path()));
}

#[test]
fn numbers_for_texts_are_warned_of() {
    let problem = generated(20);
    let clean = read_problem(problem.path()).unwrap().warnings;
    let path = problem.path().join("lanes.csv");
    let text = fs::read_to_string(&path).unwrap();
    // As pandas writes prefixes, of which most are missing.
    fs::write(&path, text.replace(",ES,35,", ",ES,35.0,")).unwrap();
    let found = read_problem(problem.path()).unwrap().warnings;
    let of_prefix: Vec<_> = found.iter().filter(|d| d.field == Some("postcode_prefix")).collect();
    assert!(clean.iter().all(|d| d.field != Some("postcode_prefix")));
    assert!(
        !of_prefix.is_empty() && of_prefix[0].message.starts_with("`35.0` is a whole number with .0"),
        "{found:?}"
    );
}

#[test]
fn of_many_faults_of_a_column_the_first_are_told_and_no_other_column_is_hidden() {
    let problem = generated(2_000);
    let text = fs::read_to_string(problem.path().join("lines.csv")).unwrap();
    let lines = text.lines().count() as u64 - 1;
    let text = text.replace(",1,SKU", ",1,sku");
    fs::write(problem.path().join("lines.csv"), text).unwrap();
    let orders = fs::read_to_string(problem.path().join("orders.csv")).unwrap();
    fs::write(problem.path().join("orders.csv"), orders.replace(",2026-", ",26-")).unwrap();
    let list = faults(problem.path());
    let of = |field: &str| -> (u64, u64) {
        let here: Vec<_> = list
            .iter()
            .filter(|d| d.field == Some(field) && d.code.id().starts_with('E'))
            .collect();
        (here.len() as u64, here.iter().map(|d| 1 + d.more).sum())
    };
    let (dates, all_dates) = of("deliver_by");
    let (skus, all_skus) = of("sku");
    assert!(
        dates >= KEPT_OF_A_GROUP && dates < all_dates && all_dates > 1_000,
        "{dates} {all_dates}"
    );
    assert!(
        skus >= KEPT_OF_A_GROUP && all_skus > 1_000 && all_skus <= lines,
        "{skus} {all_skus}"
    );
    let unknown = list.iter().find(|d| d.field == Some("sku")).unwrap();
    assert!(unknown.message.contains("did you mean `SKU-"), "{unknown}");
    assert!(list.len() < 500, "{}", list.len());
}

#[test]
fn columns_keys_and_ids_are_guessed() {
    let problem = generated(5);
    let path = |file: &str| problem.path().join(file);
    let change = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(path(file)).unwrap();
        assert!(text.contains(from), "{file} {from}");
        fs::write(path(file), text.replacen(from, to, 1)).unwrap();
    };
    change("orders.csv", "order_id", "Order ID");
    change("stock.csv", "safety", "safty");
    change("problem.toml", "split_penalty", "split_penality");
    change("quotes.csv", "order_id,node_id", "order_id,nodeid");
    let found: Vec<String> = faults(problem.path()).iter().map(ToString::to_string).collect();
    for expected in [
        "E113 orders.csv:1 order_id: column order_id is missing; did you mean it by `Order ID`?",
        "W530 orders.csv:1:1: unknown column `Order ID`; did you mean `order_id`?",
        "unknown column `safty`; did you mean `safety`?",
        "unknown key `objective.split_penality`; did you mean `objective.split_penalty`?",
        "column node_id is missing; did you mean it by `nodeid`?",
    ] {
        assert!(found.iter().any(|d| d.contains(expected)), "{expected}\n{found:#?}");
    }
    let problem = generated(5);
    let lines = fs::read_to_string(problem.path().join("lines.csv")).unwrap();
    let row = lines.lines().nth(1).unwrap();
    let sku = row.split(',').nth(2).unwrap();
    let unlike = format!("{}{}", &sku[1..2], sku.replacen("SK", "S", 1).trim_start_matches('S'));
    for (wrong, is_guessed) in [
        (sku.to_lowercase(), true),
        (format!("{sku}.0"), true),
        (unlike, true),
        (sku.replace('0', "9"), false),
    ] {
        let text = lines.replacen(row, &row.replacen(sku, &wrong, 1), 1);
        fs::write(problem.path().join("lines.csv"), text).unwrap();
        let list = faults(problem.path());
        let message = &list.iter().find(|d| d.code.id() == "E301").unwrap().message;
        assert_eq!(
            message.contains(&format!("did you mean `{sku}`?")),
            is_guessed,
            "{message}"
        );
    }
}

#[test]
fn a_row_cut_by_decimal_commas_says_so() {
    let problem = generated(5);
    let rates = fs::read_to_string(problem.path().join("rates.csv")).unwrap();
    let rates: String = rates
        .lines()
        .enumerate()
        .map(|(n, line)| {
            let line = if n == 0 {
                line.to_owned()
            } else {
                line.replace('.', ",")
            };
            line + "\n"
        })
        .collect();
    fs::write(problem.path().join("rates.csv"), rates).unwrap();
    let list = faults(problem.path());
    let cut: Vec<_> = list.iter().filter(|d| d.code.id() == "E114").collect();
    assert!(
        !cut.is_empty()
            && cut
                .iter()
                .all(|d| d.message.ends_with("a decimal comma? write a point")),
        "{cut:?}"
    );
}
