"""A route that runs in the background."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from clapot._clapot import Plan, route
from clapot._progress import Progress

if TYPE_CHECKING:
    from clapot._clapot import Problem, _Method


class RouteOptions(TypedDict, total=False):
    """Options of a route."""

    time_limit: float | None
    work_limit: int | None
    patience: float | None
    gap: float
    threads: int
    seed: int
    method: _Method
    start: Any
    pins: Any
    exclusions: Any
    bound: bool
    log: bool | float | None


class Run:
    """A route in a thread of its own, as :func:`start_route` begins it. ``await run`` gives the plan.

    Attributes
    ----------
    progress : Progress or None
        The latest news.
    """

    progress: Progress | None

    def __init__(self, problem: Problem, on_progress: Callable[[Progress], object] | None, options: RouteOptions) -> None:
        """Begin."""
        self.progress = None
        self._stop = False
        self._plan: Plan | None = None
        self._error: BaseException | None = None
        self._done = threading.Event()
        self._told = on_progress
        # A daemon: a process that ends does not wait for it.
        thread = threading.Thread(target=self._work, args=(problem, options), name="clapot-route", daemon=True)
        thread.start()

    def _work(self, problem: Problem, options: RouteOptions) -> None:
        try:
            self._plan = route(problem, on_progress=self._hear, **options)
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def _hear(self, news: Progress) -> bool | None:
        self.progress = news
        wanted = self._told(news) if self._told is not None else None
        return False if self._stop or wanted is False else None

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self._done.is_set()

    def stop(self) -> None:
        """Ask it to end with the best plan so far; :meth:`wait` gives that."""
        self._stop = True

    def wait(self, timeout: float | None = None) -> Plan:
        """Wait for the plan.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.

        Returns
        -------
        Plan

        Raises
        ------
        TimeoutError
            It has not ended by then.
        """
        if not self._done.wait(timeout):
            raise TimeoutError(f"the route has not ended after {timeout} s")
        if self._error is not None:
            raise self._error
        if self._plan is None:
            raise RuntimeError("the route ended without a plan")
        return self._plan

    @property
    def plan(self) -> Plan | None:
        """The plan, once it has ended; ``None`` before. What went wrong is raised."""
        return self.wait() if self.done else None

    def __await__(self) -> Generator[Any, None, Plan]:
        """Wait for the plan without holding up the loop; where the task is cancelled, the run ends soon."""
        return self._awaited().__await__()

    async def _awaited(self) -> Plan:
        try:
            while not self.done:
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            self.stop()
            raise
        return self.wait()

    def __repr__(self) -> str:
        """``Run(done)`` or ``Run(search, 1.2 s)``."""
        if self.done:
            return "Run(done)"
        news = self.progress
        return "Run(starting)" if news is None else f"Run({news.phase}, {news.seconds:.1f} s)"


def start_route(
    problem: Problem, *, on_progress: Callable[[Progress], object] | None = None, **options: Unpack[RouteOptions]
) -> Run:
    """Begin to route in the background.

    Parameters
    ----------
    problem : Problem
        What to plan.
    on_progress : callable, optional
        As of :func:`route`; it is called in the thread of the run.
    **options
        All other options of :func:`route`.

    Returns
    -------
    Run

    Examples
    --------
    >>> import clapot
    >>> run = clapot.start_route(clapot.generate(orders=50, nodes=4, seed=7), time_limit=60)
    >>> run.stop()
    >>> plan = run.wait()
    >>> run.plan is plan
    True
    """
    return Run(problem, on_progress, options)
