"""Plans: figures, files, pickles, what-if; and the same bytes as of the command line."""

import os
import pickle
import re
import subprocess
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pytest
from conftest import TABLES

import clapot


def test_a_plan_has_its_figures(plan: clapot.Plan) -> None:
    assert isinstance(plan.total, Decimal)
    assert sum(plan.cost.values()) == plan.total
    assert plan.bound <= plan.total
    best = max(plan.bound, plan.proved_bound or plan.bound)
    assert plan.gap == pytest.approx(float((plan.total - best) / plan.total))
    assert (plan.status == "optimal") == (best == plan.total)
    assert plan.status in {"optimal", "feasible"}
    assert plan.unfilled_units == sum(plan.unfilled["qty"])
    assert sum(plan.shipments["transport"]) == plan.cost["transport"]


def test_a_plan_is_read_as_it_was_written(problem: clapot.Problem, plan: clapot.Plan, tmp_path: Path) -> None:
    forms: list[Literal["csv", "parquet"]] = ["csv", "parquet"]
    for form in forms:
        plan.write(tmp_path / form, format=form)
        again = clapot.Plan.read(problem, tmp_path / form)
        assert repr(again) == repr(plan)
        assert again.shipments.to_dicts() == plan.shipments.to_dicts()
    with pytest.raises(clapot.OptionError, match="format must be"):
        plan.write(tmp_path / "x", format="xml")  # type: ignore[arg-type]
    with pytest.raises(clapot.FileError) as caught:
        clapot.Plan.read(problem, tmp_path / "nowhere")
    assert isinstance(caught.value, OSError)


def test_a_directory_with_files_of_others_is_replaced_by_force_only(
    problem: clapot.Problem, plan: clapot.Plan, tmp_path: Path
) -> None:
    floors = clapot.generate_floors(problem)
    kinds: list[clapot.Problem | clapot.Plan | clapot.Floors] = [problem, plan, floors]
    for what in kinds:
        target = tmp_path / type(what).__name__
        what.write(target)
        what.write(target)
        (target / "notes.txt").write_text("call the customer")
        with pytest.raises(clapot.OptionError, match=r"notes\.txt"):
            what.write(target)
        assert (target / "notes.txt").exists()
        what.write(target, force=True)
        assert not (target / "notes.txt").exists()
    # A problem of one's own is no place for a generated one.
    own = problem.replace(nodes=problem.table("nodes"))
    own.write(tmp_path / "own")
    with pytest.raises(clapot.OptionError, match="did not write"):
        problem.write(tmp_path / "own")
    own.write(tmp_path / "own")


@pytest.mark.skipif(os.name != "posix", reason="directories are opened as on Unix")
def test_the_reader_of_the_guide_sees_one_plan_beside_a_writer(
    problem: clapot.Problem, plan: clapot.Plan, tmp_path: Path
) -> None:
    """The snippet of docs/format.md, beside a thread that replaces the plan all the time."""
    text = (Path(__file__).parents[3] / "docs" / "format.md").read_text()
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(import os\n.*?)```", text, re.DOTALL)[0], names)  # noqa: S102
    other = clapot.route(problem, method="priority", work_limit=2_000)
    expected = []
    for one in [plan, other]:
        one.write(tmp_path / "plan")
        expected.append({file.name: file.read_text() for file in (tmp_path / "plan").iterdir()})
    done = threading.Event()

    def replace() -> None:
        while not done.is_set():
            plan.write(tmp_path / "plan")
            other.write(tmp_path / "plan")

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        for _ in range(200):
            files = names["open_plan"](tmp_path / "plan")
            texts = {name: file.read() for name, file in files.items()}
            for file in files.values():
                file.close()
            assert texts in expected
            assert clapot.Plan.read(problem, tmp_path / "plan").total in (plan.total, other.total)
    finally:
        done.set()
        writer.join()


def test_the_same_bytes_as_of_the_command_line(program: Path, tmp_path: Path) -> None:
    """Same problem, seed and work limit: the files differ in nothing but the seconds that the run took."""
    run(program, "generate", "--orders", "300", "--nodes", "8", "--seed", "3", "-o", tmp_path / "p")
    problem = clapot.generate(orders=300, nodes=8, seed=3)
    problem.write(tmp_path / "q")
    same_files(tmp_path / "p", tmp_path / "q")
    run(program, "route", tmp_path / "p", "-o", tmp_path / "plan-p", "--work-limit", "40000", "--seed", "7", "-q")
    for threads in [1, 2, 4]:
        clapot.route(problem, work_limit=40_000, seed=7, threads=threads).write(tmp_path / "plan-q")
        same_files(tmp_path / "plan-p", tmp_path / "plan-q")
    tables: dict[str, Any] = {name: problem.table(name) for name in TABLES}
    again = clapot.Problem.from_tables(settings=problem.settings, **tables)
    clapot.route(again, work_limit=40_000, seed=7).write(tmp_path / "plan-q")
    same_files(tmp_path / "plan-p", tmp_path / "plan-q")


def test_the_same_waves_as_of_the_command_line(program: Path, tmp_path: Path) -> None:
    run(program, "generate", "--orders", "80", "--nodes", "4", "-o", tmp_path / "p", "--floor", tmp_path / "floor")
    limits = ["--work-limit", "5000", "-q"]
    run(program, "route", tmp_path / "p", "-o", tmp_path / "a", *limits)
    run(program, "waves", tmp_path / "p", tmp_path / "a", "-o", tmp_path / "b", *limits)
    problem = clapot.Problem.read(tmp_path / "p")
    floors = clapot.Floors.read(problem, tmp_path / "floor")
    plan = clapot.Plan.read(problem, tmp_path / "a")
    clapot.plan_waves(problem, plan, floors, work_limit=5000).write(tmp_path / "c")
    same_files(tmp_path / "b", tmp_path / "c")


def test_rust_the_command_line_and_python_write_the_same_bytes(program: Path, rust_program: Path, tmp_path: Path) -> None:
    """Routing and waves, every file, from a program in Rust, the command line, and here."""
    p, floor, rust, cli, here = (tmp_path / name for name in ["p", "floor", "rust", "cli", "here"])
    run(program, "generate", "--orders", "200", "--nodes", "6", "--seed", "4", "-o", p, "--floor", floor)
    for seed in ["1", "7"]:
        run(rust_program, p, floor, rust, seed)
        options = ["--seed", seed, "-q"]
        run(program, "route", p, "-o", cli, "--work-limit", "40000", *options)
        run(program, "waves", p, cli, "--floor", floor, "-o", cli, "--work-limit", "20000", *options)
        problem = clapot.Problem.read(p)
        floors = clapot.Floors.read(problem, floor)
        plan = clapot.route(problem, work_limit=40_000, seed=int(seed))
        clapot.plan_waves(problem, plan, floors, work_limit=20_000, seed=int(seed)).write(here)
        names = {file.name for file in rust.iterdir()}
        assert {"plan.json", "shipments.csv", "assignments.csv", "prices.csv", "waves.json", "tours.csv"} <= names
        same_files(rust, cli)
        same_files(rust, here)
        with pytest.raises(AssertionError):  # the comparison tells plans apart
            clapot.route(problem, method="priority", work_limit=1).write(tmp_path / "other")
            same_files(rust, tmp_path / "other")


def run(*words: str | Path) -> None:
    """Run a program, which must succeed."""
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def same_files(a: Path, b: Path) -> None:
    """Compare two directories byte by byte, all but the seconds that the summaries say the run took."""
    assert {f.name for f in a.iterdir()} == {f.name for f in b.iterdir()}
    for file in a.iterdir():
        one, two = (re.sub(rb'"seconds": ?[0-9.e-]+', b"", (d / file.name).read_bytes()) for d in (a, b))
        assert one == two, file.name


def test_what_if_a_warehouse_is_closed(problem: clapot.Problem, plan: clapot.Plan) -> None:
    busiest = plan.shipments.to_polars().group_by("node_id").len().sort("len", descending=True)["node_id"][0]
    nodes = problem.table("nodes").to_polars()
    closed = problem.replace(nodes=nodes.with_columns(ships=pl.col("ships") & (pl.col("node_id") != busiest)))
    after = clapot.route(closed, start=plan, work_limit=20_000)
    assert after.total > plan.total
    assert after.taken_over is not None
    assert after.taken_over["taken"] + after.taken_over["adapted"] + after.taken_over["dropped"] == len(problem)
    shipped = [s for s in after.shipments.to_dicts() if s["node_id"] == busiest]
    assert all(s["service_id"] == "pickup" for s in shipped)
    assert clapot.route(problem, work_limit=20_000).total == plan.total  # nothing else changed


def test_a_replaced_table_gives_what_reading_all_of_it_gives(problem: clapot.Problem) -> None:
    stock = problem.table("stock").to_polars().with_columns(on_hand=pl.col("on_hand") + 3)
    orders = problem.table("orders").to_polars().head(50)
    lines = problem.table("lines").to_polars().filter(pl.col("order_id").is_in(orders["order_id"].implode()))
    empty = {name: problem.table(name).to_polars().clear() for name in ["exclusions", "quotes"]}
    given = {"stock": stock, "orders": orders, "lines": lines, **empty}
    changed = problem.replace(**given)
    kept: dict[str, Any] = {name: problem.table(name) for name in ["nodes", "items", "services", "lanes", "rates"]}
    whole = clapot.Problem.from_tables(settings=problem.settings, **kept, **given)
    one, two = (clapot.route(p, work_limit=5_000) for p in (changed, whole))
    assert one.shipments.to_dicts() == two.shipments.to_dicts()
    assert one.total == two.total


def test_settings_are_replaced_whole(problem: clapot.Problem) -> None:
    settings = problem.settings
    settings["objective"]["split_penalty"] = 9
    dearer = problem.replace(settings=settings)
    assert dearer.settings["objective"]["split_penalty"] == "9.0000"
    assert problem.settings["objective"]["split_penalty"] != "9.0000"


def test_a_start_is_never_made_worse(problem: clapot.Problem) -> None:
    first = clapot.route(problem, method="cheapest", work_limit=1_000)
    better = clapot.route(problem, start=first, work_limit=2_000)
    assert better.total <= first.total
    assert better.bound >= first.bound


def test_pins_and_exclusions_hold() -> None:
    problem = clapot.generate(orders=60, nodes=5, seed=9, plain=True)
    plan = clapot.route(problem, work_limit=5_000)
    row = plan.assignments.to_dicts()[0]
    out = pa.table({"order_id": [row["order_id"]], "node_id": [row["node_id"]]})
    without = clapot.route(problem, exclusions=out, work_limit=5_000)
    used = {a["node_id"] for a in without.assignments.to_dicts() if a["order_id"] == row["order_id"]}
    assert row["node_id"] not in used
    assert len(without.problem.table("exclusions")) == 1
    assert len(problem.table("exclusions")) == 0
    pins = pa.table({"order_id": [row["order_id"]], "line_id": [row["line_id"]], "node_id": [row["node_id"]]})
    pinned = clapot.route(problem, pins=pins, work_limit=5_000)
    lines = {(a["order_id"], a["line_id"]): a["node_id"] for a in pinned.assignments.to_dicts()}
    assert lines.get((row["order_id"], row["line_id"]), row["node_id"]) == row["node_id"]
    replaced = problem.replace(pins=pins)
    assert replaced.table("lines")["node_id"].count(row["node_id"]) == 1
    bad = pa.table({"order_id": ["?", row["order_id"]], "line_id": [None, "?"], "node_id": ["?", "?"]})
    with pytest.raises(clapot.InputError) as caught:
        clapot.route(problem, pins=bad)
    assert [(d.table, d.row, d.column) for d in caught.value.diagnostics] == [
        ("pins", 0, "order_id"),
        ("pins", 1, "line_id"),
    ]


def test_the_verifier_judges(problem: clapot.Problem, plan: clapot.Plan, tmp_path: Path) -> None:
    found = clapot.verify(problem, plan)
    assert found
    assert found.is_valid
    assert (found.total, found.bound, found.violations) == (plan.total, plan.bound, [])
    assert clapot.verify(problem, plan, bound=False).bound is None
    plan.write(tmp_path / "plan")
    shipments = (tmp_path / "plan" / "shipments.csv").read_text(encoding="utf-8").splitlines()
    cells = shipments[1].split(",")
    cells[7] = "0.01"
    shipments[1] = ",".join(cells)
    (tmp_path / "plan" / "shipments.csv").write_text("\n".join(shipments) + "\n", encoding="utf-8")
    tampered = clapot.verify(problem, clapot.Plan.read(problem, tmp_path / "plan"))
    assert not tampered
    assert tampered.violations
    assert "NOT valid" in repr(tampered)


def test_what_was_not_checked_is_not_valid(problem: clapot.Problem, plan: clapot.Plan) -> None:
    late = clapot.verify(problem, plan, time_limit=1e-9)
    assert not late
    assert (late.is_valid, late.violations, late.bound) == (False, [], None)
    assert late.unchecked[0].startswith("V911 rules-not-checked")
    assert "NOT checked" in repr(late)
    assert pickle.loads(pickle.dumps(late)).unchecked == late.unchecked
    without_cuts = clapot.verify(problem, plan, cut_steps=0)
    assert bool(without_cuts) == (not without_cuts.unchecked)
    assert clapot.verify(problem, plan, time_limit=60).unchecked == []
    with pytest.raises(clapot.OptionError):
        clapot.verify(problem, plan, time_limit=0)


def test_options_out_of_range_are_refused(problem: clapot.Problem) -> None:
    for options in [
        {"time_limit": 0},
        {"time_limit": -1.0},
        {"time_limit": float("nan")},
        {"work_limit": 0},
        {"gap": 1.0},
        {"gap": -0.1},
        {"threads": 5_000},
        {"method": "best"},
        {"method": "cheapest", "start": clapot.route(problem, work_limit=500)},
    ]:
        with pytest.raises(clapot.OptionError):
            clapot.route(problem, **options)  # type: ignore[arg-type]
    with pytest.raises(clapot.OptionError):
        clapot.generate(orders=0)
    with pytest.raises(clapot.OptionError):
        clapot.generate(profile="c2c")  # type: ignore[arg-type]


def test_what_is_out_of_range_is_said_in_words(problem: clapot.Problem) -> None:
    calls: list[Callable[[], object]] = [
        lambda: clapot.route(problem, threads=-1),
        lambda: clapot.route(problem, seed=2**64),
        lambda: clapot.generate(orders=-5),
        lambda: clapot.Layout.aisles(aisles=-1, cells=3),
    ]
    for call in calls:
        with pytest.raises(clapot.OptionError, match="a whole number from 0 is needed"):
            call()
    with pytest.raises(TypeError, match="threads"):
        clapot.route(problem, threads="two")  # type: ignore[arg-type]
    with pytest.raises(clapot.OptionError, match="no method \"best\"; there are auto, exact"):
        clapot.route(problem, method="best")  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="there are nodes, items"):
        problem.table("order")


def test_exceptions_are_of_the_package() -> None:
    for name in clapot.__all__:
        thing = getattr(clapot, name)
        assert getattr(thing, "__module__", "clapot") in {"clapot", "clapot._clapot"}, name
    error = clapot.InputError([])
    assert type(pickle.loads(pickle.dumps(error))) is clapot.InputError


def test_everything_pickles_and_shows_itself(
    problem: clapot.Problem, plan: clapot.Plan, floors: clapot.Floors, waves: clapot.Plan
) -> None:
    layout = clapot.Layout.aisles(aisles=4, cells=8, blocks=2, depot_m=2.5)
    edges = pa.table({"from": ["a", "b"], "to": ["b", "c"], "length_m": [1.5, 2]})
    picks = pa.table({"order_id": ["a", "b"], "aisle": [1, 2], "cell": [2, 3]})
    units = pa.table({"order_id": ["a"], "sku": ["x"], "qty": [1]})
    aisles = pa.table({"aisle_id": ["1"], "sku": ["x"], "qty": [1]})
    seen: list[clapot.Progress] = []
    clapot.route(problem, work_limit=2_000, on_progress=seen.append)
    things = [
        problem,
        plan,
        plan.shipments,
        floors,
        waves,
        waves.tours,
        clapot.verify(problem, plan),
        layout,
        clapot.Layout.graph(edges, "a"),
        clapot.Layout.of(floors, floors.nodes[0]),
        clapot.tour(layout, [(1, 2), (4, 8)]),
        clapot.batch(layout, picks, max_orders=1),
        clapot.select_wave(units, aisles, max_units=5),
        seen[0],
        clapot.Diagnostic("E1", "x", "error", "lines", 0, "qty", "bad", "mend", None),
    ]
    for thing in things:
        again = pickle.loads(pickle.dumps(thing))
        assert repr(again) == repr(thing)
        assert type(thing).__name__ in repr(thing) or isinstance(thing, clapot.Table)
        assert "object at 0x" not in repr(thing)
    again = pickle.loads(pickle.dumps(waves))
    for name in ["waves", "batches", "tours", "wave_shipments", "unplanned", "shipments", "prices"]:
        assert getattr(again, name).to_dicts() == getattr(waves, name).to_dicts()
    assert again.figures == waves.figures
    assert clapot.verify(again.problem, again)


def test_tables_are_frozen(plan: clapot.Plan) -> None:
    table = plan.shipments
    assert len(table) == len(table.to_dicts()) == len(table.to_pandas()) == len(table.to_polars())
    assert "<td>" in table._repr_html_()
    assert f"shipments: {len(table)} rows, 13 columns" in repr(table)
    with pytest.raises(AttributeError):
        table.name = "x"  # type: ignore[misc]
    with pytest.raises(KeyError):
        table["nope"]
    with pytest.raises(AttributeError):
        plan.total = 0  # type: ignore[misc, assignment]


def test_decisions_of_any_system_are_priced(problem: clapot.Problem, plan: clapot.Plan) -> None:
    priced = clapot.price(problem, plan.assignments)
    assert priced and priced.is_valid and not priced.violations and not priced.not_carried
    assert priced.plan.total <= plan.total + plan.cost["transport"]
    full = plan.assignments.to_pandas().merge(plan.shipments.to_pandas()[["shipment_id", "service_id"]])
    again = clapot.price(problem, full, prices=plan)
    assert (again.plan.total, again.plan.bound) == (plan.total, plan.bound)
    assert repr(pickle.loads(pickle.dumps(again))) == repr(again)
    better = clapot.route(problem, start=full, work_limit=1_000)
    assert better.total <= plan.total


def test_decisions_that_break_rules_are_priced_all_the_same(problem: clapot.Problem) -> None:
    lines, node = problem.table("lines").to_pandas(), problem.table("nodes")["node_id"][0]
    all_from_one = lines[["order_id", "line_id"]].assign(node_id=node)
    priced = clapot.price(problem, all_from_one)
    assert not priced and priced.plan.status == "infeasible"
    assert any("stock" in violation for violation in priced.violations)
    with pytest.raises(clapot.InputError, match="no such node"):
        clapot.price(problem, all_from_one.assign(node_id="nowhere"))
