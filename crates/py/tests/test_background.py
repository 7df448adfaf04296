"""Runs that are watched and stopped: in the background, in the log, by Ctrl-C, and rules that serve every order."""

import asyncio
import logging
import os
import signal
import threading
import time
import typing

import polars as pl
import pytest

import clapot


@pytest.fixture(scope="module")
def large() -> clapot.Problem:
    """A problem that no machine finishes in the time of a test."""
    return clapot.generate(orders=3_000, nodes=15, seed=2)


def until_there_is_a_plan(news: clapot.Progress) -> bool:
    return news.total is None


def test_a_run_in_the_background_is_stopped_with_its_plan(large: clapot.Problem) -> None:
    run = clapot.start_route(large, time_limit=120)
    assert run.plan is None and not run.done
    with pytest.raises(TimeoutError):
        run.wait(0.01)
    while run.progress is None or run.progress.total is None:
        time.sleep(0.01)
    assert "Run(" in repr(run)
    run.stop()
    plan = run.wait(60)
    assert run.done and run.plan is plan and repr(run) == "Run(done)"
    assert plan.limit == "interrupted"
    assert clapot.verify(large, plan, bound=False)


def test_a_run_can_be_awaited_beside_others(problem: clapot.Problem) -> None:
    async def both() -> list[clapot.Plan]:
        runs = [clapot.start_route(problem, work_limit=2_000, seed=seed) for seed in (1, 2)]
        return [await run for run in runs]

    plans = asyncio.run(both())
    assert all(clapot.verify(problem, plan) for plan in plans)
    assert plans[0].total == clapot.route(problem, work_limit=2_000).total


def test_a_cancelled_task_stops_its_run(large: clapot.Problem) -> None:
    run = clapot.start_route(large, time_limit=120)

    async def cancelled() -> None:
        async with asyncio.timeout(0.2):
            await run

    with pytest.raises(TimeoutError):
        asyncio.run(cancelled())
    assert run.wait(60).limit == "interrupted"


def test_what_goes_wrong_in_the_background_is_raised(problem: clapot.Problem) -> None:
    run = clapot.start_route(problem, gap=2.0)
    with pytest.raises(clapot.OptionError):
        run.wait(60)
    with pytest.raises(clapot.OptionError):
        run.plan  # noqa: B018


def test_ctrl_c_keeps_the_plan_where_that_is_asked_for(large: clapot.Problem) -> None:
    sent: list[clapot.Progress] = []

    def send(news: clapot.Progress) -> None:
        if news.total is not None and not sent:
            sent.append(news)
            os.kill(os.getpid(), signal.SIGINT)

    plan = clapot.route(large, time_limit=120, on_progress=send, on_interrupt="return")
    assert plan.limit == "interrupted" and sent
    assert clapot.verify(large, plan, bound=False)
    with pytest.raises(clapot.OptionError, match="on_interrupt must be 'raise' or 'return'"):
        clapot.route(large, on_interrupt="keep")  # type: ignore[arg-type]


def test_ctrl_c_in_the_middle_keeps_the_plan(large: clapot.Problem) -> None:
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    plan = clapot.route(large, time_limit=120, on_interrupt="return")
    timer.join()
    assert plan.limit == "interrupted" and plan.seconds < 60
    assert clapot.verify(large, plan, bound=False)


def test_a_run_tells_the_log(problem: clapot.Problem, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="clapot"):
        plan = clapot.route(problem, work_limit=5_000, log=True)
    told = [record.getMessage() for record in caplog.records]
    assert {record.name for record in caplog.records} == {"clapot"}
    assert any("cost" in line and "gap" in line for line in told)
    assert any("verify" in line for line in told)
    assert len(told) <= len(plan.history)
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="clapot"):
        clapot.route(problem, work_limit=1_000, log=False)
    assert not caplog.records
    with pytest.raises(clapot.OptionError, match="log must be"):
        clapot.route(problem, log=-1)


def test_the_history_is_a_table(problem: clapot.Problem) -> None:
    plan = clapot.route(problem, work_limit=20_000)
    history = plan.history
    assert history.columns == ["phase", "seconds", "total", "bound", "gap"]
    totals = [total for total in history["total"] if total is not None]
    assert totals and min(totals) >= plan.bound
    assert history["seconds"] == sorted(history["seconds"])
    first = history["total"].index(totals[0])
    assert None not in history["total"][first:], "what was known stays known"
    assert history.to_pandas()["seconds"].is_monotonic_increasing
    assert len(clapot.price(problem, plan.assignments).plan.history) == 0


def test_news_are_rows_of_a_frame(problem: clapot.Problem) -> None:
    seen: list[clapot.Progress] = []
    clapot.route(problem, work_limit=5_000, on_progress=seen.append)
    hints = typing.get_type_hints(clapot.Progress)
    assert list(hints) == ["phase", "seconds", "total", "bound"]
    assert pl.DataFrame(seen).columns == ["phase", "seconds", "total", "bound"]
    known = [news.total is not None for news in seen]
    assert known == sorted(known), "a total that was known is never lost"


@pytest.mark.filterwarnings("ignore:W524")
@pytest.mark.parametrize("method", ["priority", "distance", "fewest-splits", "cheapest"])
def test_a_rule_is_never_cut_off_in_its_pass(large: clapot.Problem, method: typing.Any) -> None:
    whole = clapot.route(large, method=method, bound=False)
    cut = clapot.route(large, method=method, bound=False, time_limit=0.001)
    assert cut.total == whole.total
    assert cut.assignments == whole.assignments


def test_a_plan_without_a_proof_states_what_is_certain(problem: clapot.Problem) -> None:
    plain, proved = (clapot.route(problem, method="cheapest", bound=bound) for bound in (False, True))
    assert plain.total == proved.total and plain.assignments == proved.assignments
    assert plain.bound <= proved.bound and len(plain.prices) == 0
    assert plain.limit is None
    found = clapot.verify(problem, plain)
    assert found and found.bound is not None and found.bound >= plain.bound


def test_threads_are_no_more_than_there_are_cores(problem: clapot.Problem) -> None:
    most = []

    def count(news: clapot.Progress) -> None:
        most.append(sum(1 for _ in os.scandir("/proc/self/task")))

    before = sum(1 for _ in os.scandir("/proc/self/task"))
    clapot.route(problem, threads=900, work_limit=3_000, on_progress=count)
    # Those of the pool, and the thread of the call.
    assert max(most) <= before + (os.cpu_count() or 1) + threading.active_count() + 2
    with pytest.raises(clapot.OptionError):
        clapot.route(problem, threads=5_000)
