"""Where a run stands.

Annotations are the types themselves, not their names: whoever makes columns of a dataclass looks the names up elsewhere. Amounts are
`Any` there: Polars makes a decimal of no precision of `Decimal`, and refuses it.
"""

import decimal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clapot._clapot import Table


@dataclass(frozen=True, slots=True)
class Progress:
    """News of a run, as ``on_progress`` gets it.

    Attributes
    ----------
    phase : str
        What the run is doing.
    seconds : float
        Seconds since the start of the call.
    total : decimal.Decimal or None
        What the best so far is worth: the cost of a plan (:func:`route`), metres or seconds (:func:`batch`), units per aisle
        (:func:`select_wave`). ``None`` until there is something, and throughout :func:`plan_waves`.
    bound : decimal.Decimal or None
        What is proved of the best there can be, where anything is: nothing costs less, and nothing has more units per aisle.
    """

    phase: str
    seconds: float
    if TYPE_CHECKING:
        total: decimal.Decimal | None
        bound: decimal.Decimal | None
    else:
        total: Any
        bound: Any

    @property
    def gap(self) -> float | None:
        """How far the best so far can be from the best there can be, as a share of the larger; ``None`` where either is unknown, or the bound proves
        nothing."""
        if self.total is None or self.bound is None:
            return None
        largest = max(self.total, self.bound)
        if min(self.total, self.bound) <= 0 < largest:
            return None
        return float(abs(self.total - self.bound) / largest) if largest else 0.0


def history(steps: Sequence[tuple[str, float, str | None, str | None]]) -> "Table":
    """Return news as a table."""
    from clapot._clapot import _table_of_columns

    news = [
        Progress(phase, seconds, *(None if text is None else decimal.Decimal(text) for text in (total, bound)))
        for phase, seconds, total, bound in steps
    ]
    return _table_of_columns("history", [
        ("phase", "text", [step.phase for step in news]),
        ("seconds", "number", [step.seconds for step in news]),
        ("total", "money", [step.total for step in news]),
        ("bound", "money", [step.bound for step in news]),
        ("gap", "number", [step.gap for step in news]),
    ])
