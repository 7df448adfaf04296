"""Plans side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clapot._clapot import Plan, Priced, Table, _table_of_columns, price, route
from clapot._errors import OptionError
from clapot._summary import splits

if TYPE_CHECKING:
    from clapot._clapot import Problem, _Method

_METHODS: tuple[_Method, ...] = ("priority", "distance", "fewest-splits", "cheapest", "auto")


def compare(
    problem: Problem,
    *,
    methods: Iterable[_Method] = _METHODS,
    plans: Mapping[str, Any] | None = None,
    time_limit: float | None = None,
    work_limit: int | None = None,
    threads: int = 0,
    seed: int = 1,
) -> Table:
    """Plan by several methods, and put the plans side by side with those that are there.

    Parameters
    ----------
    problem : Problem
        The problem.
    methods : iterable of str, default ("priority", "distance", "fewest-splits", "cheapest", "auto")
        Methods of :func:`route`.
    plans : dict, optional
        By a name of yours a plan of the problem, what :func:`price` returns, or a table of decisions, which is priced.
    time_limit, work_limit, threads, seed : optional
        As of :func:`route`, for each method.

    Returns
    -------
    Table
        One row each, the cheapest first: ``plan`` (the name), ``status``, ``total``, ``above_best`` (as a share of the cheapest that is
        valid), ``gap`` to the highest bound of all of them, ``transport``, ``handling``, ``split``, ``late``, ``unfilled``, ``shipments``,
        ``splits``, ``unfilled_units`` and ``seconds``.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
    >>> table = clapot.compare(problem, methods=["cheapest", "auto"], work_limit=5_000)
    >>> table["plan"][0], table["above_best"][0]
    ('auto', 0.0)
    """
    made: dict[str, Plan] = {}
    for name, given in (plans or {}).items():
        if isinstance(given, Priced):
            given = given.plan
        made[name] = given if isinstance(given, Plan) else price(problem, given, threads=threads).plan
    for method in methods:
        if method in made:
            raise OptionError(f"compare: two plans are called {method!r}")
        made[method] = route(
            problem, method=method, time_limit=time_limit, work_limit=work_limit, threads=threads, seed=seed
        )
    if not made:
        raise OptionError("compare: there is nothing to compare")
    rows = sorted(made.items(), key=lambda row: row[1].total)
    best = next((plan.total for _, plan in rows if plan.status != "infeasible"), rows[0][1].total)
    bound = max(max(plan.bound, plan.proved_bound or plan.bound) for plan in made.values())

    def share(amount: Decimal, of: Decimal) -> float:
        return float(amount / of) if of else 0.0

    columns: list[tuple[str, str, list[Any]]] = [
        ("plan", "text", [name for name, _ in rows]),
        ("status", "text", [plan.status for _, plan in rows]),
        ("total", "money", [plan.total for _, plan in rows]),
        ("above_best", "number", [share(plan.total - best, best) for _, plan in rows]),
        ("gap", "number", [share(max(plan.total - bound, Decimal(0)), plan.total) for _, plan in rows]),
    ]
    columns += [
        (name, "money", [plan.cost[name] for _, plan in rows])
        for name in ("transport", "handling", "split", "late", "unfilled")
    ]
    columns += [
        ("shipments", "whole", [len(plan.shipments) for _, plan in rows]),
        ("splits", "whole", [splits(plan) for _, plan in rows]),
        ("unfilled_units", "whole", [plan.unfilled_units for _, plan in rows]),
        ("seconds", "number", [plan.seconds for _, plan in rows]),
    ]
    return _table_of_columns("comparison", columns)
