"""What happens on a floor: waves, selection, batches, tours."""

import pickle
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import clapot

FLOOR_TABLES = ["layouts", "edges", "locations", "location_stock", "carts", "shifts", "departures", "priorities"]


def test_waves_hold_every_shipment_once(plan: clapot.Plan, floors: clapot.Floors, waves: clapot.Plan) -> None:
    assert waves.waves is not None and waves.wave_shipments is not None and waves.unplanned is not None
    there = plan.shipments.to_polars().filter(pl.col("node_id").is_in(floors.nodes))
    placed = [*waves.wave_shipments["shipment_id"], *waves.unplanned["shipment_id"]]
    assert sorted(placed, key=int) == sorted(there["shipment_id"].to_list(), key=int)
    assert waves.total == plan.total
    assert waves.figures is not None
    assert waves.figures["total"]["waves"] == len(waves.waves)
    assert clapot.verify(waves.problem, waves)
    assert plan.waves is None and plan.figures is None


def test_floors_come_in_as_tables(problem: clapot.Problem, plan: clapot.Plan, floors: clapot.Floors, waves: clapot.Plan) -> None:
    frames = {name: floors.table(name).to_polars() for name in FLOOR_TABLES}
    same = clapot.Floors.from_tables(problem, settings=floors.settings, **frames)
    again = clapot.plan_waves(problem, plan, same, work_limit=30_000)
    assert again.tours is not None and waves.tours is not None
    assert again.tours.to_dicts() == waves.tours.to_dicts()
    carts = frames["carts"].with_columns(count=pl.lit("many"))
    with pytest.raises(clapot.InputError) as caught:
        clapot.Floors.from_tables(problem, settings=floors.settings, **(frames | {"carts": carts}))
    assert (caught.value.diagnostics[0].table, caught.value.diagnostics[0].column) == ("carts", "count")


def test_floors_and_waves_are_read_as_they_were_written(
    problem: clapot.Problem, floors: clapot.Floors, waves: clapot.Plan, tmp_path: Path
) -> None:
    floors.write(tmp_path / "floor", format="parquet")
    again = clapot.Floors.read(problem, tmp_path / "floor")
    assert repr(again) == repr(floors)
    waves.write(tmp_path / "plan")
    read = clapot.Plan.read(problem, tmp_path / "plan", floors=again)
    assert read.figures == waves.figures
    assert clapot.verify(problem, read)


def test_a_wave_is_selected() -> None:
    """Two aisles hold all; one of them alone gives the most units for each aisle."""
    orders = pl.DataFrame({"order_id": ["a", "b", "c", "c"], "sku": ["x", "y", "x", "z"], "qty": [3, 2, 1, 5]})
    aisles = pl.DataFrame({"aisle_id": ["1", "1", "2"], "sku": ["x", "y", "z"], "qty": [9, 9, 9]})
    chosen = clapot.select_wave(orders, aisles, max_units=100)
    assert (chosen.ratio, chosen.bound, chosen.status, chosen.gap) == (5.5, 5.5, "optimal", 0.0)
    assert (chosen.orders, chosen.aisles, chosen.units, len(chosen)) == (["a", "b", "c"], ["1", "2"], 11, 3)
    one = clapot.select_wave(orders, aisles, max_units=5)
    assert (one.orders, one.aisles) == (["a", "b"], ["1"])
    none = clapot.select_wave(orders, aisles, min_units=50, max_units=60)
    assert (none.status, none.orders, none.ratio) == ("infeasible", [], None)
    with pytest.raises(clapot.InputError) as caught:
        clapot.select_wave(orders.with_columns(qty=pl.lit(-1)), aisles, max_units=5)
    assert (caught.value.diagnostics[0].table, caught.value.diagnostics[0].row) == ("orders", 0)
    with pytest.raises(clapot.OptionError):
        clapot.select_wave(orders, aisles, min_units=9, max_units=5)


def test_tours_in_aisles_and_on_graphs() -> None:
    layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
    tour = clapot.tour(layout, [(1, 9), (3, 10)])
    assert (tour.metres, tour.stops, tour.is_shortest, len(tour)) == (Decimal("38"), [(1, 9), (3, 10)], True, 2)
    for method in ["s-shape", "return", "midpoint", "largest-gap", "combined"]:
        assert clapot.tour(layout, [(1, 9), (3, 10)], method=method).metres >= tour.metres
    # Aisles of 11 m: return goes back the way it came, though the back is nearer; S-shape walks through.
    short = clapot.Layout.aisles(aisles=2, cells=10, aisle_gap_m=4)
    assert clapot.tour(short, [(1, 10), (2, 10)], method="return").metres == 10 * 4 + 4 * 2
    assert clapot.tour(short, [(1, 10), (2, 10)], method="s-shape").metres == 11 * 2 + 4 * 2
    edges = pa.table({"from": ["d", "a", "b"], "to": ["a", "b", "d"], "length_m": ["2", "3", "4"]})
    graph = clapot.Layout.graph(edges, "d")
    assert clapot.tour(graph, ["a", "b"]).metres == 9
    assert set(clapot.tour(graph, ["b", "a"]).stops) == {"a", "b"}
    with pytest.raises(clapot.OptionError, match="no place"):
        clapot.tour(layout, [(4, 1)])
    with pytest.raises(clapot.OptionError, match="no place"):
        clapot.tour(layout, [(0, 1)])
    with pytest.raises(clapot.OptionError, match="depot_aisle counts from 1"):
        clapot.Layout.aisles(aisles=3, cells=10, depot_aisle=0)
    with pytest.raises(clapot.OptionError):
        clapot.tour(layout, [(1, 1)], method="best")
    with pytest.raises(clapot.OptionError):
        clapot.Layout.aisles(aisles=0, cells=1)
    with pytest.raises(clapot.OptionError):
        clapot.Layout.graph(edges, "nowhere")


def test_a_floor_is_a_layout(floors: clapot.Floors) -> None:
    node = floors.nodes[0]
    locations = [row["location_id"] for row in floors.table("locations").to_dicts() if row["node_id"] == node][:5]
    tour = clapot.tour(clapot.Layout.of(floors, node), locations)
    assert set(tour.stops) <= set(locations)
    assert tour.metres > 0
    with pytest.raises(clapot.OptionError, match="has no floor"):
        clapot.Layout.of(floors, "nowhere")


def test_batches_keep_the_capacity() -> None:
    layout = clapot.Layout.aisles(aisles=5, cells=20)
    picks = pl.DataFrame({
        "order_id": [f"o{n // 2}" for n in range(24)],
        "aisle": [1 + n * 7 % 5 for n in range(24)],
        "cell": [1 + n * 11 % 20 for n in range(24)],
        "qty": [1 + n % 3 for n in range(24)],
        "weight_g": [100] * 24,
    })
    found = clapot.batch(layout, picks, max_units=12, work_limit=200_000)
    rows = found.batches.to_polars()
    units = picks.group_by("order_id").agg(pl.col("qty").sum())
    loads = rows.join(units, on="order_id").group_by("batch_id").agg(pl.col("qty").sum(), pl.len())
    assert loads["qty"].max() <= 12
    assert sorted(rows["order_id"]) == sorted(set(picks["order_id"]))
    assert found.metres == sum(rows.unique("batch_id")["batch_m"])
    again = clapot.batch(layout, picks, max_units=12, work_limit=200_000, threads=1)
    assert again.batches.to_dicts() == found.batches.to_dicts()
    with pytest.raises(clapot.InputError) as caught:
        clapot.batch(layout, picks.with_columns(aisle=pl.lit(99)), max_orders=2)
    assert (caught.value.diagnostics[0].table, caught.value.diagnostics[0].column) == ("picks", "aisle")
    with pytest.raises(clapot.OptionError, match='the order "o0" alone is more than a batch may hold'):
        clapot.batch(layout, picks, max_units=1)
    with pytest.raises(clapot.OptionError):
        clapot.batch(layout, picks, bin_units=3)


def test_batches_of_least_time() -> None:
    """Two orders at one place, and two further on; a cart takes them all.

    Together they walk 2 x (1 + 1) + 2 x 4 x 2 = 20 m at most; apart each way begins anew. With tours that are set up for nothing and
    stops that take long, only shared stops matter.
    """
    layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
    picks = pa.table({"order_id": ["a", "b", "c", "d"], "aisle": [1, 3, 1, 3], "cell": [9, 2, 10, 1]})
    times: dict[str, Any] = {"walking_m_per_s": 0.5, "seconds_per_tour": 30, "seconds_per_stop": 5}
    found = clapot.batch(layout, picks, max_orders=2, objective="time", **times)
    # Each metre takes 2 s; two tours are set up and four places are stopped at, as far as the metres allow.
    assert found.seconds == 2 * found.metres + 2 * 30 + 4 * 5
    assert (found.status, found.bound, found.objective) == ("optimal", found.seconds, "time")
    assert found.seconds == sum({row["batch_id"]: row["batch_s"] for row in found.batches.to_dicts()}.values())
    by_distance = clapot.batch(layout, picks, max_orders=2)
    assert (by_distance.seconds, by_distance.objective) == (None, "distance")
    assert by_distance.batches["batch_s"] == [None] * 4
    assert pickle.loads(pickle.dumps(found)).seconds == found.seconds
    with pytest.raises(clapot.OptionError, match="are for objective='time'"):
        clapot.batch(layout, picks, seconds_per_stop=5)
    with pytest.raises(clapot.OptionError, match="walking_m_per_s must be from 0.001 to 100"):
        clapot.batch(layout, picks, objective="time", walking_m_per_s=0)
    with pytest.raises(clapot.OptionError, match="objective must be"):
        clapot.batch(layout, picks, objective="money")  # type: ignore[arg-type]


def test_time_and_distance_may_want_other_batches() -> None:
    """Two orders at one place and two at another, all near the depot: walking hardly differs, but a stop that is shared saves 100 s.

    By distance any pairs in the same aisle are as good; by time the pairs share their stop.
    """
    layout = clapot.Layout.aisles(aisles=1, cells=2, cell_gap_m=0)
    picks = pa.table({"order_id": ["a", "b", "c", "d"], "aisle": [1] * 4, "cell": [1, 2, 1, 2]})
    found = clapot.batch(layout, picks, max_orders=2, objective="time", seconds_per_stop=100, seconds_per_tour=0)
    pairs: dict[str, list[str]] = {}
    for row in found.batches.to_dicts():
        pairs.setdefault(row["batch_id"], []).append(row["order_id"])
    assert sorted(pairs.values()) == [["a", "c"], ["b", "d"]]
    assert found.status == "optimal"


def test_waves_are_judged_for_another_state_of_the_problem(
    problem: clapot.Problem, plan: clapot.Plan, floors: clapot.Floors, waves: clapot.Plan
) -> None:
    same = problem.replace(orders=problem.table("orders"))
    assert clapot.verify(same, waves, bound=False)
    # Pickers go home an hour earlier: what was planned for them is wrong now.
    shifts = floors.table("shifts").to_polars().with_columns(end=pl.lit("06:30"))
    short: dict[str, Any] = {name: floors.table(name) for name in FLOOR_TABLES} | {"shifts": shifts}
    other = clapot.Floors.from_tables(problem, settings=floors.settings, **short)
    for state in [problem, same]:
        found = clapot.verify(state, waves, floors=other, bound=False)
        assert not found
        assert clapot.verify(state, plan, floors=other, bound=False)
    # A node without stock and floor any more: the waves name what is not there.
    node = floors.nodes[0]
    gone: dict[str, Any] = {name: floors.table(name).to_polars() for name in FLOOR_TABLES}
    gone = {name: frame.filter(pl.col("node_id") != node) if "node_id" in frame.columns else frame for name, frame in gone.items()}
    fewer = clapot.Floors.from_tables(problem, settings=floors.settings, **gone)
    with pytest.raises(clapot.InputError):
        clapot.verify(problem, waves, floors=fewer)


def test_batches_with_due_times() -> None:
    """One picker, three orders at 10 m from each other; a cart takes two.

    The nearest pair is the cheapest, but the order far away is due before anything else: it goes first.
    """
    layout = clapot.Layout.aisles(aisles=1, cells=30)
    rows: dict[str, Any] = {"order_id": ["a", "b", "c"], "aisle": [1] * 3, "cell": [1, 2, 30], "due_s": [400, None, 100]}
    times: dict[str, Any] = {
        "objective": "time", "walking_m_per_s": 1, "seconds_per_tour": 30, "seconds_per_stop": 5,
        "seconds_per_line": 3, "seconds_per_unit": 1, "max_orders": 2, "work_limit": 200_000,
    }  # fmt: skip
    found = clapot.batch(layout, pa.table(rows), **times)
    assert found.lateness is not None and not found.lateness and not found.lateness_bound and not found.late
    by_order = {row["order_id"]: row for row in found.batches.to_dicts()}
    # There and back, set up, one stop, one pick of one unit.
    assert by_order["c"]["start_s"] == 0 and by_order["c"]["end_s"] == by_order["c"]["batch_s"] + 4 * by_order["c"]["batch_orders"]
    assert by_order["a"]["late_s"] == 0 and by_order["b"]["late_s"] is None
    # With everything due at once, the sum of lateness counts: whoever ends first delays the others least.
    rows["due_s"] = [0, 0, 0.5]
    late = clapot.batch(layout, pa.table(rows), **times)
    ends = {row["order_id"]: row["end_s"] for row in late.batches.to_dicts()}
    assert late.late == 3 and late.lateness == sum(ends.values()) - Decimal("0.5")
    assert late.lateness is not None and late.lateness_bound is not None and 0 < late.lateness_bound <= late.lateness
    assert repr(pickle.loads(pickle.dumps(late))) == repr(late) and "s late)" in repr(late)
    two = clapot.batch(layout, pa.table(rows), pickers=2, **times)
    assert two.lateness is not None and two.lateness < late.lateness
    assert {row["picker"] for row in two.batches.to_dicts()} == {1, 2}
    # Without due times the columns are empty.
    plain = clapot.batch(layout, pa.table(rows).drop_columns("due_s"), **times)
    assert plain.lateness is None and plain.late == 0
    assert [row["end_s"] for row in plain.batches.to_dicts()] == [None] * 3
    with pytest.raises(clapot.OptionError, match="want objective='time'"):
        clapot.batch(layout, pa.table(rows))
    with pytest.raises(clapot.OptionError, match="pickers must be from 1"):
        clapot.batch(layout, pa.table(rows), pickers=0, **times)
    rows["due_s"] = [0, -1, 0.5]
    with pytest.raises(clapot.InputError) as caught:
        clapot.batch(layout, pa.table(rows), **times)
    assert (caught.value.diagnostics[0].table, caught.value.diagnostics[0].column) == ("picks", "due_s")
    assert caught.value.diagnostics[0].row == 1


FLOOR = {
    "layouts": pa.table({"node_id": ["A"], "kind": ["aisles"], "aisles": [3], "cells": [10], "aisle_gap_m": [4], "cell_gap_m": [1]}),
    "locations": pa.table({"node_id": ["A"] * 2, "location_id": ["L1", "L2"], "aisle": [1, 3], "cell": [3, 9]}),
    "location_stock": pa.table({"node_id": ["A"] * 2, "location_id": ["L1", "L2"], "sku": ["lamp", "chair"], "qty": [50, 50]}),
    "carts": pa.table({"node_id": ["A"], "cart_id": ["cart"], "weight_g": [20_000]}),
    "shifts": pa.table({"node_id": ["A"], "shift_id": ["day"], "days": ["12345"], "start": ["08:00"], "end": ["16:00"], "pickers": [2]}),
}
SHIPMENTS = pl.DataFrame({
    "shipment": ["S-1", "S-1", "S-2", "S-3"],
    "order": ["o1", "o1", "o2", "o2"],
    "sku": ["lamp", "chair", "lamp", "chair"],
    "qty": [2, 1, 3, 5],
    "service": ["std", "std", "std", None],
    "due": ["2026-03-02 12:00", "2026-03-02 12:00", "2026-03-02T15:00:00+01:00", None],
    "weight_g": [500, 10_000, 500, 10_000],
})


def test_waves_of_shipments_that_nobody_routed(tmp_path: Path) -> None:
    at: dict[str, Any] = {"now": "2026-03-02T09:00:00+01:00", "timezone": "Europe/Paris"}
    plan, floors = clapot.read_shipments(SHIPMENTS, FLOOR, **at)
    waves = clapot.plan_waves(plan.problem, plan, floors, work_limit=5_000)
    assert waves.wave_shipments is not None and waves.waves is not None
    rows = waves.wave_shipments.to_polars()
    assert set(rows["shipment_id"]) == {"S-1", "S-2", "S-3"}
    # S-3 weighs 50 kg, and a cart takes 20: three tours of one wave.
    assert rows.filter(pl.col("shipment_id") == "S-3").height == 3
    assert rows.filter(pl.col("shipment_id") == "S-1")["due"].to_list() == [datetime.fromisoformat("2026-03-02T12:00:00+01:00")]
    assert waves.waves["start"][0] == datetime.fromisoformat("2026-03-02T09:00:00+01:00")
    assert clapot.verify(plan.problem, waves)
    simple = waves.compare_picking()
    assert simple is not None and waves.figures is not None
    assert [by["rule"] for by in simple] == ["one-by-one", "first-come"]
    assert float(waves.figures["total"]["metres"]) <= min(by["metres"] for by in simple)
    again = pickle.loads(pickle.dumps((plan, floors)))
    same = clapot.plan_waves(again[0].problem, again[0], again[1], work_limit=5_000)
    assert same.tours is not None and waves.tours is not None
    assert same.tours.to_dicts() == waves.tours.to_dicts()
    waves.write(tmp_path / "plan")
    assert not (tmp_path / "plan" / "plan.json").exists() and (tmp_path / "plan" / "tours.csv").exists()
    floors.write(tmp_path / "floor")
    SHIPMENTS.write_csv(tmp_path / "today.csv")
    of_files, _ = clapot.read_shipments(tmp_path / "today.csv", tmp_path / "floor", **at)
    assert len(of_files.shipments) == 3
    # Times of their own type, and an order with an error that stops nobody else.
    typed = SHIPMENTS.with_columns(due=pl.datetime(2026, 3, 2, 12, 30), qty=pl.col("qty") - 2)
    some, _ = clapot.read_shipments(typed, FLOOR, skip_bad_orders=True, **at)
    assert (list(some.problem.left_out), len(some.shipments)) == (["o1"], 2)
    waves = clapot.plan_waves(some.problem, some, _, work_limit=2_000)
    assert waves.wave_shipments is not None
    assert set(waves.wave_shipments["due"]) == {datetime.fromisoformat("2026-03-02T12:30:00+01:00")}
    with pytest.raises(clapot.InputError) as caught:
        clapot.read_shipments(SHIPMENTS.with_columns(qty=pl.lit(0)), FLOOR, **at)
    assert (caught.value.diagnostics[0].table, caught.value.diagnostics[0].column) == ("shipments", "qty")
    with pytest.raises(clapot.OptionError, match="not a time zone"):
        clapot.read_shipments(SHIPMENTS, FLOOR, now=at["now"], timezone="Mars")
