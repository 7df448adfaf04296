#!/usr/bin/env python3
"""The linear relaxation of the programme of `model.py`, by HiGHS: what shadow prices prove at most where every order has one line.

    pip install -r requirements.txt
    python3 relaxation.py PROBLEM...

Orders that ask for the same at the same place are counted, not repeated, so that sales of 100,000 alike orders are small. With
orders of several lines the relaxation is that of whole shipments from each node, which may be a little less than prices prove; with
lines of several units cuts may prove more.
"""

import argparse
import time
from pathlib import Path

import highspy
import numpy as np
from model import INFINITE, Compact
from problem import UNIT, Order, Problem


def kind(order: Order) -> tuple[object, ...]:
    """What two orders have in common for which every plan of the one is a plan of the other at the same cost."""
    lines = tuple(
        (line.sku, line.qty, line.penalty, line.pin, line.group, tuple(sorted(line.excluded))) for line in order.lines
    )
    terms = (order.max_shipments, order.complete, order.pickup, tuple(sorted(order.excluded)))
    quotes = tuple((node, tuple(found)) for node, found in order.quotes.items())
    return (order.country, order.postcode, order.place, order.deliver_by, terms, lines, quotes)


class Counted(Compact):
    """The programme of one order of each kind, with how many of them there are as its columns' and rows' upper limit."""

    def __init__(self, problem: Problem) -> None:
        self.count: dict[str, int] = {}
        first: dict[tuple[object, ...], str] = {}
        for order in problem.orders.values():
            name = first.setdefault(kind(order), order.id)
            self.count[name] = self.count.get(name, 0) + 1
        self.column_most: list[int] = []
        self.row_times: list[int] = []
        problem.orders = {name: problem.orders[name] for name in self.count}
        super().__init__(problem, 4)

    def add_order(self, order: Order, subsets: int) -> None:
        super().add_order(order, subsets)
        n = self.count[order.id]
        self.column_most.extend([n] * (len(self.model.costs) - len(self.column_most)))
        self.row_times.extend([n] * (len(self.model.rows) - len(self.row_times)))


def relax(folder: Path) -> tuple[float, int]:
    counted = Counted(Problem(folder))
    model, rows = counted.model, counted.model.rows
    # Rows of stock come after those of the orders; those that one order of each kind cannot bind are added here.
    known = len(counted.row_times)
    rows = rows[:known]
    for key, terms in counted.stock.items():
        rows.append(([t[0] for t in terms], [t[1] for t in terms], -INFINITE, counted.problem.stock[key]))
    for (node, what), terms in counted.use.items():
        most = getattr(counted.problem.nodes[node], what)
        if most is not None:
            rows.append(([t[0] for t in terms], [t[1] for t in terms], -INFINITE, most))
    times = np.array(counted.row_times + [1] * (len(rows) - known), dtype=float)
    starts = np.zeros(len(rows) + 1, dtype=np.int32)
    starts[1:] = np.cumsum([len(row[0]) for row in rows])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.costs), len(rows)
    lp.col_cost_ = np.array(model.costs, dtype=float) / UNIT
    lp.col_lower_, lp.col_upper_ = np.zeros(len(model.costs)), np.array(counted.column_most, dtype=float)
    low = np.array([-highspy.kHighsInf if row[2] == -INFINITE else row[2] for row in rows], dtype=float)
    lp.row_lower_, lp.row_upper_ = low * times, np.array([row[3] for row in rows], dtype=float) * times
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = starts
    lp.a_matrix_.index_ = np.array([c for row in rows for c in row[0]], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([a for row in rows for a in row[1]], dtype=float)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    highs.run()
    return highs.getInfo().objective_function_value, len(counted.count)


def main() -> None:
    parser = argparse.ArgumentParser(description="The linear relaxation of routing problems, by HiGHS.")
    parser.add_argument("problems", type=Path, nargs="+")
    for folder in parser.parse_args().problems:
        began = time.monotonic()
        value, kinds = relax(folder)
        print(f"{folder.name} {value:.4f} ({kinds} kinds of orders, {time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
