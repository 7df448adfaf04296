"""Tables come in from every library, in every encoding of texts, and a bad value is named by table, row and column."""

import datetime
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import nanoarrow
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import tables

import clapot

SETTINGS = {
    "name": "lamps",
    "currency": "EUR",
    "now": "2026-03-02T09:00:00+01:00",
    "objective": {"unfilled_penalty": 50},
}


def lamps(**changes: Any) -> dict[str, Any]:
    """A problem that is solved by hand: the near node has one lamp, and anna saves more by it than ben."""
    return {
        "settings": SETTINGS,
        "nodes": pa.table({"node_id": ["near", "far"]}),
        "items": pa.table({"sku": ["lamp"], "weight_g": [900]}),
        "stock": pa.table({"node_id": ["near", "far"], "sku": ["lamp", "lamp"], "on_hand": [1, 9]}),
        "orders": pa.table({"order_id": ["anna", "ben"], "country": ["FR", "FR"], "postcode": ["1000", "2000"]}),
        "lines": pa.table({"order_id": ["anna", "ben"], "line_id": ["1", "1"], "sku": ["lamp"] * 2, "qty": [1, 1]}),
        "services": pa.table({"service_id": ["post"], "days": ["12345"]}),
        "lanes": pa.table({
            "service_id": ["post"] * 3,
            "node_id": ["near", "near", "far"],
            "country": ["FR"] * 3,
            "postcode_prefix": ["1", "2", None],
            "zone": ["town", "hills", "any"],
            "transit_days": [1, 1, 1],
        }),
        "rates": pa.table({
            "service_id": ["post"] * 3,
            "zone": ["town", "hills", "any"],
            "max_g": [2000] * 3,
            "price": [4, 6, 9],
        }),
    } | changes


def diagnostics(**changes: Any) -> list[tuple[str, str, int | None, str | None]]:
    """What is wrong with the lamps after some changes."""
    with pytest.raises(clapot.InputError) as caught:
        clapot.Problem.from_tables(**lamps(**changes))
    return [(d.code, d.table, d.row, d.column) for d in caught.value.diagnostics if d.severity == "error"]


def test_the_lamps_are_solved_as_by_hand() -> None:
    plan = clapot.route(clapot.Problem.from_tables(**lamps()))
    assert (plan.total, plan.bound, plan.status) == (Decimal(13), Decimal(13), "optimal")
    assert isinstance(plan.total, Decimal)
    assert plan.shipments["node_id"] == ["near", "far"]


FRAMES: dict[str, Callable[[clapot.Table], Any]] = {
    "pandas": clapot.Table.to_pandas,
    "pandas-classic": lambda table: table.to_arrow().to_pandas(),
    "polars": clapot.Table.to_polars,
    "pyarrow": clapot.Table.to_arrow,
    "pyarrow-batch": lambda table: table.to_arrow().combine_chunks().to_batches()[0] if len(table) else table.to_arrow(),
    "duckdb": lambda table: duckdb.from_arrow(table.to_arrow()),
    "nanoarrow": lambda table: nanoarrow.ArrayStream(table),
    "clapot": lambda table: table,
}


@pytest.mark.parametrize("library", FRAMES)
def test_every_library_gives_the_same_plan(
    library: str, problem: clapot.Problem, plan: clapot.Plan, tmp_path: Path
) -> None:
    frames = {name: FRAMES[library](table) for name, table in tables(problem).items()}
    same = clapot.Problem.from_tables(settings=problem.settings, **frames)
    again = clapot.route(same, work_limit=20_000)
    assert again.total == plan.total
    for name in ["assignments", "shipments", "unfilled", "prices", "cuts"]:
        assert getattr(again, name).to_dicts() == getattr(plan, name).to_dicts()
    problem.write(tmp_path / "a")
    same.write(tmp_path / "b")
    # The list of what `generate` wrote is no table.
    for file in (file for file in (tmp_path / "a").iterdir() if file.name != "generated.txt"):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


TEXTS = {
    "string": pa.string(),
    "large_string": pa.large_string(),
    "string_view": pa.string_view(),
    "dictionary": pa.dictionary(pa.int8(), pa.string()),
    "dictionary of large strings": pa.dictionary(pa.uint32(), pa.large_string()),
}


@pytest.mark.parametrize("kind", TEXTS.values(), ids=TEXTS)
def test_every_encoding_of_texts_is_read(kind: pa.DataType, problem: clapot.Problem, plan: clapot.Plan) -> None:
    encoded = {}
    for name, table in tables(problem).items():
        table = table.to_arrow()
        columns = [column.cast(kind) if pa.types.is_string(column.type) else column for column in table.columns]
        encoded[name] = pa.table(columns, names=table.column_names)
    same = clapot.Problem.from_tables(settings=problem.settings, **encoded)
    assert clapot.route(same, work_limit=20_000).shipments.to_dicts() == plan.shipments.to_dicts()


def written(value: object) -> str:
    """A value as a CSV file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def test_everything_may_be_texts(problem: clapot.Problem, plan: clapot.Plan) -> None:
    texts = {}
    for name, table in tables(problem).items():
        columns = {title: [None if v is None else written(v) for v in table[title]] for title in table.columns}
        texts[name] = pa.table({title: pa.array(values, pa.string()) for title, values in columns.items()})
    same = clapot.Problem.from_tables(settings=problem.settings, **texts)
    assert clapot.route(same, work_limit=20_000).shipments.to_dicts() == plan.shipments.to_dicts()


NUMBERS = [
    pa.array([1, 9], pa.int8()),
    pa.array([1, 9], pa.uint64()),
    pa.array([1.0, 9.0], pa.float64()),
    pa.array([1.0, 9.0], pa.float32()),
    pa.array([Decimal("1"), Decimal("9")], pa.decimal128(10, 2)),
    pa.array([Decimal("1"), Decimal("9")], pa.decimal256(40, 3)),
    pa.array(["1", "9"]),
    pa.array(["1", "9"]).dictionary_encode(),
    pa.array([1, 9]).dictionary_encode(),
]


@pytest.mark.parametrize("on_hand", NUMBERS, ids=lambda array: str(array.type))
def test_a_number_may_have_any_type(on_hand: pa.Array) -> None:
    stock = pa.table({"node_id": ["near", "far"], "sku": ["lamp", "lamp"], "on_hand": on_hand})
    assert clapot.route(clapot.Problem.from_tables(**lamps(stock=stock))).total == 13


@pytest.mark.parametrize(
    "prices",
    [[4, 6, 9], [4.0, 6.0, 9.0], ["4", "6.00", "9.0000"], [Decimal("4.0"), Decimal("6.0"), Decimal("9.0")]],
    ids=["int", "float", "text", "decimal"],
)
def test_money_is_exact_from_any_type(prices: list[Any]) -> None:
    rates = lamps()["rates"].to_pydict() | {"price": prices}
    assert clapot.route(clapot.Problem.from_tables(**lamps(rates=pa.table(rates)))).total == 13


def test_a_float_of_money_that_is_not_exact_is_refused() -> None:
    rates = lamps()["rates"].to_pydict() | {"price": [4.0, 0.1 + 0.2, 9.0]}
    assert diagnostics(rates=pa.table(rates)) == [("E204", "rates", 1, "price")]


def test_dates_and_truth_values_have_types_of_their_own() -> None:
    day = datetime.date(2026, 3, 4)
    for days in [
        pa.array([day, None]),
        pa.array([day, None], pa.date64()),
        pa.array([datetime.datetime(2026, 3, 4), None], pa.timestamp("us")),
        pa.array(["2026-03-04", None]),
    ]:
        orders = lamps()["orders"].append_column("deliver_by", days).append_column("ship_complete", pa.array([True, None]))
        table = clapot.Problem.from_tables(**lamps(orders=orders)).table("orders")
        assert table["deliver_by"] == [day, None]
        assert table["ship_complete"] == [True, None]


def test_missing_values_are_empty_cells_in_every_library() -> None:
    for frame in [
        pd.DataFrame({"node_id": ["near", "far"], "max_shipments": [np.nan, 7.0]}),
        pd.DataFrame({"node_id": ["near", "far"], "max_shipments": pd.array([None, 7], dtype="Int64")}),
        pl.DataFrame({"node_id": ["near", "far"], "max_shipments": [None, 7], "postcode": [None, None]}),
        pa.table({"node_id": ["near", "far"], "max_shipments": [None, 7], "postcode": pa.nulls(2)}),
    ]:
        problem = clapot.Problem.from_tables(**lamps(nodes=frame))
        assert problem.table("nodes")["max_shipments"] == [None, 7]


def test_nan_is_a_missing_value_and_infinity_is_refused() -> None:
    nan, inf = float("nan"), float("inf")
    for kind in [pa.float32(), pa.float64()]:
        nodes = pa.table({"node_id": ["near", "far"], "max_shipments": pa.array([nan, 7.0], kind)})
        assert clapot.Problem.from_tables(**lamps(nodes=nodes)).table("nodes")["max_shipments"] == [None, 7]
        for bad in [inf, -inf]:
            nodes = pa.table({"node_id": ["near", "far"], "max_shipments": pa.array([3.0, bad], kind)})
            assert diagnostics(nodes=nodes) == [("E202", "nodes", 1, "max_shipments")]
    frame = pd.DataFrame({"node_id": ["near", "far"], "max_shipments": [np.nan, 7.0]})
    kept = pd.DataFrame({"node_id": ["near", "far"], "max_shipments": pd.array(pa.array([nan, 7.0]), dtype="double[pyarrow]")})
    for given in [frame, kept, frame.astype({"max_shipments": "Float64"}), pl.DataFrame(nodes).with_columns(
        max_shipments=pl.Series([nan, 7.0])
    )]:
        assert clapot.Problem.from_tables(**lamps(nodes=given)).table("nodes")["max_shipments"] == [None, 7]
    lines = lamps()["lines"].to_pydict()
    assert diagnostics(lines=pa.table(lines | {"qty": [1.0, nan]})) == [("E201", "lines", 1, "qty")]
    assert diagnostics(lines=pa.table(lines | {"qty": [1.0, inf]})) == [("E202", "lines", 1, "qty")]
    rates = lamps()["rates"].to_pydict()
    assert diagnostics(rates=pa.table(rates | {"price": [4.0, nan, 9.0]})) == [("E201", "rates", 1, "price")]
    assert diagnostics(rates=pa.table(rates | {"price": [4.0, -inf, 9.0]})) == [("E203", "rates", 1, "price")]


def test_columns_may_stand_in_any_order_and_an_unknown_one_is_a_warning() -> None:
    orders = lamps()["orders"]
    orders = orders.select(orders.column_names[::-1]).append_column("colour", pa.array(["red", "blue"]))
    problem = clapot.Problem.from_tables(**lamps(orders=orders))
    assert [(d.name, d.table, d.severity) for d in problem.warnings] == [("unknown-column", "orders", "warning")]


def test_a_bad_value_is_named_by_table_row_and_column() -> None:
    lines = lamps()["lines"].to_pydict()
    assert diagnostics(lines=pa.table(lines | {"qty": [1, 1.5]})) == [("E202", "lines", 1, "qty")]
    assert diagnostics(lines=pa.table(lines | {"qty": [1, None]})) == [("E201", "lines", 1, "qty")]
    assert diagnostics(lines=pa.table(lines | {"sku": ["lamp", "lamb"]})) == [("E301", "lines", 1, "sku")]
    assert diagnostics(lines=pa.table(lines).drop_columns("qty")) == [("E113", "lines", None, "qty")]
    assert diagnostics(orders=pa.table({"order_id": ["anna", "anna"]}))[0] == ("E302", "orders", 1, "order_id")
    stamps = pa.array([datetime.datetime(2026, 3, 4, 5), None], pa.timestamp("us"))
    orders = lamps()["orders"].append_column("deliver_by", stamps)
    assert diagnostics(orders=orders) == [("E206", "orders", 0, "deliver_by")]


def test_all_that_is_wrong_is_told_at_once() -> None:
    many = diagnostics(
        lines=pa.table({"order_id": ["anna", "?"], "line_id": ["1", None], "sku": ["lamp"] * 2, "qty": ["x", "-1"]}),
        settings=SETTINGS | {"currency": 7, "objective": {}},
    )
    assert {("problem", "currency"), ("problem", "objective.unfilled_penalty"), ("lines", "qty")} <= {
        (table, column) for _, table, _, column in many
    }
    assert len(many) >= 5


def test_rows_are_counted_over_all_batches() -> None:
    """A row is numbered in its table, however many batches the table has, and whoever reads them in parallel."""
    many = 50_000
    lines = pa.table({
        "order_id": [f"o{n}" for n in range(many)],
        "line_id": ["1"] * many,
        "sku": ["lamp"] * many,
        "qty": [1] * (many - 7) + [0] + [1] * 6,
    })
    lines = pa.Table.from_batches(lines.to_batches(max_chunksize=999))
    orders = pa.table({"order_id": lines["order_id"], "country": ["FR"] * many, "postcode": ["1000"] * many})
    assert diagnostics(orders=orders, lines=lines) == [("E205", "lines", many - 7, "qty")]


def test_a_column_of_lists_is_refused() -> None:
    orders = lamps()["orders"].append_column("channel", pa.array([["a"], ["b"]]))
    assert diagnostics(orders=orders) == [("E126", "orders", None, "channel")]
    with pytest.raises(clapot.InputError) as caught:
        clapot.Problem.from_tables(**lamps(orders=orders))
    assert "Parquet" not in str(caught.value)
    assert str(caught.value).startswith("E126 orders channel: column channel is of type")


def test_a_frame_that_cannot_be_given_is_an_input_error() -> None:
    frame = pd.DataFrame({"order_id": ["anna", "ben"], "postcode": pd.array([1, 2j], dtype="complex128")})
    with pytest.raises(clapot.InputError, match="orders: the table cannot be given as Arrow") as caught:
        clapot.Problem.from_tables(**lamps(orders=frame))
    assert caught.value.__cause__ is not None
    assert caught.value.diagnostics[0].table == "orders"


def test_what_is_no_table_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="orders: expected a table with the Arrow PyCapsule interface"):
        clapot.Problem.from_tables(**lamps(orders=[1, 2]))
    with pytest.raises(TypeError, match="unexpected keyword argument 'ordres'"):
        clapot.Problem.from_tables(**lamps(ordres=1))


def test_settings_may_be_of_python() -> None:
    now = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    penalties = {"unfilled_penalty": Decimal("50.00"), "split_penalty": 0.25, "late_penalty_per_day": "1.5"}
    given = SETTINGS | {"now": now, "timezone": None, "objective": penalties, "name": 'a "quoted"\nname'}
    problem = clapot.Problem.from_tables(**lamps(settings=given))
    assert problem.name == 'a "quoted"\nname'
    assert problem.now == "2026-03-02T09:00:00+01:00"
    assert problem.settings["objective"]["split_penalty"] == "0.2500"
    with pytest.raises(clapot.InputError, match="E132 problem now: now is a complex"):
        clapot.Problem.from_tables(**lamps(settings=SETTINGS | {"now": 1j}))
    with pytest.raises(TypeError, match="expected a dictionary"):
        clapot.Problem.from_tables(**lamps(settings="name"))
    with pytest.raises(clapot.InputError, match="problem"):
        clapot.Problem.from_tables(**lamps(settings=SETTINGS | {"nome": 1, "currency": "EURO"}))


def test_diagnostics_survive_pickling() -> None:
    with pytest.raises(clapot.InputError) as caught:
        clapot.Problem.from_tables(**lamps(items=pa.table({"sku": ["lamp"], "weight_g": [-1]})))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics
    assert str(again) == str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, clapot.ClapotError)
