"""Postgres in and out: read a problem from a database, route it, and write the plan back. No file in between.

    python postgres.py postgresql://user@host/database [SECONDS]

The tables `nodes`, `items`, `stock`, `orders`, `lines`, `services`, `lanes` and `rates`, and where they are there `exclusions` and
`quotes`, have the columns of the file format; money may be `numeric`. `settings` has the columns `key` and `value`, with keys such as
`now` and `objective.unfilled_penalty`. The plan goes to `plan_assignments`, `plan_shipments`, `plan_unfilled` and `plan_prices`.

Needs `adbc-driver-postgresql` and `pyarrow`.
"""

import sys

import adbc_driver_postgresql.dbapi
from adbc_driver_manager.dbapi import Connection

import clapot

NEEDED = ["nodes", "items", "stock", "orders", "lines", "services", "lanes", "rates"]
OPTIONAL = ["exclusions", "quotes"]
RESULTS = ["assignments", "shipments", "unfilled", "prices"]


def read(connection: Connection) -> clapot.Problem:
    """Read the problem. Rows keep the order of their keys, so that the same rows make the same problem."""
    with connection.cursor() as cursor:
        cursor.execute("select table_name::text from information_schema.tables where table_schema = current_schema()")
        there = set(cursor.fetch_arrow_table().column(0).to_pylist())
        cursor.execute("select key::text, value::text from settings")
        settings: dict[str, object] = {}
        for key, value in cursor.fetchall():
            inner = settings
            *path, last = key.split(".")
            for name in path:
                inner = inner.setdefault(name, {})  # type: ignore[assignment]
            inner[last] = value
        tables = {}
        for name in NEEDED + [name for name in OPTIONAL if name in there]:
            # Lanes are ranked by their order, so they have a column `position` to sort by.
            order = "position" if name == "lanes" else "1, 2"
            columns = columns_of(cursor, name)
            cursor.execute(f'select {columns} from "{name}" order by {order}')  # noqa: S608
            tables[name] = cursor.fetch_arrow_table()
    return clapot.Problem.from_tables(settings=settings, **tables)


def columns_of(cursor: adbc_driver_postgresql.dbapi.Cursor, table: str) -> str:
    """The columns of a table but its position."""
    cursor.execute(
        "select column_name::text from information_schema.columns "
        "where table_schema = current_schema() and table_name = $1 order by ordinal_position",
        (table,),
    )
    names = [name for (name,) in cursor.fetchall() if name != "position"]
    return ", ".join(f'"{name}"' for name in names)


def write(connection: Connection, plan: clapot.Plan) -> None:
    """Write the plan in one transaction: the tables change together, or not at all."""
    with connection.cursor() as cursor:
        for name in RESULTS:
            cursor.adbc_ingest(f"plan_{name}", getattr(plan, name).to_arrow(), mode="replace")
    connection.commit()


def main(uri: str, seconds: float) -> clapot.Plan:
    """Read, route, write."""
    with adbc_driver_postgresql.dbapi.connect(uri) as connection:
        problem = read(connection)
        plan = clapot.route(problem, time_limit=seconds)
        write(connection, plan)
    print(plan)
    return plan


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60.0)
