"""Tables as data frames of pandas."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from clapot._errors import OptionError

if TYPE_CHECKING:
    from clapot._clapot import Table

_MONEY = ("float64", "decimal", "arrow")
_DATES = ("datetime64", "date", "arrow")


def to_pandas(table: Table, money: str, dates: str) -> Any:
    """Return the table as a frame."""
    for name, word, known in [("money", money, _MONEY), ("dates", dates, _DATES)]:
        if word not in known:
            raise OptionError(f"{name} must be one of {', '.join(known)}, not {word!r}")
    pandas, pyarrow = import_module("pandas"), import_module("pyarrow")
    given = pyarrow.table(table)
    frame = given.to_pandas(date_as_object=dates == "date")
    for column in given.schema:
        if pyarrow.types.is_decimal(column.type) and money == "float64":
            # By the text of each amount, so that 4.99 is the float 4.99.
            values = given[column.name].cast(pyarrow.string()).cast(pyarrow.float64())
            frame[column.name] = values.to_pandas()
        elif (pyarrow.types.is_decimal(column.type) and money == "arrow") or (
            pyarrow.types.is_date(column.type) and dates == "arrow"
        ):
            frame[column.name] = pandas.Series(given[column.name], dtype=pandas.ArrowDtype(column.type))
    return frame
