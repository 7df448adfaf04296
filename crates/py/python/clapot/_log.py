"""News of a run in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable

from clapot._errors import OptionError
from clapot._progress import Progress

_LOGGER = logging.getLogger("clapot")


def logged(on_progress: Callable[[Progress], object] | None, log: object) -> Callable[[Progress], object] | None:
    """Return the callback, which then writes to the log too; ``log`` is whether it does, or every how many seconds."""
    if log is False:
        return on_progress
    if not isinstance(log, (bool, int, float)) or not float(log) > 0:
        raise OptionError("log must be True, False, or a number of seconds above 0")
    every = 1.0 if log is True else float(log)
    phase, due = "", 0.0

    def told(news: Progress) -> object:
        nonlocal phase, due
        if news.phase != phase or news.seconds >= due:
            phase, due = news.phase, news.seconds + every
            figures = [f"{name} {value:,.2f}" for name, value in (("cost", news.total), ("bound", news.bound)) if value is not None]
            gap = [] if news.gap is None else [f"gap {news.gap:.3%}"]
            _LOGGER.info("%8.1f s  %-10s %s", news.seconds, news.phase, "  ".join(figures + gap))
        return on_progress(news) if on_progress is not None else None

    return told
