//! Plan directories: what is written is read back exactly, always in the same bytes, and appears whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clapot::index::{LineIdx, NodeIdx, ServiceIdx, ShipmentIdx, SkuIdx};
use clapot::io::{TableFormat, WriteOptions, check_plan_place, read_plan, read_problem, write_plan, write_plan_as};
use clapot::model::Problem;
use clapot::plan::{
    Assignment, Carriage, CostParts, Cut, CutResource, CutTerm, LimitReached, Outcome, RoutingPlan, ShadowPrices,
    Shipment, Status, Unfilled, UnfilledReason,
};
use clapot::quantity::{Date, Grams, Money};
use proptest::option::of;
use proptest::prelude::*;

use crate::support::files::{overlay, repository};

fn problem() -> Problem {
    read_problem(&repository("fixtures/invalid/base")).unwrap().problem
}

/// Names and contents of a directory.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |e: fs::DirEntry| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap());
    fs::read_dir(dir).unwrap().map(|e| read(e.unwrap())).collect()
}

fn money() -> impl Strategy<Value = Money> {
    (-1_000_000_000_000..1_000_000_000_000i64).prop_map(Money::from_ten_thousandths)
}

fn date() -> impl Strategy<Value = Option<Date>> {
    of((-25_000..300_000i32).prop_map(Date::from_days))
}

prop_compose! {
    fn outcome()(
        optimal in any::<bool>(),
        limit in of(prop::sample::select(vec![LimitReached::Time, LimitReached::Work, LimitReached::Gap, LimitReached::Interrupted, LimitReached::Stalled])),
        bound in money(),
        proved_bound in of(money()),
        method in "[a-z\"\\\\é\n]{0,6}",
        seed in any::<u64>(),
        work in any::<u64>(),
        seconds in 0.0..1e9,
    ) -> Outcome {
        let status = if optimal { Status::Optimal } else { Status::Feasible };
        Outcome { status, limit, bound, proved_bound, method, seed, work, seconds }
    }
}

prop_compose! {
    fn prices()(stock in of(money()), units in of(money()), later in of((date(), money())), price in money(), rhs in any::<u32>(), c in any::<u16>()) -> ShadowPrices {
        let positive = |m: &Money| *m != Money::ZERO;
        let cut = |resource| Cut {
            node: NodeIdx(0), resource, rhs: rhs.into(), price,
            terms: vec![CutTerm { line: LineIdx(0), coefficient: c.into() }, CutTerm { line: LineIdx(2), coefficient: 1 }],
        };
        ShadowPrices {
            stock: stock.filter(positive).map(|p| (NodeIdx(0), SkuIdx(1), p)).into_iter().collect(),
            incoming: later.into_iter().filter_map(|(d, p)| Some((NodeIdx(1), SkuIdx(0), d?, p))).filter(|p| positive(&p.3)).collect(),
            units: units.filter(positive).map(|p| (NodeIdx(0), p)).into_iter().collect(),
            cuts: if rhs % 2 == 0 { Vec::new() } else { vec![cut(CutResource::Stock(SkuIdx(0))), cut(CutResource::Units)] },
            ..ShadowPrices::default()
        }
    }
}

prop_compose! {
    fn shipment()(
        figures in any::<[i32; 3]>(), transport in money(), handling in money(), late in money(), leaves_on in date(),
        arrives_on in date(), days_late in 0..1_000_000u32, node in 0..2u32, carriage in of(0..2u32),
    ) -> Shipment {
        Shipment {
            order: clapot::index::OrderIdx(0), node: NodeIdx(node),
            carriage: carriage.map_or(Carriage::Pickup, |s| Carriage::Service(ServiceIdx(s))),
            parcels: figures[0].into(), weight: Grams(figures[1].into()), billable: Grams(figures[2].into()),
            transport, handling, leaves_on, arrives_on, days_late, late,
        }
    }
}

prop_compose! {
    /// Any figures at all, in canonical order: each line of the problem in a shipment of its own, or unfilled.
    fn plans()(
        lines in prop::collection::vec((of(shipment()), 0..1_000_000_000u32, money(), 0..5usize), 5),
        cost in prop::array::uniform5(money()),
        outcome in outcome(),
        prices in prices(),
        name in "[a-z\"é]{0,5}",
    ) -> RoutingPlan {
        let [transport, handling, split, late, unfilled] = cost;
        let cost = CostParts { transport, handling, split, late, unfilled };
        let (assignments, shipments, unfilled) = (Vec::new(), Vec::new(), Vec::new());
        let mut plan = RoutingPlan { problem: name, cost, outcome, assignments, shipments, unfilled, prices };
        let problem = problem();
        for (line, (shipment, qty, penalty, reason)) in problem.lines().indices().zip(lines) {
            let reason = [
                UnfilledReason::NoEligibleNode, UnfilledReason::NoService, UnfilledReason::StockUsed,
                UnfilledReason::CapacityUsed, UnfilledReason::NotChosen,
            ][reason];
            let Some(shipment) = shipment else {
                plan.unfilled.push(Unfilled { line, qty, penalty, reason });
                continue;
            };
            let shipment_idx = ShipmentIdx(plan.shipments.len() as u32);
            plan.assignments.push(Assignment { line, node: shipment.node, shipment: shipment_idx, qty });
            plan.shipments.push(Shipment { order: problem.lines()[line].order, ..shipment });
        }
        plan
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_read(plan in plans()) {
        let (problem, dir) = (problem(), tempfile::tempdir().unwrap());
        write_plan(&problem, &plan, dir.path()).unwrap();
        let first = contents(dir.path());
        let read = read_plan(&problem, dir.path());
        prop_assert_eq!(read.as_ref().map_err(clapot::Error::diagnostics), Ok(&plan));
        write_plan(&problem, &plan, dir.path()).unwrap();
        prop_assert_eq!(first, contents(dir.path()));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        file in 0usize..7,
        edits in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b",\"\n\r\xC3\x00{}[.-9aZ".as_slice())), 1..8),
    ) {
        let dir = tempfile::tempdir().unwrap();
        overlay(&repository("fixtures/invalid/base-plan"), dir.path());
        let path = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).nth(file).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&path, bytes).unwrap();
        if let Err(e) = read_plan(&problem(), dir.path()) {
            prop_assert!(!e.diagnostics().is_empty());
        }
    }
}

/// A plan that somebody made: rows in any order, any texts as ids of shipments, no seed, money as plain numbers.
#[test]
fn plans_of_others_are_read_and_put_in_order() {
    let (problem, dir) = (problem(), tempfile::tempdir().unwrap());
    overlay(&repository("fixtures/invalid/base-plan"), dir.path());
    let edit = |file: &str, change: &dyn Fn(String) -> String| {
        let path = dir.path().join(file);
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    };
    edit("shipments.csv", &|text| {
        let (header, rows) = text.split_once('\n').unwrap();
        rows.lines().rev().fold(header.to_owned(), |t, row| t + "\n" + row)
    });
    edit("plan.json", &|text| {
        text.lines()
            .filter(|l| !l.contains("\"seed\"") && !l.contains("\"method\""))
            .collect::<String>()
            .replace("\"54.7510\"", "54.751")
    });
    fs::remove_file(dir.path().join("prices.csv")).unwrap();
    let plan = read_plan(&problem, dir.path()).unwrap();
    assert_eq!(plan.shipments.iter().map(|s| s.order.0).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(
        plan.assignments
            .iter()
            .map(|a| (a.line.0, a.shipment.0))
            .collect::<Vec<_>>(),
        [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)]
    );
    assert_eq!(
        (plan.outcome.seed, plan.outcome.method.as_str(), plan.prices.units.len()),
        (0, "", 0)
    );
    assert_eq!(plan.cost.total().to_string(), "54.7510");
}

#[test]
fn a_plan_replaces_a_plan_and_nothing_else() {
    let (problem, parent) = (problem(), tempfile::tempdir().unwrap());
    let plan = read_plan(&problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let target = parent.path().join("plan");
    let entries = || fs::read_dir(parent.path()).unwrap().count();

    // Somebody else's directory is left alone.
    fs::create_dir(&target).unwrap();
    fs::write(target.join("thesis.txt"), "years of work").unwrap();
    let refused = write_plan(&problem, &plan, &target).unwrap_err();
    assert!(refused.is_input(), "{refused}");
    assert_eq!((contents(&target).len(), entries()), (1, 1));

    // An empty one is used, and what a killed run left beside it is swept.
    fs::remove_file(target.join("thesis.txt")).unwrap();
    let stale = parent.path().join(".plan.clapot-new-abc");
    fs::create_dir(&stale).unwrap();
    fs::write(stale.join("plan.json"), "{").unwrap();
    write_plan(&problem, &plan, &target).unwrap();
    assert_eq!(entries(), 1);

    // An earlier plan is replaced whole: no file of it stays.
    let without_cuts = RoutingPlan {
        prices: ShadowPrices::default(),
        ..plan.clone()
    };
    assert!(target.join("cuts.csv").exists());
    write_plan(&problem, &without_cuts, &target).unwrap();
    assert!(!target.join("cuts.csv").exists());
    assert_eq!(read_plan(&problem, &target).unwrap(), without_cuts);
    assert_eq!(entries(), 1);

    // A run that was ended between two renames left the old plan aside: it is back, and replaced.
    fs::rename(&target, parent.path().join(".plan.clapot-old")).unwrap();
    write_plan(&problem, &plan, &target).unwrap();
    assert_eq!((read_plan(&problem, &target).unwrap(), entries()), (plan, 1));
}

/// As `mkdir` and a redirection would make them: the umask decides who may read a plan.
#[cfg(unix)]
#[test]
fn a_plan_follows_the_umask_and_then_keeps_what_it_has() {
    use std::os::unix::fs::PermissionsExt as _;
    let (problem, parent) = (problem(), tempfile::tempdir().unwrap());
    let plan = read_plan(&problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let (target, usual) = (parent.path().join("a/b/plan"), parent.path().join("usual"));
    fs::create_dir(&usual).unwrap();
    fs::write(usual.join("file"), "").unwrap();
    write_plan(&problem, &plan, &target).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let modes = || (mode(&target), mode(&target.join("plan.json")));
    assert_eq!(modes(), (mode(&usual), mode(&usual.join("file"))));
    fs::set_permissions(&target, fs::Permissions::from_mode(0o2710)).unwrap();
    fs::set_permissions(target.join("plan.json"), fs::Permissions::from_mode(0o604)).unwrap();
    write_plan(&problem, &plan, &target).unwrap();
    assert_eq!(modes(), (0o2710, 0o604));
}

/// A file that no plan has may be somebody's work.
#[test]
fn a_plan_with_files_of_others_is_replaced_by_force_only() {
    let (problem, parent) = (problem(), tempfile::tempdir().unwrap());
    let plan = read_plan(&problem, &repository("fixtures/invalid/base-plan")).unwrap();
    let target = parent.path().join("plan");
    write_plan(&problem, &plan, &target).unwrap();
    fs::write(target.join(".DS_Store"), "a system puts it anywhere").unwrap();
    write_plan(&problem, &plan, &target).unwrap();
    fs::write(target.join("notes.txt"), "call the customer").unwrap();
    let refused = write_plan(&problem, &plan, &target).unwrap_err();
    assert!(
        refused.is_input() && refused.to_string().contains("`notes.txt`"),
        "{refused}"
    );
    let looked = check_plan_place(&target, TableFormat::Csv).unwrap_err();
    assert_eq!(looked.to_string(), refused.to_string());
    assert!(target.join("notes.txt").exists());

    let by_force = WriteOptions {
        force: true,
        ..WriteOptions::default()
    };
    check_plan_place(&target, by_force).unwrap();
    write_plan_as(&problem, &plan, &target, by_force).unwrap();
    assert!(!target.join("notes.txt").exists());
    assert_eq!(read_plan(&problem, &target).unwrap(), plan);
    // No force replaces what is no plan at all.
    fs::remove_file(target.join("plan.json")).unwrap();
    assert!(
        write_plan_as(&problem, &plan, &target, by_force)
            .unwrap_err()
            .is_input()
    );
}
