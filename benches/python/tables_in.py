"""Time and memory from the call to a problem in memory: tables of Polars, pandas, PyArrow and DuckDB against the same as files.

    python benches/python/tables_in.py PROBLEM [--runs 3] [--threads 0] [--memory]

PROBLEM is a directory of CSV tables, such as ``clapot generate --orders 1000000 --nodes 40 -o PROBLEM`` writes. Building the
data frames is not part of the time; texts are read as texts, numbers, dates and truth values as what they are. With ``--memory``
each source is read once in a process of its own: what the process holds before the call, the data frames included, its peak
during the call, and what it holds with the problem.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

import clapot

TEXTS = {"order_id", "line_id", "node_id", "sku", "channel", "country", "postcode", "pickup_node", "group", "service_id",
         "carrier", "days", "zone", "postcode_prefix", "timezone", "kind", "cutoff"}
SOURCES = ["CSV", "PyArrow", "Polars", "pandas", "DuckDB", "Parquet"]


def read(path: Path) -> pa.Table:
    """One table as PyArrow reads it."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    types = {name: pa.string() for name in names if name in TEXTS}
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=True)
    return csv.read_csv(path, convert_options=options)


def reader(source: str, problem: Path, threads: int, parent: Path) -> Callable[[], clapot.Problem]:
    """What reads the problem from a source; what is not measured is done before."""
    if source == "CSV":
        return lambda: clapot.Problem.read(problem, threads=threads)
    if source == "Parquet":
        if not (parent / "p").exists():
            clapot.Problem.read(problem).write(parent / "p", format="parquet")
        return lambda: clapot.Problem.read(parent / "p", threads=threads)
    settings = tomllib.loads((problem / "problem.toml").read_text(encoding="utf-8"))
    tables: dict[str, Any] = {path.stem: read(path) for path in sorted(problem.glob("*.csv"))}
    if source == "Polars":
        import polars as pl

        tables = {name: pl.from_arrow(table) for name, table in tables.items()}
    elif source == "pandas":
        tables = {name: table.to_pandas() for name, table in tables.items()}
    elif source == "DuckDB":
        import duckdb

        tables = {name: duckdb.from_arrow(table) for name, table in tables.items()}
    return lambda: clapot.Problem.from_tables(settings=settings, threads=threads, **tables)


def median(runs: int, call: Callable[[], clapot.Problem]) -> float:
    """Median seconds of some calls."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        problem = call()
        seconds.append(time.perf_counter() - start)
        del problem
    return statistics.median(seconds)


def memory_of(word: str) -> int:
    """Megabytes of memory of this process: ``VmRSS`` is what it holds, ``VmHWM`` its peak since that was set back."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(word)) // 1000


def memory(call: Callable[[], clapot.Problem]) -> str:
    """Megabytes before a call, at the peak of it, and after."""
    pa.default_memory_pool().release_unused()
    before = memory_of("VmRSS")
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # sets the peak back
    problem = call()
    text = f"{before:7,} {memory_of('VmHWM'):7,} {memory_of('VmRSS'):7,}"
    return f"{text}   {len(problem):,} orders"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--source", choices=SOURCES, help="memory of this source only, in this process")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        parent = Path(os.environ.setdefault("TABLES_IN_PARENT", name))
        if options.source:
            call = reader(options.source, options.problem, options.threads, parent)
            print(f"{options.source:10} {memory(call)}", flush=True)
            return
        if options.memory:
            print(f"{'MB':10} {'before':>7} {'peak':>7} {'after':>7}", flush=True)
            reader("Parquet", options.problem, options.threads, parent)
            for source in SOURCES:
                words = [sys.executable, __file__, str(options.problem), "--threads", str(options.threads), "--source", source]
                subprocess.run(words, check=True)
            return
        base = 0.0
        for source in SOURCES:
            seconds = median(options.runs, reader(source, options.problem, options.threads, parent))
            base = base or seconds
            print(f"{source:10} {seconds:7.2f} s  {seconds / base:.2f}", flush=True)


if __name__ == "__main__":
    main()
