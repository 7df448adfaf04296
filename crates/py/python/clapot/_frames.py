"""Tables of any library as columns that the extension module takes: own names found, and only known columns converted."""

from __future__ import annotations

import datetime
import decimal
import difflib
import math
import numbers
import sys
import uuid
import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clapot._errors import Diagnostic, InputError, OptionError


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that every row has: ``columns={"orders": {"country": Constant("FR")}}``. A text alone is the name of a column."""

    value: object


@dataclass(slots=True)
class Parts:
    """The columns of a table by the names that the file format gives them, in the forms that the extension module takes.

    Attributes
    ----------
    frames : list
        Tables with the Arrow PyCapsule interface, side by side.
    texts, wholes : dict
        Columns as lists of texts, of integers, or of ``None``.
    constants : dict
        Columns of one text.
    unknown : list
        Names of columns that are not read.
    rows : int or None
        How many rows there are, where that is known.
    """

    frames: list[Any] = field(default_factory=list)
    texts: dict[str, list[str | None]] = field(default_factory=dict)
    wholes: dict[str, list[int | None]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    rows: int | None = None


def check_columns(columns: object, tables: Sequence[str], known: Callable[[str], Sequence[str]]) -> None:
    """Refuse ``columns`` where it names tables or columns that there are not."""
    if not isinstance(columns, Mapping):
        raise TypeError(f"columns: expected a dictionary by table, not {type(columns).__qualname__}")
    for table, own in columns.items():
        if table not in tables:
            raise OptionError(f"columns: there is no table `{table}`{_meant(str(table), tables)}")
        if not isinstance(own, Mapping):
            raise TypeError(f"columns: expected a dictionary for {table}, not {type(own).__qualname__}")
        names = known(table)
        for name in own:
            if name not in names:
                raise OptionError(f"columns: the table {table} has no column `{name}`{_meant(str(name), names)}")


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.casefold(), list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def prepared(
    name: str, table: Any, kinds: Mapping[str, str], own: Mapping[str, object] | None, clock: datetime.tzinfo | None
) -> Parts:
    """Return the known columns of a table, whatever library it is of.

    Parameters
    ----------
    name : str
        What the table is called.
    table : table
        A data frame, anything with the Arrow PyCapsule interface, a dictionary of columns, or a list of dictionaries.
    kinds : dict
        What the cells of the known columns are.
    own : dict, optional
        For known columns the name of a column of the table, a function of the table, or what all rows have.
    clock : datetime.tzinfo, optional
        Where the date of an instant is read.
    """
    if not kinds:
        return Parts(frames=[table])  # nothing is known of its columns
    work = _Work(name, kinds, dict(own or {}), clock)
    pandas, polars, pyarrow = (sys.modules.get(library) for library in ("pandas", "polars", "pyarrow"))
    if polars is not None and isinstance(table, polars.LazyFrame):
        raise TypeError(f"{name}: a polars.LazyFrame has no rows yet: give what its .collect() returns")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return work.of_pandas(table, pandas)
    if polars is not None and isinstance(table, polars.DataFrame):
        return work.of_polars(table, polars)
    if pyarrow is not None and isinstance(table, (pyarrow.Table, pyarrow.RecordBatch)):
        return work.of_pyarrow(table, pyarrow)
    if isinstance(table, Mapping):
        return work.of_lists(table, table)
    if isinstance(table, (list, tuple)):
        return work.of_rows(table)
    if not hasattr(table, "__arrow_c_stream__") and not hasattr(table, "__arrow_c_array__"):
        raise TypeError(_no_table(name, _kind(table)))
    return work.of_anything(table)


def _no_table(name: str, kind: str) -> str:
    return (
        f"{name}: expected a table with the Arrow PyCapsule interface (pandas, Polars, PyArrow, DuckDB, ...),"
        f" a dictionary of columns, or a list of dictionaries, not {kind}"
    )


def _kind(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


class _Work:
    """A table on its way in."""

    def __init__(
        self, name: str, kinds: Mapping[str, str], own: dict[str, Any], clock: datetime.tzinfo | None
    ) -> None:
        self.name, self.kinds, self.own, self.clock = name, kinds, own, clock
        self.parts = Parts()

    def chosen(self, titles: Sequence[str]) -> list[tuple[str, int]]:
        """Names of the known columns that the table has, with their positions, the own names among them."""
        places: dict[str, int] = {}
        for at, title in enumerate(titles):
            places.setdefault(title, at)
        chosen = []
        for target, source in self.own.items():
            if isinstance(source, str):
                if source not in places:
                    raise InputError([self.lacking(target, source, titles)])
                chosen.append((target, places[source]))
        taken = {at for _, at in chosen}
        for at, title in enumerate(titles):
            if title in self.own:
                continue
            if title in self.kinds:
                chosen.append((title, at))
            elif at not in taken:
                self.parts.unknown.append(title)
        return chosen

    def lacking(self, target: str, source: str, titles: Sequence[str]) -> Diagnostic:
        """The fault of an own name that the table does not have."""
        message = f"the table has no column `{source}`, which columns= gives for {target}{_meant(source, titles)}"
        remedy = "Correct the name in columns=. A text that all rows have is clapot.Constant(text)."
        return Diagnostic("E113", "missing-column", "error", self.name, None, target, message, remedy, None)

    def made(self, table: Any, take: Callable[[str, Any], None], also: tuple[type, ...] = ()) -> None:
        """Hand over what functions give, which may be of the types ``also`` where it has no length, and set what all rows have."""
        for target, source in self.own.items():
            if callable(source):
                value = source(table)
                if isinstance(value, (str, Constant)) or not (hasattr(value, "__len__") or isinstance(value, also)):
                    self.constant(target, value)
                else:
                    take(target, value)
            elif isinstance(source, also):
                take(target, source)
            elif not isinstance(source, str):
                self.constant(target, source)

    def constant(self, target: str, value: object) -> None:
        """Set what all rows have."""
        value = value.value if isinstance(value, Constant) else value
        self.parts.constants[target] = self.text(target, None, value) or ""

    def cells(self, target: str, values: Iterable[object]) -> None:
        """Take a column cell by cell."""
        if hasattr(values, "tolist") and not hasattr(values, "to_list"):  # numpy, PyArrow
            values = values.tolist() if not str(getattr(values, "dtype", "")).startswith("datetime64") else list(values)
        values = list(values)
        if self.parts.rows is None:
            self.parts.rows = len(values)
        if len(values) != self.parts.rows:
            message = f"the column has {len(values):,} rows, and the table {self.parts.rows:,}"
            raise InputError([self.fault(target, None, message)])
        given = [value for value in values if not _is_missing(value)]
        if self.kinds.get(target) == "text" and given and all(_is_whole(value) for value in given):
            self.parts.wholes[target] = [None if _is_missing(v) else int(v) for v in values]  # type: ignore[call-overload]
        else:
            self.parts.texts[target] = [self.text(target, row, value) for row, value in enumerate(values)]

    def fault(self, target: str, row: int | None, message: str) -> Diagnostic:
        """A fault of a cell that no parser of texts can name."""
        remedy = "Give texts, numbers, truth values, dates or times."
        return Diagnostic("E126", "column-type", "error", self.name, row, target, message, remedy, None)

    def text(self, target: str, row: int | None, value: object) -> str | None:
        """The text that a cell of CSV would hold; ``None`` for a missing value."""
        if _is_missing(value):
            return None
        text = _cell(value, self.kinds.get(target, "text"), self.clock)
        if text is None:
            message = f"a {type(value).__qualname__} is no value of a cell"
            raise InputError([self.fault(target, row, message)])
        return text

    def of_pandas(self, table: Any, pandas: Any) -> Parts:
        """A frame of pandas: its index is nothing to us, and columns of objects are read cell by cell."""
        self.parts.rows = len(table)
        plain: list[dict[str, Any]] = [{}]
        for target, at in self.chosen([str(title) for title in table.columns]):
            self.pandas_column(target, table.iloc[:, at], plain)

        def take(target: str, value: Any) -> None:
            if isinstance(value, pandas.Series) and not value.index.equals(table.index):
                value = value.reindex(table.index)
            self.pandas_column(target, pandas.Series(value, index=table.index), plain)

        self.made(table, take)
        self.parts.frames += [pandas.DataFrame(columns) for columns in plain if columns]
        return self.parts

    def pandas_column(self, target: str, column: Any, plain: list[dict[str, Any]]) -> None:
        """Take a column; one that is there twice goes into another frame."""
        if column.dtype == object:
            self.cells(target, column.to_list())
            return
        frame = next((columns for columns in plain if target not in columns), None)
        if frame is None:
            frame = {}
            plain.append(frame)
        frame[target] = column.reset_index(drop=True)

    def of_polars(self, table: Any, polars: Any) -> Parts:
        """A frame of Polars. A column of nothing but nulls has a buffer, which the Arrow C interface does not allow for its type."""
        self.parts.rows = table.height
        columns = []

        def take(target: str, value: Any) -> None:
            if isinstance(value, polars.Expr):
                value = table.select(value).to_series()
            elif not isinstance(value, polars.Series):
                return self.cells(target, value)
            if value.dtype == polars.Object:
                return self.cells(target, value.to_list())
            columns.append((value.cast(polars.String) if value.dtype == polars.Null else value).alias(target))
            return None

        for target, at in self.chosen(table.columns):
            take(target, table.to_series(at))
        self.made(table, take, (polars.Expr,))
        if columns:
            self.parts.frames.append(polars.DataFrame(columns))
        return self.parts

    def of_pyarrow(self, table: Any, pyarrow: Any) -> Parts:
        """A table of PyArrow."""
        self.parts.rows = table.num_rows
        chosen = self.chosen(table.column_names)
        columns = [(target, table.column(at)) for target, at in chosen]

        def take(target: str, value: Any) -> None:
            if isinstance(value, (pyarrow.Array, pyarrow.ChunkedArray)):
                columns.append((target, value))
            else:
                self.cells(target, value)

        self.made(table, take)
        if columns:
            self.parts.frames.append(pyarrow.table([column for _, column in columns], names=[name for name, _ in columns]))
        return self.parts

    def of_anything(self, table: Any) -> Parts:
        """A table that is known by nothing but its interface."""
        if not self.own:
            self.parts.frames.append(table)
            return self.parts
        from clapot._clapot import _table_of

        table = _table_of(self.name, table)
        self.parts.rows = len(table)
        self.parts.frames.append(table._chosen(self.chosen(table.columns)))
        self.made(table, self.cells)
        return self.parts

    def of_lists(self, columns: Mapping[Any, Any], table: Any) -> Parts:
        """A dictionary of columns."""
        named = {str(title): values for title, values in columns.items()}
        lists = {
            title: values for title, values in named.items() if not isinstance(values, str) and hasattr(values, "__len__")
        }
        if lists:
            self.parts.rows = len(next(iter(lists.values())))
        titles = list(named)
        for target, at in self.chosen(titles):
            values = named[titles[at]]
            if titles[at] in lists:
                self.cells(target, values)
            else:
                self.constant(target, values)
        self.made(table, self.cells)
        return self.parts

    def of_rows(self, rows: Sequence[Any]) -> Parts:
        """A list of dictionaries; without any, a table of no rows."""
        self.parts.rows = len(rows)
        if not rows:
            self.parts.texts = {name: [] for name in self.kinds}
            return self.parts
        for row in rows:
            if not isinstance(row, Mapping):
                raise TypeError(_no_table(self.name, f"a list of {_kind(row)}"))
        titles = dict.fromkeys(title for row in rows for title in row)
        return self.of_lists({title: [row.get(title) for row in rows] for title in titles}, rows)


def _is_missing(value: object) -> bool:
    """Whether a value says that there is none: ``None``, NaN, NaT, ``pandas.NA``."""
    if value is None:
        return True
    if isinstance(value, (str, bool, numbers.Integral)):
        return False
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, numbers.Real):
        return math.isnan(float(value))
    return str(value) == "NaT" and type(value).__name__ == "datetime64"


def _is_whole(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool) and abs(int(value)) < 1 << 63


def _cell(value: object, kind: str, clock: datetime.tzinfo | None) -> str | None:
    """The text of a value that there is; ``None`` where a cell cannot hold it."""
    if type(value).__name__ == "datetime64":
        value = value.astype("datetime64[us]").item()  # type: ignore[attr-defined]
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        number = int(value)
        return ("false", "true")[number] if kind == "truth" and number in (0, 1) else str(number)
    if isinstance(value, decimal.Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, numbers.Real):
        return _float(float(value), kind)
    if isinstance(value, datetime.datetime):
        return _moment(value, clock)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if value.second or value.microsecond else "minutes")
    if isinstance(value, zoneinfo.ZoneInfo):
        return value.key
    return str(value) if isinstance(value, uuid.UUID) else None


def _float(value: float, kind: str) -> str:
    """The shortest decimal that reads back as the same float."""
    if math.isinf(value):
        return str(value)
    if value.is_integer():
        return _cell(int(value), kind, None) or ""
    return format(decimal.Decimal(repr(value)), "f")


def _moment(value: datetime.datetime, clock: datetime.tzinfo | None) -> str:
    """The date of a midnight, as the clock shows it where the moment has a zone; else something that is no date."""
    if value.tzinfo is not None:
        if clock is None:
            return value.isoformat()
        value = value.astimezone(clock)
    is_midnight = value.time() == datetime.time()
    return value.date().isoformat() if is_midnight else value.replace(tzinfo=None).isoformat(" ")
