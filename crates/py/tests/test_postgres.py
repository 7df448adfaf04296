"""The Postgres example against a real server, which the test starts and stops. Without one it is skipped, and says so."""

import os
import pwd
import runpy
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, TABLES

import clapot

EXAMPLE = ROOT / "examples" / "python" / "postgres.py"


def server_programs() -> Path | None:
    """The directory of `initdb` and `postgres`: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a fresh server on this machine."""
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine (initdb, postgres): install the package postgresql to run this test")
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        try:
            pwd.getpwnam(user)
        except KeyError:
            pytest.skip("this runs as root, and there is no user `postgres` for the server")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        if user is not None:
            shutil.chown(home, user)
        data = home / "data"
        run: dict[str, Any] = {"check": True, "capture_output": True, "user": user, "cwd": home}
        subprocess.run([programs / "initdb", "-D", data, "-A", "trust", "-U", "clapot", "--no-sync"], **run)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = ["-p", str(port), "-k", str(home), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options], user=user, cwd=home, stdout=log, stderr=log
            )
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            else:
                pytest.fail((home / "log").read_text())
            yield f"postgresql://clapot@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(2)
            process.wait(timeout=30)


def test_postgres_in_and_out(server: str) -> None:
    import adbc_driver_postgresql.dbapi

    problem = clapot.generate(orders=150, nodes=5, seed=11)
    settings = problem.settings
    objective = settings.pop("objective")
    rows = settings | {f"objective.{key}": value for key, value in objective.items()}
    with adbc_driver_postgresql.dbapi.connect(server) as connection:
        with connection.cursor() as cursor:
            cursor.execute("create table settings (key text primary key, value text)")
            for key, value in rows.items():
                cursor.execute("insert into settings values ($1, $2)", (key, str(value)))
            for name in TABLES:
                table = problem.table(name).to_arrow()
                if name == "lanes":
                    table = table.append_column("position", [list(range(table.num_rows))])
                cursor.adbc_ingest(name, table, mode="create")
        connection.commit()
    example = runpy.run_path(str(EXAMPLE))
    with adbc_driver_postgresql.dbapi.connect(server) as connection:
        same = example["read"](connection)
    assert repr(same) == repr(problem)
    plan = example["main"](server, 5.0)
    assert clapot.verify(same, plan)
    with adbc_driver_postgresql.dbapi.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*), sum(transport + handling + late)::text from plan_shipments")
        count, cost = cursor.fetchall()[0]
        assert count == len(plan.shipments)
        parts = plan.cost
        assert plan.shipments.name == "shipments"
        assert float(cost) == pytest.approx(float(parts["transport"] + parts["handling"] + parts["late"]))
    example["main"](server, 1.0)  # a second run replaces the tables
