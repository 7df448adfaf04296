"""What comes out of a problem and a plan: ids in their types, frames on which methods work, and plans for people."""

import datetime
import pickle
from collections import Counter
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from test_tables_in import lamps

import clapot


def numbered(**changes: Any) -> clapot.Problem:
    """The lamps with ids that are numbers."""
    frames = {
        "nodes": pd.DataFrame({"node_id": [10, 20]}),
        "items": pd.DataFrame({"sku": pd.array([7], dtype="int32"), "weight_g": 900}),
        "stock": pd.DataFrame({"node_id": [10, 20], "sku": 7, "on_hand": [1, 9]}),
        "orders": pd.DataFrame({"order_id": [1001, 1002], "country": "FR", "postcode": ["1000", "2000"]}),
        "lines": pd.DataFrame({"order_id": [1001, 1002], "line_id": [1.0, 2.0], "sku": 7, "qty": 1}),
        "lanes": lamps()["lanes"].to_pandas().assign(node_id=["10", "10", "20"]),
    }
    return clapot.Problem.from_tables(**lamps(**frames | changes))


def test_ids_come_back_in_the_type_in_which_they_came() -> None:
    problem = numbered()
    plan = clapot.route(problem)
    assert plan.total == 13
    orders = pd.DataFrame({"order_id": [1001, 1002], "name": ["anna", "ben"]})
    joined = orders.merge(plan.assignments.to_pandas(), on="order_id")
    assert joined[["name", "node_id", "line_id"]].to_dict("records") == [
        {"name": "anna", "node_id": 10, "line_id": 1.0},
        {"name": "ben", "node_id": 20, "line_id": 2.0},
    ]
    kinds = {f.name: str(f.type) for f in plan.assignments.to_arrow().schema}
    assert {name: kinds[name] for name in ["order_id", "line_id", "node_id", "shipment_id"]} == {
        "order_id": "int64", "line_id": "double", "node_id": "int64", "shipment_id": "string",
    }
    assert str(problem.table("stock").to_arrow().schema.field("sku").type) == "int32"
    assert plan.shipments.to_polars().join(pl.DataFrame({"node_id": [10, 20]}), on="node_id").height == 2
    assert plan.by("node_id")["node_id"] == [10, 20]
    # Services are texts here, and so is a column in which `*` stands.
    assert plan.shipments["service_id"] == ["post", "post"]
    lanes = pa.table({"service_id": ["post"], "node_id": ["*"], "country": ["FR"], "zone": ["any"], "transit_days": [1]})
    assert numbered(lanes=lanes).table("lanes")["node_id"] == ["*"]
    for again in [pickle.loads(pickle.dumps(problem)), problem.replace(settings={"name": "x"}), problem.filter(orders=[1002])]:
        assert again.table("orders")["order_id"][-1] == 1002
    assert pickle.loads(pickle.dumps(plan)).assignments == plan.assignments
    texts = problem.replace(orders=pd.DataFrame({"order_id": ["1001", "1002"], "country": "FR", "postcode": ["1000", "2000"]}))
    assert texts.table("orders")["order_id"] == ["1001", "1002"]


def test_ids_of_what_is_left_out_and_not_carried_are_of_their_types() -> None:
    lines = pd.DataFrame({"order_id": [1001, 1002], "line_id": [1, 1], "sku": [7, 8], "qty": 1})
    with pytest.raises(clapot.InputError):
        numbered(lines=lines)
    problem = clapot.Problem.from_tables(**lamps(
        orders={"order_id": [1, 2], "country": ["FR", "FR"], "postcode": ["1000", "2000"]},
        lines={"order_id": [1, 2], "line_id": [5, 5], "sku": ["lamp", "lamb"], "qty": [1, 1]},
    ), skip_bad_orders=True)
    assert list(problem.left_out) == [2]
    assert repr(problem).endswith(", 1 order left out)")
    lanes = pa.table({"service_id": ["post"], "node_id": ["far"], "country": ["FR"], "zone": ["any"], "transit_days": [1]})
    priced = clapot.price(problem.replace(lanes=lanes), [{"order_id": 1, "line_id": 5, "node_id": "near"}])
    assert [(row["order"], row["lines"]) for row in priced.not_carried] == [(1, [5])]


def test_frames_of_pandas_are_ones_on_which_methods_work(plan: clapot.Plan) -> None:
    frame = plan.shipments.to_pandas()
    assert str(frame["transport"].dtype) == "float64"
    assert frame["transport"].quantile(0.5) > 0
    assert frame["transport"].tolist() == [float(amount) for amount in plan.shipments["transport"]]
    assert str(frame["leaves_on"].dtype).startswith("datetime64")
    assert frame["leaves_on"].dt.year.max() == 2026
    exact = plan.shipments.to_pandas(money="decimal", dates="date")
    assert exact["transport"].tolist() == plan.shipments["transport"]
    assert exact["leaves_on"].tolist() == plan.shipments["leaves_on"]
    arrow = plan.shipments.to_pandas(money="arrow", dates="arrow")
    assert str(arrow["transport"].dtype) == "decimal128(19, 4)[pyarrow]"
    assert str(arrow["leaves_on"].dtype) == "date32[day][pyarrow]"
    assert arrow["transport"].sum() == sum(plan.shipments["transport"])
    with pytest.raises(clapot.OptionError, match="money must be one of float64, decimal, arrow"):
        plan.shipments.to_pandas(money="float")  # type: ignore[arg-type]


def test_moments_of_waves_are_timestamps(waves: clapot.Plan) -> None:
    assert waves.waves is not None and waves.tours is not None
    begins = waves.waves["start"]
    assert begins and all(isinstance(moment, datetime.datetime) and moment.tzinfo for moment in begins)
    now = datetime.datetime.fromisoformat(waves.problem.now)
    assert min(begins) >= now
    frame = waves.waves.to_pandas()
    assert (frame["end"] - frame["start"]).dt.total_seconds().min() > 0
    assert waves.tours.to_polars()["done"].dtype == pl.Datetime or str(waves.tours.to_polars()["done"].dtype).startswith("Datetime")
    assert waves.waves.to_arrow().schema.field("due").type.tz is not None
    assert begins[0].isoformat() in repr(waves.waves)
    assert pickle.loads(pickle.dumps(waves)).waves == waves.waves
    assert clapot.verify(waves.problem, waves, bound=False)


def test_prices_have_the_same_columns_always(plan: clapot.Plan) -> None:
    columns = ["resource", "node_id", "sku", "price", "available_from"]
    dated = clapot.route(clapot.generate(orders=60, nodes=4, seed=3, incoming=60, slack=90), work_limit=3_000)
    for of in [plan, dated, clapot.route(clapot.Problem.from_tables(**lamps()))]:
        assert of.prices.columns == columns
    assert str(plan.prices.to_arrow().schema.field("available_from").type) == "date32[day]"


def test_a_table_is_a_sequence_of_rows(problem: clapot.Problem) -> None:
    table = problem.table("lines")
    rows = table.to_dicts()
    assert list(table) == rows
    assert table[0] == rows[0] and table[-1] == rows[-1]
    assert table[3:7].to_dicts() == rows[3:7] and table[::-2].to_dicts() == rows[::-2]
    assert table[5:2].to_dicts() == [] and table[5:2].columns == table.columns
    assert table.head(2).to_dicts() == rows[:2] and len(table.head()) == 5 and len(table.head(10**6)) == len(table)
    assert table.shape == (len(rows), len(table.columns))
    assert table == problem.table("lines") and table != table[1:] and table != problem.table("orders") and table != rows
    assert table[:4] == pickle.loads(pickle.dumps(table[:4]))
    with pytest.raises(TypeError, match="unhashable"):
        hash(table)
    with pytest.raises(IndexError, match=f"the table has {len(rows)} rows"):
        table[len(rows)]
    with pytest.raises(KeyError, match="colour; there are order_id, line_id"):
        table["colour"]
    with pytest.raises(TypeError, match="indexed by"):
        table[1.5]  # type: ignore[call-overload]


def test_equal_tables_may_have_other_batches() -> None:
    lines = pa.table({"order_id": ["anna", "ben"], "line_id": ["1", "1"], "sku": ["lamp"] * 2, "qty": [1, 1]})
    table = clapot.Problem.from_tables(**lamps(lines=lines)).table("lines")
    turned = table[::-1][::-1]
    assert turned == table and table[::-1] != table


def test_what_ships_is_counted(plan: clapot.Plan) -> None:
    shipments = plan.shipments.to_dicts()
    for column in ["node_id", "service_id", "order_id", "leaves_on", "arrives_on"]:
        table = plan.by(column)  # type: ignore[arg-type]
        counts = Counter(row[column] for row in shipments)
        assert table[column] == sorted(counts, key=lambda key: (key is None, key))
        assert table["shipments"] == [counts[key] for key in table[column]]
        assert sum(table["units"]) == sum(plan.assignments["qty"])
        assert sum(table["lines"]) == len(plan.assignments)
        assert sum(table["cost"]) == sum(plan.cost[part] for part in ("transport", "handling", "late"))
    for row in plan.by("node_id"):
        mine = [s for s in shipments if s["node_id"] == row["node_id"]]
        assert row["orders"] == len({s["order_id"] for s in mine})
        assert row["late_shipments"] == sum(s["days_late"] > 0 for s in mine)
        assert row["weight_g"] == sum(s["weight_g"] for s in mine)
    with pytest.raises(clapot.OptionError, match="by: shipments are counted by node_id, service_id"):
        plan.by("sku")  # type: ignore[arg-type]


def test_a_plan_says_what_it_is(plan: clapot.Plan, waves: clapot.Plan) -> None:
    text = plan.summary()
    assert text.startswith(f"{plan.problem.name}: {plan.status} plan by auto\n")
    assert f"{plan.total:,.2f} {plan.problem.currency}" in text
    assert f"{plan.unfilled_units:,} unfilled" in text
    assert "waves" not in text and f"{len(waves.waves or []):,}, " in waves.summary()
    html = plan._repr_html_()
    assert "<table>" in html and "shipments by node_id" in html and plan.problem.name in html


def test_status_gap_and_bound_do_not_contradict() -> None:
    """A plan that branching proves optimal has no gap."""
    for seed in range(1, 30):
        plan = clapot.route(clapot.generate(orders=60, nodes=4, seed=seed, slack=90, capacity=80), method="exact", time_limit=5)
        if plan.proved_bound is not None:
            break
    else:
        pytest.fail("no plan of these has a bound by branching")
    assert plan.proved_bound > plan.bound
    if plan.status == "optimal":
        assert (plan.gap, plan.proved_bound) == (0.0, plan.total)
    assert plan.gap == float((plan.total - plan.proved_bound) / plan.total)
    assert f"proved_bound={plan.proved_bound}" in repr(plan) and ", bound=" not in repr(plan)


def test_plans_side_by_side(problem: clapot.Problem, plan: clapot.Plan) -> None:
    yesterday = clapot.route(problem, method="priority").assignments
    table = clapot.compare(
        problem,
        methods=["cheapest", "priority"],
        plans={"best": plan, "yesterday": yesterday, "again": clapot.price(problem, plan.assignments)},
    )
    assert set(table["plan"]) == {"best", "yesterday", "again", "cheapest", "priority"}
    assert table["total"] == sorted(table["total"])
    rows = {row["plan"]: row for row in table}
    cheapest = clapot.route(problem, method="cheapest")
    assert rows["cheapest"]["total"] == cheapest.total
    best = min(row["total"] for row in table)
    for row in table:
        assert row["above_best"] == float((row["total"] - best) / best)
        assert 0 <= row["gap"] < 1
        assert sum(row[part] for part in ("transport", "handling", "split", "late", "unfilled")) == row["total"]
    assert rows["best"]["splits"] == len(plan.shipments) - len(set(plan.shipments["order_id"]))
    with pytest.raises(clapot.OptionError, match="two plans are called 'cheapest'"):
        clapot.compare(problem, methods=["cheapest"], plans={"cheapest": plan})
    with pytest.raises(clapot.OptionError, match="nothing to compare"):
        clapot.compare(problem, methods=[])


def test_money_of_a_made_table_is_exact(plan: clapot.Plan) -> None:
    assert all(isinstance(cost, Decimal) for cost in plan.by("node_id")["cost"])
