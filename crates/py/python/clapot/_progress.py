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
        Cost of the best plan so far.
    bound : decimal.Decimal or None
        Best bound so far.
    """

    phase: str
    seconds: float
    total: Decimal | None
    bound: Decimal | None

    @property
    def gap(self) -> float | None:
        """``(total - bound) / total``, where both are known."""
        if self.total is None or self.bound is None:
            return None
        return float((self.total - self.bound) / self.total) if self.total else 0.0
