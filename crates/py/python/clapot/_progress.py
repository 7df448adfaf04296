"""Where a run stands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


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
        (:func:`select_wave`). ``None`` where there is nothing yet, and throughout :func:`plan_waves`.
    bound : decimal.Decimal or None
        What is proved of the best there can be, where anything is: nothing costs less, and nothing has more units per aisle.
    """

    phase: str
    seconds: float
    total: Decimal | None
    bound: Decimal | None

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
