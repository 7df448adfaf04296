"""A long call: progress, stopping, threads, forks. Ctrl-C is in `test_interrupt.py`."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

import clapot


@pytest.fixture(scope="module")
def large() -> clapot.Problem:
    """A problem that no machine finishes in the time of a test."""
    return clapot.generate(orders=6_000, nodes=20, seed=2)


def test_progress_tells_phases_and_figures(problem: clapot.Problem) -> None:
    seen: list[clapot.Progress] = []
    plan = clapot.route(problem, work_limit=20_000, on_progress=seen.append)
    assert seen and all(isinstance(news, clapot.Progress) for news in seen)
    assert seen[-1].phase == "verify"
    totals = [news.total for news in seen if news.total is not None]
    assert totals and min(totals) >= plan.bound
    assert [news.seconds for news in seen] == sorted(news.seconds for news in seen)


def test_a_callback_that_returns_false_gets_the_best_plan(large: clapot.Problem) -> None:
    start = time.monotonic()
    plan = clapot.route(large, time_limit=60, on_progress=lambda news: news.total is None)
    assert time.monotonic() - start < 30
    assert plan.limit == "interrupted"
    assert clapot.verify(large, plan, bound=False)


def test_patience_ends_a_run_that_stands_still(large: clapot.Problem, problem: clapot.Problem) -> None:
    plan = clapot.route(large, patience=1e-6)
    assert plan.limit == "stalled"
    assert clapot.verify(large, plan, bound=False)
    assert clapot.route(problem, patience=1e9, work_limit=5_000).limit == "work"
    with pytest.raises(clapot.OptionError):
        clapot.route(problem, patience=0)


def test_what_only_counts_as_false_does_not_stop(problem: clapot.Problem) -> None:
    assert clapot.route(problem, work_limit=5_000, on_progress=lambda news: 0).limit != "interrupted"


def test_an_exception_of_a_callback_comes_out(large: clapot.Problem) -> None:
    def fail(news: clapot.Progress) -> None:
        raise LookupError(news.phase)

    start = time.monotonic()
    with pytest.raises(LookupError):
        clapot.route(large, time_limit=60, on_progress=fail)
    assert time.monotonic() - start < 10


def test_a_callback_is_asked_again_while_there_is_no_news(large: clapot.Problem) -> None:
    """So that it can stop a call in the middle of a long step."""
    seen: list[clapot.Progress] = []
    clapot.route(large, time_limit=4, on_progress=seen.append)
    waits = [b.seconds - a.seconds for a, b in zip(seen, seen[1:], strict=False)]
    assert len(seen) > 10 and max(waits) < 1.0
    assert [news.seconds for news in seen] == sorted(news.seconds for news in seen)


def batch_of_many(**options: Any) -> clapot.Batches:
    """Batches of which nobody proves the best."""
    layout = clapot.Layout.aisles(aisles=12, cells=30, blocks=2)
    rows = range(1_500)
    picks = pa.table({
        "order_id": [f"o{n // 3}" for n in rows],
        "aisle": [1 + n * 7919 % 12 for n in rows],
        "cell": [1 + n * 104_729 % 30 for n in rows],
    })
    return clapot.batch(layout, picks, max_orders=6, **options)


def select_of_many(**options: Any) -> clapot.Selection:
    """A wave of which nobody proves the best at once."""
    rows = range(40_000)
    orders = pa.table({
        "order_id": [f"o{n // 4}" for n in rows],
        "sku": [f"s{n * 7919 % 3001 + n % 4 * 3001}" for n in rows],
        "qty": [1 + n % 3 for n in rows],
    })
    stock = range(12_004 * 3)
    aisles = pa.table({
        "aisle_id": [f"a{n * 104_729 % 199}" for n in stock],
        "sku": [f"s{n // 3}" for n in stock],
        "qty": [3 + n % 9 for n in stock],
    })
    aisles = aisles.group_by(["aisle_id", "sku"]).aggregate([("qty", "sum")]).rename_columns(["aisle_id", "sku", "qty"])
    return clapot.select_wave(orders, aisles, min_units=500, max_units=4_000, **options)


@pytest.mark.parametrize("call", [batch_of_many, select_of_many])
def test_batches_and_selections_stop_with_the_best_so_far(call: Callable[..., Any]) -> None:
    seen: list[clapot.Progress] = []

    def until_there_is_one(news: clapot.Progress) -> bool:
        seen.append(news)
        return news.total is None

    start = time.monotonic()
    found = call(time_limit=60, on_progress=until_there_is_one)
    assert time.monotonic() - start < 30
    assert found.limit == "interrupted" and len(found) > 0
    last = seen[-1].total
    assert last is not None
    if isinstance(found, clapot.Batches):
        assert found.metres <= last
        assert sorted(found.batches["order_id"]) == sorted(f"o{n}" for n in range(500))
    else:
        assert found.ratio is not None and found.ratio >= float(last)
        assert 500 <= found.units <= 4_000


def test_progress_of_batches_is_in_the_unit_of_the_objective() -> None:
    for objective in ["distance", "time"]:
        seen: list[clapot.Progress] = []
        found = batch_of_many(objective=objective, work_limit=3_000_000, on_progress=seen.append)
        totals = [news.total for news in seen if news.total is not None]
        assert totals == sorted(totals, reverse=True)
        assert totals[-1] == (found.seconds if objective == "time" else found.metres)


def test_progress_of_a_selection_gives_ratio_and_bound() -> None:
    orders = pa.table({"order_id": ["a", "b", "c"], "sku": ["x", "y", "z"], "qty": [3, 2, 4]})
    aisles = pa.table({"aisle_id": ["1", "1", "2"], "sku": ["x", "y", "z"], "qty": [9, 9, 9]})
    seen: list[clapot.Progress] = []
    found = clapot.select_wave(orders, aisles, max_units=9, on_progress=seen.append)
    assert seen and float(seen[-1].total or 0) == found.ratio
    assert all(news.gap is None or 0 <= news.gap <= 1 for news in seen)


def test_waves_stop_with_the_best_so_far() -> None:
    problem = clapot.generate(orders=3_000, nodes=2, slack=200)
    floors = clapot.generate_floors(problem)
    plan = clapot.route(problem, work_limit=10_000)
    seen: list[str] = []

    def until_it_improves(news: clapot.Progress) -> bool:
        seen.append(news.phase)
        return news.phase != "improve"

    start = time.monotonic()
    made = clapot.plan_waves(problem, plan, floors, time_limit=6, on_progress=until_it_improves)
    assert time.monotonic() - start < 15
    assert {"waves", "schedule", "improve"} <= set(seen)
    assert made.figures is not None and made.figures["limit"] == "interrupted"
    assert clapot.verify(problem, made, bound=False)


def test_other_threads_go_on_meanwhile(large: clapot.Problem) -> None:
    """The lock of the interpreter is free while a call runs."""
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    clapot.route(large, time_limit=1.0)
    done.set()
    thread.join()
    assert turns > 50


def test_other_threads_have_turns_while_a_table_becomes_dictionaries() -> None:
    lines = clapot.generate(orders=100_000, nodes=5, plain=True).table("lines")
    turns: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.is_set():
            turns.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    # Without turns there is at most one in each call, while it begins or ends. On a busy machine a thread that could have one may sleep.
    calls, attempts, most = 5, 8, 0
    for _ in range(attempts):
        within = []
        for _ in range(calls):
            start = time.monotonic()
            rows = lines.to_dicts()
            within.append((start, time.monotonic()))
            assert len(rows) == len(lines)
        most = max(most, sum(start < turn < end for turn in turns for start, end in within))
        if most > 2 * calls:
            break
    done.set()
    thread.join()
    assert most > 2 * calls


def test_calls_run_side_by_side(problem: clapot.Problem) -> None:
    plans: list[clapot.Plan] = []
    run = lambda: plans.append(clapot.route(problem, work_limit=5_000, threads=1))  # noqa: E731
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({plan.total for plan in plans}) == 1 and len(plans) == 4


def test_a_fork_after_use_does_not_hang() -> None:
    """A child of a fork uses the package too: there is no pool that lost its threads."""
    code = """
        import os, sys, clapot
        problem = clapot.generate(orders=3_000, nodes=10)
        first = clapot.route(problem, work_limit=5_000)
        child = os.fork()
        if child == 0:
            same = clapot.route(problem, work_limit=5_000).total == first.total
            tables = clapot.Problem.from_tables(
                settings=problem.settings,
                **{n: problem.table(n) for n in "nodes items stock orders lines services lanes rates".split()},
            )
            os._exit(0 if same and len(tables) == 3_000 else 1)
        _, status = os.waitpid(child, 0)
        sys.exit(os.waitstatus_to_exitcode(status))
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=120)


def test_multiprocessing_takes_problems_and_plans(problem: clapot.Problem) -> None:
    code = """
        import clapot
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        def total(seed):
            return clapot.route(problem, work_limit=2_000, seed=seed, threads=1)

        problem = clapot.generate(orders=100, nodes=5)
        if __name__ == "__main__":
            clapot.route(problem, work_limit=1_000)
            with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
                plans = list(pool.map(total, [1, 2]))
            assert all(clapot.verify(problem, plan) for plan in plans)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=120)


def test_a_stopped_call_leaves_the_process_able_to_end() -> None:
    code = """
        import clapot, os, signal, threading
        problem = clapot.generate(orders=6_000, nodes=20, seed=2)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            clapot.route(problem, time_limit=60)
        except KeyboardInterrupt:
            print("stopped")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "stopped\n", done.stderr
    assert done.returncode == 0


def lines_of_memory() -> Iterator[int]:
    """Resident kilobytes, read again each time."""
    while True:
        with open("/proc/self/statm", encoding="ascii") as file:
            yield int(file.read().split()[1]) * 4


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_kept_after_a_call(problem: clapot.Problem) -> None:
    frames = {n: problem.table(n).to_arrow() for n in "nodes items stock orders lines services lanes rates".split()}
    memory = lines_of_memory()
    for _ in range(20):
        clapot.Problem.from_tables(settings=problem.settings, **frames)
    before = next(memory)
    for _ in range(200):
        clapot.Problem.from_tables(settings=problem.settings, **frames)
    assert next(memory) - before < 30_000
