"""Time from the call to a problem in memory: tables of Polars, pandas, PyArrow and DuckDB against the same as CSV and Parquet.

    python benches/python/tables_in.py PROBLEM [--runs 3] [--threads 0]

PROBLEM is a directory of CSV tables, such as ``clapot generate --orders 1000000 --nodes 40 -o PROBLEM`` writes. Building the
data frames is not part of the time; texts are read as texts, numbers, dates and truth values as what they are.
"""

import argparse
import statistics
import tempfile
import time
import tomllib
from pathlib import Path

import clapot
import pyarrow as pa
from pyarrow import csv

TEXTS = {"order_id", "line_id", "node_id", "sku", "channel", "country", "postcode", "pickup_node", "group", "service_id",
         "carrier", "days", "zone", "postcode_prefix", "timezone", "kind", "cutoff"}


def read(path: Path) -> pa.Table:
    """One table as PyArrow reads it."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    types = {name: pa.string() for name in names if name in TEXTS}
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=True)
    return csv.read_csv(path, convert_options=options)


def median(runs: int, call) -> float:
    """Median seconds of some calls."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        problem = call()
        seconds.append(time.perf_counter() - start)
        del problem
    return statistics.median(seconds)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    settings = tomllib.loads((options.problem / "problem.toml").read_text(encoding="utf-8"))
    arrow = {path.stem: read(path) for path in sorted(options.problem.glob("*.csv"))}
    print(f"{len(arrow['orders']):,} orders, {len(arrow['lines']):,} lines, {len(arrow['stock']):,} rows of stock")

    base = median(options.runs, lambda: clapot.Problem.read(options.problem, threads=options.threads))
    print(f"{'CSV':10} {base:7.2f} s  1.00")

    def show(name: str, tables) -> None:
        call = lambda: clapot.Problem.from_tables(settings=settings, threads=options.threads, **tables)  # noqa: E731
        seconds = median(options.runs, call)
        print(f"{name:10} {seconds:7.2f} s  {seconds / base:.2f}", flush=True)

    show("PyArrow", arrow)
    import polars as pl

    show("Polars", {name: pl.from_arrow(table) for name, table in arrow.items()})
    show("pandas", {name: table.to_pandas() for name, table in arrow.items()})
    import duckdb

    show("DuckDB", {name: duckdb.from_arrow(table) for name, table in arrow.items()})
    with tempfile.TemporaryDirectory() as parent:
        clapot.Problem.read(options.problem).write(Path(parent) / "p", format="parquet")
        seconds = median(options.runs, lambda: clapot.Problem.read(Path(parent) / "p", threads=options.threads))
        print(f"{'Parquet':10} {seconds:7.2f} s  {seconds / base:.2f}")


if __name__ == "__main__":
    main()
