"""How far `clapot route` runs past its time limit, and how long it goes on after Ctrl-C, on problems made to be hostile.

    python benches/python/overrun.py limits --clapot target/release/clapot --dir hostile
    python benches/python/overrun.py limits --clapot target/release/clapot --dir hostile --runs 20 --load 2
    python benches/python/overrun.py interrupt --clapot target/release/clapot --dir hostile
    python benches/python/overrun.py limits ... --orders 1000,20000,100000,1000000 --limits 5,30
    python benches/python/overrun.py write --dir hostile --only dates

Each hostile problem is legal, follows from the seed alone, and is large in one way: see `KINDS`. `--orders` takes problems that
`clapot generate` writes instead. Every plan is checked: exit code 0 (130 after Ctrl-C), and with `--verify` by `clapot verify`.
`--load N` keeps N processes busy beside each run. Seconds are of the wall; in brackets are the CPU seconds of the
process after that moment, which what else runs on the machine does not change.
Needs Linux and nothing but Python.
"""

import argparse
import datetime
import multiprocessing
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = """format = 1
name = "{name}"
currency = "EUR"
now = "2026-03-02T09:00:00+01:00"

[objective]
split_penalty = "1.00"
late_penalty_per_day = "2.00"
unfilled_penalty = "30"
"""
HEADS = {
    "nodes": "node_id,shipment_cost,line_cost,max_units",
    "items": "sku,weight_g",
    "stock": "node_id,sku,on_hand,available_from",
    "orders": "order_id,country,postcode,deliver_by",
    "lines": "order_id,line_id,sku,qty,divisible,group",
    "services": "service_id,days",
    "lanes": "service_id,node_id,country,postcode_prefix,max_km,zone,transit_days",
    "rates": "service_id,zone,max_g,price,per_kg",
    "quotes": "order_id,node_id,service_id,price,deliver_on",
    "exclusions": "order_id,line_id,node_id",
}


@dataclass
class Tables:
    """The rows of a problem, by table."""

    seed: int
    rows: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in HEADS})

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def add(self, table: str, *cells: object) -> None:
        """Add a row; cells that are not given stay empty."""
        width = HEADS[table].count(",") + 1
        self.rows[table].append(",".join([str(cell) for cell in cells] + [""] * (width - len(cells))))

    def write(self, folder: Path, name: str) -> None:
        """Write the problem directory."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "problem.toml").write_text(SETTINGS.format(name=name))
        for table, rows in self.rows.items():
            if rows or table not in ("quotes", "exclusions"):
                (folder / f"{table}.csv").write_text("\n".join([HEADS[table], *rows]) + "\n")

    def nodes(self, count: int) -> None:
        """Nodes of different costs."""
        for node in range(count):
            self.add("nodes", f"N{node}", f"{self.dice.randint(1, 9)}.50", f"0.{self.dice.randint(10, 99)}")

    def items(self, count: int) -> None:
        """SKUs of different weights."""
        for sku in range(count):
            self.add("items", f"s{sku}", self.dice.randint(50, 3000))

    def stock(self, nodes: int, skus: int, at: int, most: int) -> None:
        """Every SKU at some nodes."""
        for sku in range(skus):
            for node in sorted(self.dice.sample(range(nodes), min(at, nodes))):
                self.add("stock", f"N{node}", f"s{sku}", self.dice.randint(1, most))

    def orders(self, count: int) -> None:
        """Orders to different postcodes."""
        for order in range(count):
            self.add("orders", f"o{order}", "FR", f"{order % 100_000:05}", f"2026-03-{self.dice.randint(3, 9):02}")

    def begin(self, nodes: int, items: int, orders: int, stock: tuple[int, int] | None = None, *, services: bool = True) -> None:
        """Nodes, items and orders; stock of each item at so many nodes, up to so much, and two services, if wanted."""
        self.nodes(nodes)
        self.items(items)
        if stock:
            self.stock(nodes, items, *stock)
        self.orders(orders)
        if services:
            self.two_services()

    def two_services(self) -> None:
        """A slow one by steps and a fast one by the kilogram, to everywhere."""
        for service, zone, days in [("std", "far", 3), ("exp", "z", 1)]:
            self.add("services", service, 12345)
            self.add("lanes", service, "*", "FR", "", "", zone, days)
        for band in [("std", "far", 1000, 5), ("std", "far", 5000, 7), ("std", "far", "", 9, "0.80"), ("exp", "z", "", 12, "1.5")]:
            self.add("rates", *band)


def lanes(t: Tables) -> None:
    """10,000 lanes by postcode, 3,000 destinations, 30 nodes."""
    t.begin(30, 1, 3000, (30, 300), services=False)
    for order in range(3000):
        t.add("lines", f"o{order}", 1, "s0", 1, "false")
    t.add("services", "S", 12345)
    for prefix in range(10_000):
        t.add("lanes", "S", "*", "FR", f"{prefix:05}", "", prefix % 7, 1 + prefix % 3)
    t.add("lanes", "S", "*", "FR", "", "", 0, 2)
    for zone in range(7):
        t.add("rates", "S", zone, "", 5 + zone, "0.50")


def dates(t: Tables) -> None:
    """40 SKUs that come on 100 days each to one node, no two on one day, 20 orders of all of them."""
    t.begin(1, 40, 20)
    days = t.dice.sample(range(4000), 4000)
    for sku in range(40):
        t.add("stock", "N0", f"s{sku}", 1)
        for day in days[100 * sku : 100 * (sku + 1)]:
            t.add("stock", "N0", f"s{sku}", 1, day_after(day))
    for order in range(20):
        for sku in range(40):
            t.add("lines", f"o{order}", sku, f"s{sku}", 1, "false")


def nodes(t: Tables) -> None:
    """20,000 nodes, each SKU at 4,000 of them, 500 orders."""
    t.begin(20_000, 50, 500, (4000, 3))
    some_lines(t, 500, 50, 1, 4)


def services(t: Tables) -> None:
    """5,000 services to everywhere, 1,000 orders, 10 nodes."""
    t.begin(10, 200, 1000, (4, 9), services=False)
    some_lines(t, 1000, 200, 1, 4)
    for service in range(5000):
        t.add("services", f"S{service}", 12345)
        t.add("lanes", f"S{service}", "*", "FR", "", "", "z", 1 + service % 5)
        t.add("rates", f"S{service}", "z", "", f"{t.dice.randint(4, 30)}.{t.dice.randint(10, 99)}", f"0.{t.dice.randint(10, 99)}")


def receipts(t: Tables) -> None:
    """5,000 stock rows of one SKU, each of its own day and node, 50 orders."""
    t.begin(5, 1, 50)
    for node in range(5):
        for day in range(1000):
            t.add("stock", f"N{node}", "s0", 1, day_after(5 * day + node))
    for order in range(50):
        for line in range(3):
            t.add("lines", f"o{order}", line, "s0", t.dice.randint(1, 9), "false")


def large_order(t: Tables, divisible: str) -> None:
    """One order of 5,000 lines, each SKU at 4 of 10 nodes."""
    t.begin(10, 5000, 1, (4, 9))
    for sku in range(5000):
        t.add("lines", "o0", sku, f"s{sku}", t.dice.randint(1, 6), divisible)


def divisible(t: Tables) -> None:
    """One order of 5,000 divisible lines."""
    large_order(t, "true")


def whole(t: Tables) -> None:
    """One order of 5,000 lines that ship whole."""
    large_order(t, "false")


def one_sku(t: Tables) -> None:
    """One order of 3,000 lines of one SKU, and 300 of 8 lines of it."""
    t.begin(10, 1, 301)
    for node in range(10):
        t.add("stock", f"N{node}", "s0", 400)
    for order, count in [(0, 3000), *((order, 8) for order in range(1, 301))]:
        for line in range(count):
            t.add("lines", f"o{order}", line, "s0", t.dice.randint(1, 4), "false")


def quotes(t: Tables) -> None:
    """400,000 quotes: 1,000 orders, 20 nodes, 20 services."""
    t.begin(20, 300, 1000, (12, 9), services=False)
    some_lines(t, 1000, 300, 1, 8)
    for order in range(1000):
        for node in range(20):
            for service in range(20):
                price = f"{t.dice.randint(3, 40)}.{t.dice.randint(10, 99)}"
                t.add("quotes", f"o{order}", f"N{node}", f"q{service}", price, f"2026-03-{t.dice.randint(3, 12):02}")


def cuts(t: Tables) -> None:
    """3,000 orders of large quantities of few, scarce SKUs: each stock row is a knapsack of hundreds of lines."""
    t.begin(20, 10, 3000)
    for sku in range(10):
        for node in range(20):
            t.add("stock", f"N{node}", f"s{sku}", t.dice.randint(200, 500))
    for order in range(3000):
        for line, sku in enumerate(t.dice.sample(range(10), t.dice.randint(1, 3))):
            t.add("lines", f"o{order}", line, f"s{sku}", t.dice.randint(7, 60), "false")


def groups(t: Tables) -> None:
    """One order of 20 groups of 250 lines each."""
    t.begin(10, 5000, 1, (10, 9))
    for sku in range(5000):
        t.add("lines", "o0", sku, f"s{sku}", 1, "false", f"g{sku % 20}")


def twelve(t: Tables) -> None:
    """2,000 orders of 12 lines, 30 nodes: the largest orders of which every subset is priced."""
    t.begin(30, 1000, 2000, (15, 9))
    some_lines(t, 2000, 1000, 12, 12)


def excluded(t: Tables) -> None:
    """500 orders of 12 lines, each line excluded from 20 of 40 nodes, and 300 orders from them too."""
    t.begin(40, 500, 500, (30, 9))
    some_lines(t, 500, 500, 12, 12)
    for order in range(500):
        for line in range(12):
            for node in t.dice.sample(range(40), 20):
                t.add("exclusions", f"o{order}", line, f"N{node}")


def day_after(days: int) -> str:
    """A day so many days after the first of 2027."""
    return str(datetime.date(2027, 1, 1) + datetime.timedelta(days))


def some_lines(t: Tables, orders: int, skus: int, least: int, most: int) -> None:
    """Lines of different SKUs for each order."""
    for order in range(orders):
        for line, sku in enumerate(t.dice.sample(range(skus), t.dice.randint(least, most))):
            t.add("lines", f"o{order}", line, f"s{sku}", t.dice.randint(1, 4), "false")


KINDS: list[Callable[[Tables], None]] = [
    lanes,
    dates,
    nodes,
    services,
    receipts,
    divisible,
    whole,
    one_sku,
    quotes,
    cuts,
    groups,
    twelve,
    excluded,
]


@dataclass
class Run:
    """What one run took after the moment that should have ended it, and what it ended with."""

    wall: float
    cpu: float
    code: int


def cpu_of(pid: int) -> float:
    """CPU seconds of a process that runs, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(command: list[str], moment: float, interrupt: bool, patience: float) -> Run | None:
    """Run a command past a moment (seconds from its start), which may be when it is interrupted; nothing where it was done before it
    could be. Killed when patience ends."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killer = threading.Timer(patience, process.kill)
    killer.start()
    spent: float | None = None
    ended, status, usage = 0, 0, None
    while not ended:
        left = start + moment - time.monotonic()
        if spent is None and left <= 0:
            spent = cpu_of(process.pid)
            if interrupt:
                process.send_signal(signal.SIGINT)
        ended, status, usage = os.wait4(process.pid, 0 if spent is not None else os.WNOHANG)
        if not ended:
            time.sleep(min(0.002, max(left, 0)))
    wall = time.monotonic() - start
    killer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if interrupt and process.returncode == 0:
        return None
    cpu = usage.ru_utime + usage.ru_stime - spent if spent is not None and usage is not None else 0.0
    return Run(wall - moment, max(cpu, 0.0), process.returncode)


def burn() -> None:
    """Keep a core busy."""
    while True:
        pass


def problems(options: argparse.Namespace) -> Iterable[tuple[str, Path]]:
    """Name and directory of every problem, written where it is not there yet."""
    if options.orders:
        for count in options.orders.split(","):
            folder = options.dir / f"orders-{count}"
            if not folder.exists():
                generate = [options.clapot, "generate", "--orders", count, "--nodes", "30", "--seed", str(options.seed), "-o", folder]
                subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
            yield f"{int(count):,} orders", folder
        return
    for kind in KINDS:
        if options.only and kind.__name__ not in options.only.split(","):
            continue
        folder = options.dir / f"{kind.__name__}-{options.seed}"
        if not folder.exists():
            tables = Tables(options.seed)
            kind(tables)
            tables.write(folder, kind.__name__)
        yield kind.__name__, folder


def measure(options: argparse.Namespace) -> bool:
    """Print a line for every problem and limit, the median and the worst of the runs; whether all plans were as they should be."""
    good = True
    after_signal = options.what == "interrupt"
    what = "after Ctrl-C" if after_signal else "past the limit"
    print(f"{'problem':18} {'limit':>6} runs  seconds {what}: median worst  [CPU median worst]  codes", flush=True)
    for name, folder in problems(options):
        for limit in (float(text) for text in options.limits.split(",")):
            plan = options.dir / "plan"
            command = [options.clapot, "route", folder, "-o", plan, "--threads", str(options.threads), "-q"]
            command += [] if after_signal else ["--time-limit", f"{limit}s"]
            found: list[Run] = []
            for number in range(options.runs):
                shutil.rmtree(plan, ignore_errors=True)
                moment = limit * (number + 1) / options.runs if after_signal else limit
                result = run([str(part) for part in command], moment, after_signal, options.patience)
                if result is None:
                    continue
                found.append(result)
                if options.verify and plan.exists():
                    check = [options.clapot, "verify", folder, plan, "--no-bound"]
                    good &= subprocess.run([str(part) for part in check], stdout=subprocess.DEVNULL, check=False).returncode == 0
            if not found:
                print(f"{name:18} {limit:6} was done before", flush=True)
                continue
            walls, cpus = [r.wall for r in found], [r.cpu for r in found]
            codes = sorted({r.code for r in found})
            good &= codes == [130 if after_signal else 0]
            median, of_cpu = statistics.median(walls), statistics.median(cpus)
            cpu = f"[{of_cpu:6.2f} {max(cpus):6.2f}]"
            print(f"{name:18} {limit:6} {len(found):4}  {median:6.2f} {max(walls):6.2f}  {cpu}  {codes}", flush=True)
    return good


def main() -> int:
    """Write problems, or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["limits", "interrupt", "write"])
    parser.add_argument("--dir", type=Path, required=True, help="where problems and plans are kept")
    parser.add_argument("--clapot", default="clapot", help="the program")
    parser.add_argument("--limits", default="0.1,1,5", help="time limits, or with `interrupt` seconds up to which Ctrl-C comes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--load", type=int, default=0, help="processes that keep a core busy each")
    parser.add_argument("--patience", type=float, default=120, help="seconds after which a run is killed (code -9)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds, by commas")
    parser.add_argument("--orders", default="", help="generated problems of so many orders instead, by commas")
    parser.add_argument("--verify", action="store_true", help="verify every plan")
    options = parser.parse_args()
    if options.what == "write":
        for name, folder in problems(options):
            print(f"{name}: {folder}")
        return 0
    burners = [multiprocessing.Process(target=burn, daemon=True) for _ in range(options.load)]
    for burner in burners:
        burner.start()
    good = measure(options)
    for burner in burners:
        burner.terminate()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
