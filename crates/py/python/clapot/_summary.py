"""What a plan is, to be read by people: figures, and tables of who ships what."""

from __future__ import annotations

import html as escape
from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clapot._clapot import _table_of_columns
from clapot._errors import OptionError

if TYPE_CHECKING:
    from clapot._clapot import Plan, Table

_GROUPS = ("node_id", "service_id", "order_id", "leaves_on", "arrives_on")
_SUMS = ("parcels", "weight_g", "transport", "handling", "late")


def by(plan: Plan, column: str) -> Table:
    """Return what ships, counted by a column of ``shipments``."""
    if column not in _GROUPS:
        raise OptionError(f"by: shipments are counted by {', '.join(_GROUPS)}, not by {column!r}")
    lines: defaultdict[Any, int] = defaultdict(int)
    units: defaultdict[Any, int] = defaultdict(int)
    for shipment, qty in zip(plan.assignments["shipment_id"], plan.assignments["qty"], strict=True):
        lines[shipment] += 1
        units[shipment] += qty
    groups: dict[Any, dict[str, Any]] = {}
    for row in plan.shipments:
        group = groups.setdefault(row[column], defaultdict(int) | {"orders": set()})
        group["orders"].add(row["order_id"])
        group["shipments"] += 1
        group["lines"] += lines[row["shipment_id"]]
        group["units"] += units[row["shipment_id"]]
        group["late_shipments"] += row["days_late"] > 0
        for name in _SUMS:
            group[name] += row[name]
    keys = sorted(groups, key=lambda key: (key is None, key))
    kinds = [
        ("shipments", "whole"), ("orders", "whole"), ("lines", "whole"), ("units", "whole"), ("parcels", "whole"),
        ("weight_g", "whole"), ("transport", "money"), ("handling", "money"), ("late", "money"), ("late_shipments", "whole"),
    ]
    columns: list[tuple[str, str, list[Any]]] = [(column, _kind(keys), keys)]
    for name, kind in kinds:
        columns.append((name, kind, [len(groups[key]["orders"]) if name == "orders" else groups[key][name] for key in keys]))
    costs = [groups[key]["transport"] + groups[key]["handling"] + groups[key]["late"] for key in keys]
    return _table_of_columns(f"shipments by {column}", [*columns, ("cost", "money", costs)])


def _kind(values: list[Any]) -> str:
    if values and all(isinstance(value, int) for value in values):
        return "whole"
    if values and all(isinstance(value, float) for value in values):
        return "number"
    return "date" if values and not isinstance(values[0], str) else "text"


def _figures(plan: Plan) -> list[tuple[str, str]]:
    """Name and text of each figure."""
    def money(amount: Decimal) -> str:
        return f"{amount:,.2f} {plan.problem.currency}"

    orders, shipped = len(plan.problem), Counter(plan.shipments["order_id"])
    units = sum(plan.problem.table("lines")["qty"])
    late = sum(days > 0 for days in plan.shipments["days_late"])
    figures = [("total", money(plan.total))]
    figures += [(f"  {name}", money(amount)) for name, amount in plan.cost.items() if amount]
    figures.append(("bound", money(max(plan.bound, plan.proved_bound or plan.bound))))
    gap = "no bound" if plan.gap is None else f"{plan.gap:.3%}"
    figures.append(("gap", gap + (f", stopped by {plan.limit}" if plan.limit else "")))
    several = sum(n > 1 for n in shipped.values())
    figures.append(("orders", f"{orders:,}, of which {len(shipped):,} ship, {several:,} in more than one shipment"))
    figures.append(("shipments", f"{len(plan.shipments):,}, of which {late:,} late"))
    figures.append(("units", f"{units:,}, of which {plan.unfilled_units:,} unfilled"))
    if plan.waves is not None and plan.figures is not None:
        waves = plan.figures["total"]
        late_there = waves["late_shipments"]
        figures.append(("waves", f"{len(plan.waves):,}, {waves['lines_per_hour']} lines an hour, {late_there:,} shipments late"))
    figures.append(("time", f"{plan.seconds:,.1f} s, {plan.work:,} units of work"))
    return figures


def _title(plan: Plan) -> str:
    return f"{plan.problem.name}: {plan.status} plan by {plan.method}"


def summary(plan: Plan) -> str:
    """Return the figures as a text."""
    figures = _figures(plan)
    width = max(len(name) for name, _ in figures)
    return "\n".join([_title(plan), *(f"  {name:<{width}}  {text}" for name, text in figures)])


def html(plan: Plan) -> str:
    """Return the figures, and what each node ships, in HTML."""
    rows = "\n".join(
        f"<tr><th style='text-align:left'>{escape.escape(name.strip())}</th><td>{escape.escape(text)}</td></tr>"
        for name, text in _figures(plan)
    )
    return f"<table><caption>{escape.escape(_title(plan))}</caption>\n{rows}\n</table>\n{by(plan, 'node_id')._repr_html_()}"


def splits(plan: Plan) -> int:
    """Shipments of orders beyond their first."""
    orders = plan.shipments["order_id"]
    return len(orders) - len(set(orders))
