"""A company's own tables: own names, misspelt names, objects, zones, rounding, and parts of a problem."""

import datetime
import uuid
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from test_tables_in import SETTINGS, diagnostics, lamps

import clapot

LIBRARIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "duckdb": lambda columns: duckdb.from_arrow(pa.table(columns)),
    "dictionary": dict,
    "dictionaries": lambda columns: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)],
}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"nodes": pa.table({"node_id": ["near", "far"], "max_shipment": [1, 9]})},
            "nodes: unknown column `max_shipment`; did you mean `max_shipments`?",
        ),
        (
            {"stock": pa.table({"node_id": ["near"], "sku": ["lamp"], "on_hand": [9], "safty": [2]})},
            "stock: unknown column `safty`; did you mean `safety`?",
        ),
        (
            {"orders": pd.DataFrame({"order_id": ["anna", "ben"], "country": "FR", "postcode": "1000", "deliverby": "2026-03-04"})},
            "orders: unknown column `deliverby`; did you mean `deliver_by`?",
        ),
        (
            {"settings": SETTINGS | {"time_zone": "Europe/Paris"}},
            "problem: unknown key `time_zone`; did you mean `timezone`?",
        ),
        (
            {"settings": SETTINGS | {"objective": {"unfilled_penalty": 50, "split_penalties": 2}}},
            "problem: unknown key `objective.split_penalties`; did you mean `objective.split_penalty`?",
        ),
        ({"settings": SETTINGS | {"colour": 1}}, "problem: unknown key `colour`"),
    ],
)
def test_a_misspelt_name_is_never_silent(changes: dict[str, Any], told: str) -> None:
    with pytest.warns(clapot.InputWarning) as caught:
        problem = clapot.Problem.from_tables(**lamps(**changes))
    assert [str(warning.message) for warning in caught] == [told]
    assert caught[0].filename == __file__
    assert repr(problem).endswith(", 1 warning)")
    assert len(problem.warnings) == 1
    with pytest.raises(clapot.InputError):
        clapot.Problem.from_tables(**lamps(**changes), strict=True)
    whole = clapot.Problem.from_tables(**lamps())
    assert "warning" not in repr(whole)
    with pytest.warns(clapot.InputWarning):
        whole.replace(**changes)


def test_a_column_of_ones_own_is_no_misspelt_one() -> None:
    orders = lamps()["orders"].append_column("colour", pa.array(["red", "blue"]))
    problem = clapot.Problem.from_tables(**lamps(orders=orders))
    assert [d.code for d in problem.warnings] == ["W501"]
    assert repr(problem).endswith(", 1 warning)")


@pytest.mark.parametrize("library", LIBRARIES)
def test_own_names_functions_and_constants(library: str) -> None:
    frame = LIBRARIES[library]({"OrderNo": [1, 2], "PLZ": ["1000", "2000"], "note": ["x", "y"]})
    problem = clapot.Problem.from_tables(
        **lamps(orders=frame, lines=[{"order_id": n, "line_id": 1, "sku": "lamp", "qty": 1} for n in (1, 2)]),
        columns={
            "orders": {
                "order_id": "OrderNo",
                "postcode": "PLZ",
                "country": clapot.Constant("FR"),
                "max_shipments": lambda table: [2, 1],
                "ship_complete": True,
            }
        },
    )
    rows = problem.table("orders").to_dicts()
    assert [(r["order_id"], r["country"], r["postcode"], r["max_shipments"], r["ship_complete"]) for r in rows] == [
        (1, "FR", "1000", 2, True),
        (2, "FR", "2000", 1, True),
    ]
    assert [d.message for d in problem.warnings] == ["unknown column `note`"]
    assert clapot.route(problem).total == 13
    moved = problem.replace(orders=frame, columns={"orders": {"order_id": "OrderNo", "country": "note", "postcode": "PLZ"}})
    assert moved.table("orders")["country"] == ["x", "y"]


def test_functions_may_use_the_library_of_the_table() -> None:
    orders = {"order_id": ["anna", "ben"], "land": ["fr", "fr"], "postcode": ["1000", "2000"]}
    given: list[tuple[Any, Any]] = [
        (pd.DataFrame(orders, index=[5, 3]), lambda frame: frame["land"].str.upper()),
        (pl.DataFrame(orders), lambda frame: pl.col("land").str.to_uppercase()),
        (pl.DataFrame(orders), lambda frame: frame["land"].str.to_uppercase()),
        (pa.table(orders), lambda table: pa.compute.utf8_upper(table["land"])),
        (orders, lambda columns: [land.upper() for land in columns["land"]]),
        (orders, lambda columns: "FR"),
    ]
    for frame, function in given:
        problem = clapot.Problem.from_tables(**lamps(orders=frame), columns={"orders": {"country": function}})
        assert problem.table("orders")["country"] == ["FR", "FR"]


def test_own_names_that_are_not_there_are_refused() -> None:
    def made(columns: Any, **changes: Any) -> None:
        clapot.Problem.from_tables(**lamps(**changes), columns=columns)

    with pytest.raises(clapot.OptionError, match="there is no table `order`; did you mean `orders`?"):
        made({"order": {}})
    with pytest.raises(clapot.OptionError, match="the table orders has no column `oder_id`; did you mean `order_id`?"):
        made({"orders": {"oder_id": "x"}})
    with pytest.raises(clapot.InputError, match="no column `Postcode`, which columns= gives for postcode; did you mean `postcode`?"):
        made({"orders": {"postcode": "Postcode"}})
    with pytest.raises(clapot.InputError, match="the column has 1 rows, and the table 2"):
        made({"orders": {"postcode": lambda table: ["1000"]}})
    with pytest.raises(TypeError, match="expected a dictionary"):
        made([("orders", {})])
    with pytest.raises(ZeroDivisionError):
        made({"orders": {"postcode": lambda table: 1 / 0}})


def test_only_known_columns_are_converted() -> None:
    """Lists, geometries and an index of its own never refuse a frame."""
    orders = lamps()["orders"].to_pydict()
    odd = [{"a": 1}, object()]
    frame = pd.DataFrame(orders | {"place": odd, "tags": [["a"], []]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)]))
    for given in [frame, frame.set_index("tags", drop=False), pl.DataFrame(orders).with_columns(place=pl.Series(odd, dtype=pl.Object)),
                  pa.table(orders).append_column("place", pa.array([[1], [2]]))]:
        problem = clapot.Problem.from_tables(**lamps(orders=given))
        assert problem.table("orders")["order_id"] == ["anna", "ben"]
        assert {d.code for d in problem.warnings} == {"W501"}


def test_objects_are_read_cell_by_cell() -> None:
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    orders = pd.DataFrame({
        "order_id": [one, two],
        "country": ["FR", None],
        "postcode": [1000, "2000"],
        "max_shipments": pd.Series([np.int32(2), pd.NA], dtype=object),
        "ship_complete": pd.Series([np.True_, 0], dtype=object),
        "deliver_by": pd.Series([pd.Timestamp("2026-03-04"), datetime.date(2026, 3, 5)], dtype=object),
        "lat": pd.Series([Decimal("48.50"), 45], dtype=object),
        "lon": pd.Series([np.float64(2.5), "4"], dtype=object),
    })
    lines = [{"order_id": str(one), "line_id": "1", "sku": "lamp", "qty": 1.0}]
    quotes = [{"order_id": two, "node_id": "near", "service_id": "post", "price": 1}]
    table = clapot.Problem.from_tables(**lamps(orders=orders, lines=lines, quotes=quotes)).table("orders")
    assert table.to_dicts() == [
        {
            "order_id": str(one), "channel": None, "country": "FR", "postcode": "1000", "lat": 48.5, "lon": 2.5,
            "deliver_by": datetime.date(2026, 3, 4), "max_shipments": 2, "ship_complete": True, "pickup_node": None,
        },
        {
            "order_id": str(two), "channel": None, "country": None, "postcode": "2000", "lat": 45.0, "lon": 4.0,
            "deliver_by": datetime.date(2026, 3, 5), "max_shipments": None, "ship_complete": None, "pickup_node": None,
        },
    ]
    frame = pd.DataFrame({"order_id": ["anna", "ben"], "country": "FR", "postcode": pd.Series([1000, b"x"], dtype=object)})
    assert diagnostics(orders=frame) == [("E126", "orders", 1, "postcode")]


@pytest.mark.parametrize("library", LIBRARIES)
def test_moments_with_a_zone_are_read_on_the_clock_of_the_problem(library: str) -> None:
    paris = ZoneInfo("Europe/Paris")
    columns = lamps()["orders"].to_pydict()
    # Midnight in Paris, in winter and in summer; pandas and Arrow keep one zone for a column.
    days = [datetime.datetime(2026, 3, 4, 23, tzinfo=datetime.UTC), datetime.datetime(2026, 7, 4, 22, tzinfo=datetime.UTC)]
    orders = LIBRARIES[library](columns | {"deliver_by": days})
    wanted = [datetime.date(2026, 3, 5), datetime.date(2026, 7, 5)]
    for settings in [SETTINGS | {"timezone": paris}, SETTINGS | {"timezone": "Europe/Paris"}]:
        problem = clapot.Problem.from_tables(**lamps(orders=orders, settings=settings))
        assert problem.table("orders")["deliver_by"] == wanted
        assert problem.settings["timezone"] == "Europe/Paris"
        assert problem.replace(orders=orders).table("orders")["deliver_by"] == wanted
    # By the offset of `now` the summer's is no midnight.
    assert diagnostics(orders=orders) == [("E206", "orders", 1, "deliver_by")]


def test_amounts_are_rounded_where_that_is_asked_for() -> None:
    rates = lamps()["rates"].to_pydict() | {"price": [4.000049, 0.1 + 0.2, 9.99995]}
    items = {"sku": ["lamp"], "weight_g": [899.5]}
    assert diagnostics(rates=rates, items=items) == [("E202", "items", 0, "weight_g"), *[("E204", "rates", n, "price") for n in range(3)]]
    prices = [Decimal("4.0000"), Decimal("0.3000"), Decimal("10.0000")]
    for library in LIBRARIES.values():
        problem = clapot.Problem.from_tables(**lamps(rates=library(rates), items=library(items)), rounding="nearest")
        assert problem.table("rates")["price"] == prices
        assert problem.table("items")["weight_g"] == [900]
        assert problem.replace(rates=library(rates), rounding="nearest").table("rates")["price"] == prices
    cells = ["4", "6", "9", "0.00005", "0.00004999", "-0.00001", "9.99999999", "1.5", "2", "19.99994"]
    wanted = ["4", "6", "9", "0.0001", "0", "0", "10", "1.5", "2", "19.9999"]
    rates = {name: pa.array(column[:3] + column[2:] * 7) for name, column in lamps()["rates"].to_pydict().items()}
    rates["zone"] = pa.array(["town", "hills", "any"] + [f"zone {n}" for n in range(7)])
    exact = pa.array([Decimal(cell) for cell in cells], pa.decimal128(20, 9))
    for kind in [pa.string(), pa.large_string(), pa.string_view(), pa.decimal128(20, 9), pa.decimal256(40, 9), pa.float64()]:
        column = pa.array(cells, pa.string()).cast(kind) if "string" in str(kind) else exact.cast(kind)
        problem = clapot.Problem.from_tables(**lamps(rates=pa.table(rates | {"price": column})), rounding="nearest")
        assert problem.table("rates")["price"] == [Decimal(text) for text in wanted], kind
    # A quantity is never rounded.
    lines = lamps()["lines"].to_pydict() | {"qty": [1, 1.5]}
    with pytest.raises(clapot.InputError, match="E202 lines row 1 qty"):
        clapot.Problem.from_tables(**lamps(lines=lines), rounding="nearest")
    with pytest.raises(clapot.OptionError, match="rounding must be 'nearest'"):
        clapot.Problem.from_tables(**lamps(), rounding="up")  # type: ignore[arg-type]


def test_truth_values_may_be_0_and_1() -> None:
    nodes = {"node_id": ["near", "far"]}
    for ships in [pa.array([1, 0], pa.int8()), pa.array([1, 0], pa.uint64()), pa.array([1.0, 0.0]), pa.array([1.0, 0.0], pa.float32())]:
        problem = clapot.Problem.from_tables(**lamps(nodes=pa.table(nodes | {"ships": ships})))
        assert problem.table("nodes")["ships"] == [True, False]
    missing = clapot.Problem.from_tables(**lamps(nodes=pd.DataFrame(nodes | {"ships": [np.nan, 1]})))
    assert missing.table("nodes")["ships"][1] is True
    assert diagnostics(nodes=nodes | {"ships": [1, 2]}) == [("E208", "nodes", 1, "ships")]


def test_small_tables_are_dictionaries_and_lists() -> None:
    plain = {
        name: table.to_pylist() if name in ("nodes", "lanes") else table.to_pydict() if name != "settings" else table
        for name, table in lamps().items()
    }
    problem = clapot.Problem.from_tables(**plain, exclusions=[])
    assert clapot.route(problem).total == 13
    without = clapot.route(problem, exclusions=[{"order_id": "anna", "node_id": "near"}])
    assert {row["node_id"] for row in without.assignments if row["order_id"] == "anna"} == {"far"}
    layout = clapot.Layout.graph({"from": ["d", "a"], "to": ["a", "b"], "length_m": [1, 2.5]}, "d")
    assert clapot.tour(layout, ["b"]).metres == 7
    chosen = clapot.select_wave(
        [{"order_id": 1, "sku": 7, "qty": 1}], {"aisle_id": [4], "sku": [7], "qty": [1]}, max_units=5
    )
    assert len(chosen) == 1
    with pytest.raises(TypeError, match="or a list of dictionaries, not a list of str"):
        clapot.Problem.from_tables(**lamps(nodes=["near", "far"]))


def test_a_lazy_frame_has_a_hint() -> None:
    lazy = pl.DataFrame({"node_id": ["near", "far"]}).lazy()
    with pytest.raises(TypeError, match=r"nodes: a polars.LazyFrame has no rows yet: give what its .collect\(\) returns"):
        clapot.Problem.from_tables(**lamps(nodes=lazy))


def test_settings_are_merged_key_by_key() -> None:
    problem = clapot.Problem.from_tables(**lamps(settings=SETTINGS | {"timezone": ZoneInfo("Europe/Paris")}))
    dearer = problem.replace(settings={"objective": {"split_penalty": "1.5"}})
    assert dearer.settings["objective"] == {
        "split_penalty": "1.5000", "late_penalty_per_day": "0.0000", "unfilled_penalty": "50.0000"
    }
    assert dearer.settings["timezone"] == "Europe/Paris" and dearer.name == "lamps"
    assert "timezone" not in problem.replace(settings={"timezone": None}).settings
    with pytest.raises(clapot.InputError, match="E131 problem currency"):
        problem.replace(settings={"currency": None})


def test_a_part_of_the_orders(problem: clapot.Problem) -> None:
    ids = problem.table("orders")["order_id"]
    few = problem.filter(orders=ids[5:25])
    assert few.table("orders")["order_id"] == ids[5:25]
    for name in ["lines", "quotes", "exclusions"]:
        wanted = [row for row in problem.table(name) if row["order_id"] in ids[5:25]]
        assert few.table(name).to_dicts() == wanted
    assert few.table("stock") == problem.table("stock")
    mask = [n % 3 == 0 for n in range(len(ids))]
    for orders in [mask, np.array(mask), pd.Series(mask), pl.Series(mask), lambda table: mask]:
        assert problem.filter(orders=orders).table("orders")["order_id"] == ids[::3]
    countries = problem.filter(orders=lambda table: [row["country"] == "FR" for row in table])
    assert set(countries.table("orders")["country"]) == {"FR"}
    plan = clapot.route(few, work_limit=2_000)
    assert clapot.verify(few, plan)
    with pytest.raises(KeyError, match="no such orders: 'nobody'"):
        problem.filter(orders=["nobody"])
    with pytest.raises(clapot.OptionError, match="2 truth values for"):
        problem.filter(orders=[True, False])
    with pytest.raises(clapot.OptionError, match="no order is left"):
        problem.filter(orders=[])


def test_nothing_of_a_whole_problem_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clapot.Problem.from_tables(**lamps())
