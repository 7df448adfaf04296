//! Problem directories: what is written is read back exactly, and no file makes the reader panic.

use std::fs;

use clapot::io::{
    TableFormat, WriteOptions, check_problem_place, read_draft, read_problem, write_problem, write_problem_as,
};
use clapot::model::{
    Draft, ExclusionInput, ItemInput, LaneInput, LineInput, NodeInput, NodeKind, OrderInput, Place, QuoteInput,
    RateInput, ServiceInput, SettingsInput, StockInput, Weekdays,
};
use clapot::quantity::{Date, Money, Percent, TimeOfDay};
use proptest::option::of;
use proptest::prelude::*;

use crate::support::files::{overlay, repository};

const TABLES: [&str; 10] = [
    "nodes",
    "items",
    "stock",
    "orders",
    "lines",
    "exclusions",
    "services",
    "lanes",
    "rates",
    "quotes",
];

/// Texts that a careless writer or reader would spoil.
fn text() -> impl Strategy<Value = String> {
    "[a-c,\"\n\r é'#]{0,4}"
}

fn id() -> impl Strategy<Value = String> {
    "[a-c,\"\n\r é*]{1,3}"
}

fn given() -> impl Strategy<Value = Option<String>> {
    of(id())
}

fn money() -> impl Strategy<Value = Money> {
    any::<i64>().prop_map(|n| Money::from_ten_thousandths(n / 2))
}

fn date() -> impl Strategy<Value = Date> {
    (-25_000..300_000i32).prop_map(Date::from_days)
}

fn place() -> impl Strategy<Value = Place> {
    (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| Place { lat, lon })
}

prop_compose! {
    fn carriers()(
        settings in (text(), text(), text(), of(text()), money(), money(), money()),
        service in (id(), text(), "[1-7]{1,7}", of((0u8..24, 0u8..60)), of(any::<i64>()), of(any::<i64>()), any::<i32>()),
        lane in (id(), given(), id(), text(), of(0.0..1e4), text(), 0..1_000_000_000u32),
        rate in (id(), text(), of(any::<i64>()), money(), money()),
        quote in (id(), id(), id(), money(), of(date()), 0..1_000_000_000u32),
    ) -> Draft {
        let (name, currency, now, timezone, split_penalty, late_penalty_per_day, unfilled_penalty) = settings;
        let mut draft = Draft::new(SettingsInput {
            name, currency, now, timezone, split_penalty, late_penalty_per_day, unfilled_penalty,
        });
        draft.service(ServiceInput {
            service_id: &service.0,
            carrier: &service.1,
            days: Weekdays::parse(&service.2).unwrap(),
            cutoff: service.3.and_then(|(h, m)| TimeOfDay::from_hour_minute(h, m)),
            divisor_cm3_per_kg: service.4,
            max_parcel_g: service.5,
            fuel_pct: Percent(service.6.into()),
        });
        draft.lane(LaneInput {
            service_id: &lane.0,
            node_id: lane.1.as_deref().filter(|n| *n != "*"),
            country: &lane.2,
            postcode_prefix: &lane.3,
            max_km: lane.4,
            zone: &lane.5,
            transit_days: lane.6,
        });
        draft.rate(RateInput { service_id: &rate.0, zone: &rate.1, max_g: rate.2, price: rate.3, per_kg: rate.4 });
        draft.quote(QuoteInput {
            order_id: &quote.0, node_id: &quote.1, service_id: &quote.2, price: quote.3, deliver_on: quote.4, workload: quote.5,
        });
        draft
    }
}

prop_compose! {
    fn drafts()(
        node in (id(), text(), text(), of(place()), given(), money(), of(0..1_000_000_000u32), -1_000_000..1_000_000_000i64),
        flags in any::<[bool; 4]>(),
        stock in (id(), id(), any::<[i64; 3]>(), of(date())),
        order in (id(), text(), text(), text(), of(place()), of(date()), of(0..1_000_000_000u32), given()),
        line in (id(), id(), id(), 0..1_000_000_000u32, of(money()), given(), given()),
        exclusion in (id(), given(), id()),
        // Rows of several tables in any order: the reader's order is that of the tables.
        other in carriers(),
    ) -> Draft {
        let mut draft = other;
        draft.node(NodeInput {
            node_id: &node.0, kind: NodeKind::Store, country: &node.1, postcode: &node.2, place: node.3,
            timezone: node.4.as_deref(), line_cost: node.5, max_lines: node.6,
            lead_nanoseconds: node.7 * 3_600, ships: flags[0], pickup: flags[1], ..NodeInput::new("")
        });
        draft.item(ItemInput { sku: &stock.1, weight_g: stock.2[0], volume_cm3: stock.2[1] });
        draft.stock(StockInput {
            node_id: &stock.0, sku: &stock.1, on_hand: stock.2[0], reserved: stock.2[1], safety: stock.2[2],
            available_from: stock.3,
        });
        draft.order(OrderInput {
            order_id: &order.0, channel: &order.1, country: &order.2, postcode: &order.3, place: order.4,
            deliver_by: order.5, max_shipments: order.6, ship_complete: flags[2], pickup_node: order.7.as_deref(),
        });
        draft.line(LineInput {
            order_id: &line.0, line_id: &line.1, sku: &line.2, qty: line.3, unfilled_penalty: line.4,
            node_id: line.5.as_deref(), group: line.6.as_deref(), divisible: flags[3],
        });
        draft.exclusion(ExclusionInput {
            order_id: &exclusion.0, line_id: exclusion.1.as_deref(), node_id: &exclusion.2,
        });
        draft
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_read(draft in drafts()) {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write_problem(&draft, a.path()).unwrap();
        let (read, warnings) = read_draft(a.path()).unwrap();
        prop_assert_eq!(&warnings, &[]);
        write_problem(&read, b.path()).unwrap();
        for file in TABLES.map(|t| format!("{t}.csv")).into_iter().chain(["problem.toml".to_owned()]) {
            let [a, b] = [&a, &b].map(|dir| fs::read_to_string(dir.path().join(&file)).unwrap());
            prop_assert_eq!(a, b, "{}", file);
        }
        if cfg!(feature = "parquet") {
            write_problem_as(&draft, b.path(), TableFormat::Parquet).unwrap();
            prop_assert_eq!(format!("{:?}", read_draft(b.path()).unwrap()), format!("{:?}", (&read, &warnings)));
            write_problem(&read, b.path()).unwrap();
        }
        // Read a second time, the ids are numbered in the same order too.
        prop_assert_eq!(format!("{read:?}"), format!("{:?}", read_draft(b.path()).unwrap().0));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        file in 0usize..11,
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b",\"\n\r\xC3\x00=[.-9aZ".as_slice())), 1..8),
    ) {
        let dir = tempfile::tempdir().unwrap();
        overlay(&repository("fixtures/invalid/base"), dir.path());
        let path = dir.path().join(TABLES.get(file).map_or("problem.toml".to_owned(), |t| format!("{t}.csv")));
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

/// Indices follow the tables' rows, whatever mentions an id first.
#[test]
fn indices_are_in_the_order_of_the_tables() {
    let base = repository("fixtures/invalid/base");
    let problem = read_problem(&base).unwrap().problem;
    assert_eq!(problem.node_ids().iter().collect::<Vec<_>>(), ["W", "S"]);
    assert_eq!(problem.service_ids().iter().collect::<Vec<_>>(), ["eco", "courier"]);
    assert_eq!(problem.services().len(), 1);

    let mut draft = Draft::new(SettingsInput {
        name: "turned round".to_owned(),
        currency: "EUR".to_owned(),
        now: "2026-03-03T10:30:00Z".to_owned(),
        ..SettingsInput::default()
    });
    draft
        .line(LineInput::new("O2", "b", "B", 1))
        .line(LineInput::new("O1", "a", "A", 2));
    draft.line(LineInput::new("O2", "a", "A", 3));
    draft
        .order(OrderInput::new("O1", "FR", "1"))
        .order(OrderInput::new("O2", "FR", "1"));
    draft.item(ItemInput {
        sku: "A",
        weight_g: 1,
        volume_cm3: 0,
    });
    draft.item(ItemInput {
        sku: "B",
        weight_g: 2,
        volume_cm3: 0,
    });
    draft.node(NodeInput::new("W"));
    let problem = clapot::validate::check(draft).unwrap().problem;
    let ids = |l: clapot::index::LineIdx| {
        let line = &problem.lines()[l];
        (
            problem.order_id(line.order),
            problem.line_id(l),
            problem.sku(line.sku),
            line.qty,
        )
    };
    let lines: Vec<_> = problem.lines().indices().map(ids).collect();
    assert_eq!(lines, [("O1", "a", "A", 2), ("O2", "b", "B", 1), ("O2", "a", "A", 3)]);
    assert_eq!(problem.destinations().len(), 1);
}

/// A generated problem replaces a generated one, until somebody has worked in it.
#[test]
fn a_generated_problem_replaces_only_what_was_generated() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("problem");
    let (draft, _) = read_draft(&repository("fixtures/invalid/base")).unwrap();
    let generated = WriteOptions {
        generated: true,
        ..WriteOptions::default()
    };
    let write = || write_problem_as(&draft, &target, generated);
    write().unwrap();
    write().unwrap();
    read_problem(&target).unwrap();
    let orders = fs::read(target.join("orders.csv")).unwrap();

    let refused = |why: &str| {
        let error = write().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert_eq!(check_problem_place(&target, generated).unwrap_err().to_string(), error);
    };
    fs::write(target.join("orders.csv"), [orders.as_slice(), b"\n"].concat()).unwrap();
    refused("orders.csv is not as it was written");
    fs::write(target.join("orders.csv"), &orders).unwrap();
    check_problem_place(&target, generated).unwrap();
    fs::write(target.join("notes.txt"), "").unwrap();
    refused("notes.txt is not as it was written");
    fs::remove_file(target.join("notes.txt")).unwrap();
    fs::write(target.join("quotes.parquet"), "").unwrap();
    refused("quotes.parquet is not as it was written");
    fs::remove_file(target.join("quotes.parquet")).unwrap();
    // Written by anybody else, the same files are nobody's to replace.
    fs::remove_file(target.join("generated.txt")).unwrap();
    refused("there is no generated.txt");
    write_problem(&draft, &target).unwrap();
    refused("there is no generated.txt");
    write_problem_as(
        &draft,
        &target,
        WriteOptions {
            force: true,
            ..generated
        },
    )
    .unwrap();
    write().unwrap();
}

/// What is no regular file is refused at once; nobody would ever write to this pipe.
#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    overlay(&repository("fixtures/invalid/base"), dir.path());
    // Beside a table in CSV the same in Parquet would be one too many.
    fs::remove_file(dir.path().join("quotes.csv")).unwrap();
    let problem = dir.path().to_owned();
    for (file, what) in [
        ("stock.csv", "a named pipe"),
        ("problem.toml", "a named pipe"),
        ("nodes.csv", "a device"),
        ("quotes.parquet", "a named pipe"),
    ] {
        let path = dir.path().join(file);
        let kept = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        if what == "a device" {
            std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        } else {
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            assert!(made.unwrap().success());
        }
        // A thread that would wait for ever does not keep the test.
        let (send, done) = std::sync::mpsc::channel();
        let from = problem.clone();
        std::thread::spawn(move || send.send(read_problem(&from).unwrap_err()));
        let error = done
            .recv_timeout(std::time::Duration::from_secs(120))
            .expect("an answer");
        let first = &error.diagnostics()[0];
        assert_eq!(first.code.id(), "E102", "{first}");
        assert!(first.message.contains(what), "{first}");
        fs::remove_file(&path).unwrap();
        if let Some(kept) = kept {
            fs::write(&path, kept).unwrap();
        }
    }
}
