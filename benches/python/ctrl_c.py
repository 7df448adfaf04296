"""Ctrl-C at several moments of several calls: milliseconds until `KeyboardInterrupt`, and seconds until the background is quiet.

    python benches/python/ctrl_c.py [PROBLEM] [--only NAME]

PROBLEM is a large problem directory to read and route, such as ``clapot generate --orders 1000000 --nodes 40 -o PROBLEM`` writes.
Needs Linux, since it counts the threads of the process in /proc.
"""

import argparse
import os
import pickle
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

import clapot

Call = Callable[[], object]


def threads() -> int:
    """Threads of this process, those of the engine included."""
    return len(os.listdir("/proc/self/task"))


def interrupt(call: Call, after: float) -> tuple[float, float] | None:
    """Milliseconds until the exception and seconds until quiet; nothing where the call was done before."""
    before, sent = threads(), [0.0]

    def send() -> None:
        sent[0] = time.monotonic()
        os.kill(os.getpid(), signal.SIGINT)

    timer, done = threading.Timer(after, send), False
    try:
        timer.start()
        call()
        done = True
        timer.join()
        time.sleep(0.2)
    except KeyboardInterrupt:
        waited = time.monotonic() - sent[0]
    timer.join()
    if done:
        return None
    while threads() > before and time.monotonic() - sent[0] < 120:
        time.sleep(0.002)
    return waited * 1000, time.monotonic() - sent[0]


def picks(orders: int) -> pa.Table:
    """What orders take from 20 aisles of 40 cells."""
    dice = random.Random(orders)
    rows = [(f"o{n}", dice.randrange(20), dice.randrange(40)) for n in range(orders) for _ in range(dice.randint(1, 6))]
    return pa.table({name: [row[n] for row in rows] for n, name in enumerate(["order_id", "aisle", "cell"])})


def backlog(orders: int) -> tuple[pa.Table, pa.Table]:
    """Orders, and what 200 aisles hold of their SKUs."""
    dice = random.Random(orders)
    wanted = {(f"o{n}", f"s{int(dice.random() ** 2 * orders)}"): dice.randint(1, 5) for n in range(orders) for _ in range(4)}
    held = {(f"a{aisle}", f"s{sku}"): dice.randint(1, 40) for sku in range(orders) for aisle in dice.sample(range(200), 3)}

    def table(rows: dict[tuple[str, str], int], name: str) -> pa.Table:
        return pa.table({name: [a for a, _ in rows], "sku": [sku for _, sku in rows], "qty": list(rows.values())})

    return table(wanted, "order_id"), table(held, "aisle_id")


def calls(large: Path | None) -> Iterator[tuple[str, Call, list[float]]]:
    """Name, call, and seconds after which to send Ctrl-C. Each is made when it is asked for."""
    small = clapot.generate(orders=1_000, nodes=12)
    yield "route 1,000 x 12", lambda: clapot.route(small, time_limit=60), [0.02, 0.2, 0.5, 1, 2, 3, 4, 6, 8, 12, 20, 30]
    yield "route 1,000 x 12, seed 2", lambda: clapot.route(small, time_limit=60, seed=2), [3, 5, 10, 15]
    exact = clapot.generate(orders=400, nodes=12, seed=4)
    yield "route exact 400 x 12", lambda: clapot.route(exact, method="exact"), [0.3, 1, 2, 3]
    b2b = clapot.generate(orders=2_000, nodes=12, profile="b2b")
    yield "route 2,000 x 12 b2b", lambda: clapot.route(b2b, time_limit=60), [0.05, 0.3, 1, 3, 10, 20]
    middle = clapot.generate(orders=100_000, nodes=30)
    yield "route 100,000 x 30", lambda: clapot.route(middle, time_limit=60), [0.05, 0.5, 2, 5, 10, 20, 35, 50, 58]
    plan = clapot.route(middle, method="priority", work_limit=1)
    yield "verify 100,000 x 30", lambda: clapot.verify(middle, plan), [0.02, 0.2, 0.5, 1]
    yield "to_dicts of its shipments", plan.shipments.to_dicts, [0.02, 0.2]
    yield "pickle it", lambda: pickle.loads(pickle.dumps(plan)), [0.05, 0.3]
    yield "generate 300,000 x 20", lambda: clapot.generate(orders=300_000, nodes=20), [0.05, 0.3]
    layout = clapot.Layout.aisles(aisles=20, cells=40, blocks=2)
    for orders in [60, 400, 3_000]:
        table = picks(orders)
        call = lambda table=table: clapot.batch(layout, table, max_orders=8, time_limit=60)  # noqa: E731
        yield f"batch {orders:,}", call, [0.02, 0.3, 1, 3, 8]
    for orders in [1_000, 20_000]:
        tables = backlog(orders)
        select = lambda tables=tables: clapot.select_wave(*tables, min_units=500, max_units=4_000, time_limit=60)  # noqa: E731
        yield f"select_wave {orders:,}", select, [0.05, 0.3, 1, 3, 8]
    waves = clapot.generate(orders=26_000, nodes=2, slack=200)
    floors = clapot.generate_floors(waves)
    routed = clapot.route(waves, work_limit=50_000)
    yield "plan_waves 26,000", lambda: clapot.plan_waves(waves, routed, floors, time_limit=60), [0.05, 0.5, 2, 6, 15, 30]
    if large is not None:
        yield "read the large one", lambda: clapot.Problem.read(large), [0.02, 0.2, 0.8, 1.4]
        problem = clapot.Problem.read(large)
        names = "nodes items stock orders lines services lanes rates exclusions quotes".split()
        tables_of: dict[str, Any] = {name: problem.table(name).to_arrow() for name in names}
        yield "from_tables of it", lambda: clapot.Problem.from_tables(settings=problem.settings, **tables_of), [0.02, 0.3, 0.9]
        yield "route it", lambda: clapot.route(problem, time_limit=60), [0.5, 5, 20]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path, nargs="?")
    parser.add_argument("--only", default="", help="calls whose name has this in it")
    options = parser.parse_args()
    print(f"{'call':26} moments  worst ms  worst s")
    for name, call, moments in calls(options.problem):
        if options.only not in name:
            continue
        found = [result for result in (interrupt(call, after) for after in moments) if result is not None]
        if found:
            late, left = (max(column) for column in zip(*found, strict=True))
            each = " ".join(f"{seconds:.2f}" for _, seconds in found)
            print(f"{name:26} {len(found):7} {late:9.1f} {left:8.2f}   {each}", flush=True)


if __name__ == "__main__":
    main()
