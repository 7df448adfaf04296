"""A part of a problem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from clapot._errors import OptionError

if TYPE_CHECKING:
    from clapot._clapot import Problem, Table


def filtered(problem: Problem, orders: Any) -> Problem:
    """Return the problem with these orders only."""
    table = problem.table("orders")
    if callable(orders):
        orders = orders(table)
    kept = _ids(table, orders)
    if not kept:
        raise OptionError("filter: no order is left")
    return problem.replace(
        orders=_rows(table, kept),
        lines=_rows(problem.table("lines"), kept),
        exclusions=_rows(problem.table("exclusions"), kept),
        quotes=_rows(problem.table("quotes"), kept),
    )


def _rows(table: Table, kept: set[object]) -> Table:
    return table._rows([row for row, order in enumerate(table["order_id"]) if order in kept])


def _ids(table: Table, orders: Any) -> set[object]:
    """The ids that are meant, of a list of ids or of truth values."""
    if isinstance(orders, str) or not isinstance(orders, Iterable):
        raise TypeError("filter: orders is a list of ids, one truth value for each order, or a function that returns either")
    known = table["order_id"]
    chosen = [value.as_py() if hasattr(value, "as_py") else value for value in orders]
    if chosen and all(type(value).__name__ in ("bool", "bool_") for value in chosen):
        if len(chosen) != len(known):
            raise OptionError(f"filter: {len(chosen):,} truth values for {len(known):,} orders")
        return {order for order, wanted in zip(known, chosen, strict=True) if wanted}
    ids = set(chosen)
    gone = ids - set(known)
    if gone:
        listed = ", ".join(repr(order) for order in sorted(gone, key=str)[:3])
        raise KeyError(f"no such orders: {listed}{', ...' if len(gone) > 3 else ''}")
    return ids
