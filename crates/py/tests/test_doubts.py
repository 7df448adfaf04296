"""Warnings, ``strict``, ``skip_bad_orders``, and coordinates from postcodes."""

import warnings
from pathlib import Path
from typing import Any

import clapot
import pyarrow as pa
import pytest


def tables(**changed: Any) -> dict[str, Any]:
    """A problem of one order, with other tables in place of some."""
    base = {
        "settings": {
            "name": "case",
            "currency": "EUR",
            "now": "2026-03-02T09:00:00+01:00",
            "objective": {"unfilled_penalty": 50},
        },
        "nodes": pa.table({"node_id": ["A", "B"]}),
        "items": pa.table({"sku": ["lamp"], "weight_g": [500]}),
        "stock": pa.table({"node_id": ["A", "B"], "sku": ["lamp", "lamp"], "on_hand": [3, 3]}),
        "orders": pa.table({"order_id": ["o1", "o2"], "country": ["FR", "FR"], "postcode": ["75011", "69002"]}),
        "lines": pa.table({"order_id": ["o1", "o2"], "line_id": ["1", "1"], "sku": ["lamp", "lamp"], "qty": [1, 1]}),
        "services": pa.table({"service_id": ["std"], "days": ["12345"]}),
        "lanes": pa.table({"service_id": ["std"], "node_id": ["*"], "country": ["FR"], "zone": ["z"], "transit_days": [1]}),
        "rates": pa.table({"service_id": ["std"], "zone": ["z"], "max_g": [30_000], "price": [5]}),
    }
    return base | changed


def test_a_warning_names_its_row_and_strict_refuses_it() -> None:
    lanes = {"service_id": ["std", "std"], "node_id": ["*", "*"], "country": ["FR", "MC"], "zone": ["z", "Z "], "transit_days": [1, 1]}
    problem = clapot.Problem.from_tables(**tables(lanes=pa.table(lanes)))
    told = [(d.code, d.table, d.row, d.column, d.severity) for d in problem.warnings]
    assert sorted(told) == [("W507", "lanes", 1, "zone", "warning"), ("W510", "lanes", 1, "zone", "warning")]
    [unknown] = [d for d in problem.warnings if d.code == "W507"]
    assert "did you mean `z`" in unknown.message
    with pytest.raises(clapot.InputError) as refused:
        clapot.Problem.from_tables(**tables(lanes=pa.table(lanes)), strict=True)
    assert {d.severity for d in refused.value.diagnostics} == {"error"}
    assert clapot.Problem.from_tables(**tables(), strict=True).warnings == []


def test_many_equal_warnings_are_three_and_a_number() -> None:
    many = 5_000
    ids = [f"o{n}" for n in range(many)]
    orders = pa.table({"order_id": ids, "country": pa.nulls(many, pa.string()), "postcode": ["75011"] * many})
    lines = pa.table({"order_id": ids, "line_id": ["1"] * many, "sku": ["lamp"] * many, "qty": [1] * many})
    told = clapot.Problem.from_tables(**tables(orders=orders, lines=lines)).warnings
    assert [(d.code, d.row, d.more) for d in told] == [("W515", 0, 0), ("W515", 1, 0), ("W515", 2, many - 3)]
    assert "4,997 more" in str(told[2])


def test_bad_orders_are_left_out_and_told() -> None:
    lines = pa.table({"order_id": ["o1", "o2"], "line_id": ["1", "1"], "sku": ["lamp", "sofa"], "qty": [1, 1]})
    with pytest.raises(clapot.InputError):
        clapot.Problem.from_tables(**tables(lines=lines))
    problem = clapot.Problem.from_tables(**tables(lines=lines), skip_bad_orders=True)
    assert len(problem) == 1
    [(order, reasons)] = problem.left_out.items()
    assert order == "o2"
    assert [(d.code, d.table, d.row, d.order, d.location) for d in reasons] == [("E301", "lines", 1, "o2", None)]
    assert len(problem.table("lines")) == 1
    assert clapot.verify(problem, clapot.route(problem, work_limit=100))
    assert clapot.Problem.from_tables(**tables()).left_out == {}
    # What is not of an order still stops.
    with pytest.raises(clapot.InputError):
        clapot.Problem.from_tables(**tables(lines=lines, rates=pa.table({"service_id": ["std"], "price": ["x"]})), skip_bad_orders=True)


def test_bad_orders_are_left_out_of_changed_and_read_problems(tmp_path: Path) -> None:
    whole = clapot.Problem.from_tables(**tables())
    lines = pa.table({"order_id": ["o1", "o2"], "line_id": ["1", "1"], "sku": ["lamp", "lamp"], "qty": ["1", "many"]})
    problem = whole.replace(lines=lines, skip_bad_orders=True)
    assert list(problem.left_out) == ["o2"]
    whole.write(tmp_path / "p")
    text = (tmp_path / "p/lines.csv").read_text()
    (tmp_path / "p/lines.csv").write_text(text.replace("o2,1,lamp,1", "o2,1,lamp,many"))
    problem = clapot.Problem.read(tmp_path / "p", skip_bad_orders=True)
    assert problem.left_out["o2"][0].location == "lines.csv:3:11"
    plan = clapot.route(problem, work_limit=100)
    plan.write(tmp_path / "plan")
    assert "o2,E202," in (tmp_path / "plan/left_out.csv").read_text()


def test_rows_of_nothing_are_skipped() -> None:
    lines = pa.table({"order_id": ["o1", None, "o2"], "line_id": ["1", None, "1"], "sku": ["lamp", None, "sofa"], "qty": [1, None, 1]})
    with pytest.raises(clapot.InputError) as refused:
        clapot.Problem.from_tables(**tables(lines=lines))
    assert [(d.code, d.row) for d in refused.value.diagnostics] == [("E301", 2), ("W523", 1)]


def test_a_method_without_coordinates_warns() -> None:
    problem = clapot.Problem.from_tables(**tables())
    with pytest.warns(UserWarning, match="no coordinates") as told:
        clapot.route(problem, method="distance", work_limit=100)
    assert len(told) == 4
    postcodes = pa.table({"country": ["FR", "FR"], "prefix": ["", "69"], "lat": [48.86, 45.76], "lon": [2.35, 4.84]})
    nodes = pa.table({"node_id": ["A", "B"], "country": ["FR", "FR"], "postcode": ["75001", "69001"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        placed = clapot.Problem.from_tables(**tables(postcodes=postcodes, nodes=nodes))
        plan = clapot.route(placed, method="distance", work_limit=100)
        clapot.route(problem, method="priority", work_limit=100)
    assert plan.shipments.to_pandas()["node_id"].to_list() == ["A", "B"]
    assert len(placed.table("postcodes")) == 2
    assert len(placed.replace(postcodes=postcodes.slice(0, 1)).table("postcodes")) == 1
