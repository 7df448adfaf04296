//! Tables in Parquet: the same problem and the same plan as from CSV, cells of every type that other programs write, and
//! what is wrong told by row and column.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
    Float32Array, Float64Array, Int8Array, Int64Array, LargeStringArray, ListArray, NullArray, RecordBatch,
    StringArray, StringViewArray, Time64MicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    UInt32Array,
};
use clapot::diagnostic::Diagnostic;
use clapot::generate::{GenerateOptions, generate};
use clapot::io::{
    TableFormat, read_draft, read_plan, read_problem, write_plan, write_plan_as, write_problem, write_problem_as,
};
use clapot::{RouteOptions, Surroundings, route, search};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use crate::support::files::{overlay, repository};

/// The valid problem of the diagnostics, with one table replaced by a Parquet file of these columns.
fn with(table: &str, columns: Vec<(&str, ArrayRef)>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    overlay(&repository("fixtures/invalid/base"), dir.path());
    fs::remove_file(dir.path().join(format!("{table}.csv"))).unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
    write(&dir.path().join(format!("{table}.parquet")), &batch, 1 << 20);
    dir
}

fn write(path: &Path, batch: &RecordBatch, rows: usize) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows))
        .build();
    let file = File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// Each as `code file:line:column field`.
fn found(dir: &Path) -> Vec<String> {
    let all = read_problem(dir).map_or_else(|e| e.diagnostics().to_vec(), |checked| checked.warnings);
    let show = |d: &Diagnostic| {
        let at = d.location.as_ref().unwrap();
        format!("{} {at} {}", d.code.id(), d.field.unwrap_or("-"))
    };
    all.iter().map(show).collect()
}

#[test]
fn csv_and_parquet_are_one_problem_and_one_plan() {
    let dirs = [(); 4].map(|()| tempfile::tempdir().unwrap());
    let [csv, parquet, plan_csv, plan_parquet] = dirs.each_ref().map(tempfile::TempDir::path);
    for seed in [1, 177] {
        let options = GenerateOptions {
            orders: 60,
            nodes: 8,
            seed,
            ..GenerateOptions::default()
        };
        let draft = generate(&options).unwrap();
        write_problem(&draft, csv).unwrap();
        write_problem_as(&draft, parquet, TableFormat::Parquet).unwrap();
        assert!(parquet.join("orders.parquet").exists() && !parquet.join("orders.csv").exists());
        let [from_csv, from_parquet] = [csv, parquet].map(|dir| read_draft(dir).unwrap().0);
        assert_eq!(format!("{from_csv:?}"), format!("{from_parquet:?}"));
        let [from_csv, from_parquet] = [csv, parquet].map(|dir| read_problem(dir).unwrap().problem);
        let plan = |problem| {
            let clock = search::StdClock::start();
            let around = Surroundings {
                clock: &clock,
                interrupt: None,
                progress: &mut |_| {},
            };
            let options = RouteOptions {
                work_limit: Some(20_000),
                ..RouteOptions::default()
            };
            let mut plan = route(problem, &options, around).unwrap();
            plan.outcome.seconds = 0.0;
            plan
        };
        let (a, b) = (plan(&from_csv), plan(&from_parquet));
        assert_eq!(a, b);
        write_plan(&from_csv, &a, plan_csv).unwrap();
        write_plan_as(&from_csv, &a, plan_parquet, TableFormat::Parquet).unwrap();
        assert!(!plan_parquet.join("assignments.csv").exists());
        assert_eq!(read_plan(&from_csv, plan_csv).unwrap(), a);
        assert_eq!(read_plan(&from_parquet, plan_parquet).unwrap(), a);
    }
}

/// The items of the base problem in other types: `fixtures/invalid/base/items.csv` has A 300, B 1200, C 50.
#[test]
fn cells_of_many_types_are_read() {
    let expected = format!("{:?}", read_draft(&repository("fixtures/invalid/base")).unwrap().0);
    let items = fs::read_to_string(repository("fixtures/invalid/base/items.csv")).unwrap();
    let rows: Vec<Vec<&str>> = items.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let sku: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let weights: Vec<i64> = rows.iter().map(|row| row[1].parse().unwrap()).collect();
    let volumes: Vec<Option<i64>> = rows.iter().map(|row| row.get(2).and_then(|v| v.parse().ok())).collect();
    let skus: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(sku.clone())),
        Arc::new(LargeStringArray::from(sku.clone())),
        Arc::new(StringViewArray::from(sku.clone())),
        Arc::new(BinaryArray::from_iter_values(&sku)),
        Arc::new(sku.iter().copied().collect::<DictionaryArray<Int32Type>>()),
    ];
    let decimals = |places: u32, scale| {
        let cells = weights.iter().map(|w| i128::from(*w) * 10i128.pow(places));
        Decimal128Array::from_iter_values(cells)
            .with_precision_and_scale(30, scale)
            .unwrap()
    };
    let amounts: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(weights.clone())),
        Arc::new(UInt32Array::from_iter_values(weights.iter().map(|w| *w as u32))),
        Arc::new(Float32Array::from_iter_values(weights.iter().map(|w| *w as f32))),
        Arc::new(Float64Array::from_iter_values(weights.iter().map(|w| *w as f64))),
        Arc::new(decimals(0, 0)),
        Arc::new(decimals(10, 10)),
        Arc::new(StringArray::from_iter_values(weights.iter().map(ToString::to_string))),
    ];
    for sku in &skus {
        for weight in &amounts {
            let volume = volumes.iter().map(|v| v.map(|v| v as f64));
            let volume: ArrayRef = Arc::new(volume.collect::<Float64Array>());
            let columns = vec![
                ("volume_cm3", volume),
                ("sku", Arc::clone(sku)),
                ("weight_g", Arc::clone(weight)),
            ];
            let dir = with("items", columns);
            let read = read_draft(dir.path()).unwrap().0;
            let types = (sku.data_type(), weight.data_type());
            assert_eq!(format!("{read:?}"), expected, "{types:?}");
        }
    }
}

#[test]
fn dates_times_and_truth_have_types_too() {
    const DAY: i64 = 86_400;
    let days = 20_517; // 2026-03-05
    let dates: Vec<ArrayRef> = vec![
        text(&["2026-03-05"]),
        Arc::new(Date32Array::from(vec![days as i32])),
        Arc::new(Date64Array::from(vec![days * DAY * 1_000])),
        Arc::new(TimestampMillisecondArray::from(vec![days * DAY * 1_000])),
        Arc::new(TimestampNanosecondArray::from(vec![days * DAY * 1_000_000_000])),
    ];
    let base = fs::read_to_string(repository("fixtures/invalid/base/orders.csv")).unwrap();
    let columns = |date: &ArrayRef, complete: ArrayRef| {
        vec![
            ("order_id", text(&["O"])),
            ("country", text(&["FR"])),
            ("postcode", Arc::new(Int64Array::from(vec![75_001])) as ArrayRef),
            ("deliver_by", Arc::clone(date)),
            ("ship_complete", complete),
            ("pickup_node", Arc::new(NullArray::new(1))),
        ]
    };
    assert!(base.starts_with("order_id,"));
    let mut seen = Vec::new();
    for date in &dates {
        for complete in [text(&["true"]), Arc::new(BooleanArray::from(vec![true]))] {
            let dir = with("orders", columns(date, complete));
            seen.push(format!("{:?}", read_draft(dir.path()).unwrap().0));
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
    let noon: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![days * DAY * 1_000 + 1]));
    let far: ArrayRef = Arc::new(Date32Array::from(vec![i32::MAX]));
    for date in [noon, far] {
        let dir = with("orders", columns(&date, text(&["true"])));
        assert!(found(dir.path()).contains(&"E206 orders.parquet:1:4 deliver_by".to_owned()));
    }
    let service = |cutoff: i64| {
        let columns = vec![
            ("service_id", text(&["eco"])),
            ("days", Arc::new(Int64Array::from(vec![12_345])) as ArrayRef),
            ("cutoff", Arc::new(Time64MicrosecondArray::from(vec![cutoff]))),
        ];
        found(with("services", columns).path())
    };
    assert!(!service(16 * 3_600_000_000).iter().any(|d| d.starts_with("E207")));
    assert!(service(16 * 3_600_000_000 + 1).contains(&"E207 services.parquet:1:3 cutoff".to_owned()));
}

/// Rates with prices in floats: exact where the shortest decimal of the float has 4 decimals, refused where not; NaN is missing.
#[test]
fn money_in_floats_is_never_rounded() {
    let rates = |prices: Vec<f64>| {
        let n = prices.len();
        with(
            "rates",
            vec![
                ("service_id", text(&vec!["eco"; n])),
                ("zone", text(&vec!["FR"; n])),
                (
                    "max_g",
                    Arc::new(Int64Array::from_iter_values(1..=n as i64)) as ArrayRef,
                ),
                ("price", Arc::new(Float64Array::from(prices))),
            ],
        )
    };
    let dir = rates(vec![4.99, 0.1 + 0.2, 7.0, 1e300, f64::NAN, 0.0001]);
    let all = found(dir.path());
    let prices: Vec<_> = all.iter().filter(|d| d.contains("rates.parquet")).collect();
    assert_eq!(
        prices,
        [
            "E204 rates.parquet:2:4 price",
            "E205 rates.parquet:4:4 price",
            "E201 rates.parquet:5:4 price" // NaN is a missing value
        ]
    );
}

#[test]
fn what_is_wrong_is_told_by_row_and_column() {
    let weights: ArrayRef = Arc::new(Float64Array::from(vec![Some(300.0), Some(0.5), None, Some(7.0)]));
    let dir = with(
        "items",
        vec![
            ("note", text(&["", "", "", ""])),
            ("sku", text(&["A", "B", "C", "A"])),
            ("weight_g", weights),
        ],
    );
    let expected = [
        "E202 items.parquet:2:3 weight_g",
        "E201 items.parquet:3:3 weight_g",
        "E301 items.parquet:4:2 sku",
        "W501 items.parquet -",
    ];
    let got = found(dir.path());
    let codes = |list: &[String]| list.iter().map(|d| d[..4].to_owned()).collect::<Vec<_>>();
    assert_eq!(got.len(), expected.len(), "{got:?}");
    assert_eq!(codes(&got)[..2], ["E202", "E201"]);
    assert_eq!(got[..2], expected[..2]);
    assert!(got[2].contains("items.parquet:4:2 sku"), "{got:?}");
}

#[test]
fn columns_that_no_cell_can_be_are_refused() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]);
    let zoned = TimestampMillisecondArray::from(vec![0]).with_timezone("UTC");
    let odd: [ArrayRef; 2] = [Arc::new(lists), Arc::new(zoned)];
    for column in odd {
        let dir = with(
            "orders",
            vec![("order_id", text(&["O"])), ("deliver_by", Arc::clone(&column))],
        );
        assert!(
            found(dir.path()).contains(&"E126 orders.parquet deliver_by".to_owned()),
            "{:?}",
            found(dir.path())
        );
        // Where it is not one of ours, it does not matter.
        let dir = with("orders", vec![("order_id", text(&["O"])), ("mine", column)]);
        assert!(!found(dir.path()).iter().any(|d| d.starts_with("E12")));
    }
    let dir = with("items", vec![("sku", text(&["A"]))]);
    assert!(found(dir.path()).contains(&"E113 items.parquet weight_g".to_owned()));
    let twice: ArrayRef = Arc::new(Int8Array::from(vec![1]));
    let dir = with(
        "items",
        vec![
            ("sku", text(&["A"])),
            ("weight_g", Arc::clone(&twice)),
            ("weight_g", twice),
        ],
    );
    assert!(found(dir.path()).iter().any(|d| d.starts_with("E112 items.parquet")));
}

#[test]
fn limits_hold_in_parquet() {
    let long = "x".repeat((64 << 10) + 1);
    let skus = ["A", "B", "C", &long];
    let dir = with(
        "items",
        vec![
            ("sku", text(&skus)),
            ("weight_g", Arc::new(Int64Array::from(vec![1; 4]))),
        ],
    );
    assert!(found(dir.path()).contains(&"E120 items.parquet:4:1 -".to_owned()));
    let id = "x".repeat(257);
    let skus = ["A", "B", "C", &id];
    let dir = with(
        "items",
        vec![
            ("sku", text(&skus)),
            ("weight_g", Arc::new(Int64Array::from(vec![1; 4]))),
        ],
    );
    assert!(found(dir.path()).iter().any(|d| d.contains("items.parquet:4:1 sku")));
}

#[test]
fn row_groups_and_batches_do_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    let options = GenerateOptions {
        orders: 9_000,
        nodes: 4,
        ..GenerateOptions::default()
    };
    write_problem(&generate(&options).unwrap(), dir.path()).unwrap();
    let expected = format!("{:?}", read_draft(dir.path()).unwrap().0);
    let orders = fs::read_to_string(dir.path().join("orders.csv")).unwrap();
    fs::remove_file(dir.path().join("orders.csv")).unwrap();
    let mut lines = orders.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let column = |n: usize| Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row[n]))) as ArrayRef;
    let batch = RecordBatch::try_from_iter(names.iter().enumerate().map(|(n, &name)| (name, column(n)))).unwrap();
    for rows in [1_000, 4_096, 1 << 20] {
        write(&dir.path().join("orders.parquet"), &batch, rows);
        assert_eq!(format!("{:?}", read_draft(dir.path()).unwrap().0), expected, "{rows}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A damaged file is refused, or read as something else; never a panic.
    #[test]
    fn no_bytes_make_the_reader_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let weights: ArrayRef = Arc::new(Int64Array::from(vec![300, 1_200, 50]));
        let dir = with("items", vec![("sku", text(&["A", "B", "C"])), ("weight_g", weights)]);
        let path = dir.path().join("items.parquet");
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&path, bytes).unwrap();
        if let Err(e) = read_problem(dir.path()) {
            prop_assert!(e.diagnostics().iter().all(|d| d.location.is_some()), "{:?}", e.diagnostics());
            prop_assert!(!e.diagnostics().is_empty());
        }
    }
}
