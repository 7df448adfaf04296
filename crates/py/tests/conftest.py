"""What the tests share: small problems, and the program that the command line has."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import clapot

ROOT = Path(__file__).parents[3]
#: Tables of a problem, as `Problem.from_tables` names them.
TABLES = ["nodes", "items", "stock", "orders", "lines", "services", "lanes", "rates", "exclusions", "quotes"]


@pytest.fixture(scope="session")
def problem() -> clapot.Problem:
    """A problem with every rule of the format."""
    return clapot.generate(orders=120, nodes=6, seed=5)


@pytest.fixture(scope="session")
def plan(problem: clapot.Problem) -> clapot.Plan:
    """A plan of it."""
    return clapot.route(problem, work_limit=20_000)


@pytest.fixture(scope="session")
def floors(problem: clapot.Problem) -> clapot.Floors:
    """Floors of it."""
    return clapot.generate_floors(problem, seed=5)


@pytest.fixture(scope="session")
def waves(problem: clapot.Problem, plan: clapot.Plan, floors: clapot.Floors) -> clapot.Plan:
    """The plan with waves."""
    return clapot.plan_waves(problem, plan, floors, work_limit=30_000)


@pytest.fixture(scope="session")
def program() -> Path:
    """The program `clapot`, as `make build` leaves it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = target / "release" / "clapot"
    found = path if path.is_file() else shutil.which("clapot")
    if found is None:
        pytest.fail("the program clapot is not built: run `make build`")
    return Path(found)


@pytest.fixture(scope="session")
def rust_program() -> Path:
    """The example `from_files`, a program in Rust, as `make build` leaves it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    path = target / "release" / "examples" / "from_files"
    if not path.is_file():
        if shutil.which("cargo") is None:
            pytest.skip("the example from_files is not built, and there is no cargo to build it")
        build = ["cargo", "build", "--quiet", "--release", "--workspace", "--features", "highs", "--example", "from_files"]
        subprocess.run(build, check=True, cwd=ROOT)
    return path


def tables(problem: clapot.Problem) -> dict[str, clapot.Table]:
    """All tables of a problem."""
    return {name: problem.table(name) for name in TABLES}


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Python's own handler: a process that a shell has put into the background ignores the signal otherwise."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
