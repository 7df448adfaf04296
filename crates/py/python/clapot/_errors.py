"""What can go wrong, as exceptions, and what is wrong with an input, as data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

#: Lines of the text of an exception; all that was found is in ``diagnostics``.
_SHOWN = 40
#: Faults of one kind in one column that it lists.
_OF_A_GROUP = 3


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of an input: what, where, why, and what to do.

    Attributes
    ----------
    code : str
        Stable id, such as ``E301``; the error index of the guide explains each.
    name : str
        The same in words, such as ``unknown-reference``.
    severity : str
        ``error`` or ``warning``.
    table : str
        The table, such as ``lines``; ``problem`` for the settings.
    row : int or None
        Row of the table, from 0; ``None`` where no single row is meant.
    column : str or None
        The column, or the key of the settings.
    message : str
        What is wrong here, in one sentence.
    remedy : str
        What to do about it.
    location : str or None
        Place in a file, such as ``lines.csv:12:7``, where the input came from files.
    order : str or None
        Id of the order that it is of; empty where a row of ``orders`` gives none.
    more : int
        How many more of this code, table and column were found that are not listed.
    """

    code: str
    name: str
    severity: str
    table: str
    row: int | None
    column: str | None
    message: str
    remedy: str
    location: str | None
    order: str | None = None
    more: int = 0

    def __str__(self) -> str:
        """``E301 lines row 11 sku: no such SKU``."""
        where = self.location or self.table
        if self.location is None and self.row is not None:
            where += f" row {self.row}"
        column = f" {self.column}" if self.column else ""
        more = f" (and {self.more:,} more like it)" if self.more else ""
        return f"{self.code} {where}{column}: {self.message}{more}"


class ClapotError(Exception):
    """The root of everything that Clapot raises."""


class InputError(ClapotError, ValueError):
    """An input cannot be used.

    Attributes
    ----------
    diagnostics : tuple[Diagnostic, ...]
        Everything that is wrong with it, never only the first; warnings too.
    """

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take the diagnostics."""
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        """List the faults, errors before warnings, of each kind in one column the first three and the number of the others."""
        groups: dict[tuple[str, str, str, str | None], list[Diagnostic]] = {}
        for d in sorted(self.diagnostics, key=lambda d: d.severity != "error"):
            groups.setdefault((d.severity, d.code, d.table, d.column), []).append(d)
        lines: list[str] = []
        for (_, code, table, column), found in groups.items():
            shown = [str(dataclasses.replace(d, more=0)) for d in found[:_OF_A_GROUP]]
            more = len(found) - len(shown) + sum(d.more for d in found)
            if more > 0:
                shown.append(f"  and {more:,} more {code} in {table}{f' {column}' if column else ''}")
            lines += shown
        more = len(lines) - _SHOWN
        if more > 0:
            lines = [*lines[:_SHOWN], f"... and {more} more lines, see .diagnostics"]
        return "\n".join(lines) or "the input is not valid"


class InputWarning(UserWarning):
    """A column or a setting of an input is not known, and is likely a misspelt one."""


class OptionError(ClapotError, ValueError):
    """A parameter is outside its range."""


class FileError(ClapotError, OSError):
    """A file cannot be read or written."""


class StoppedError(ClapotError):
    """A call was stopped before there was anything to return."""


class VerificationError(ClapotError):
    """What was made failed its own verification. This is a bug; nothing was returned."""


class InternalError(ClapotError):
    """Something that must hold does not. This is a bug."""
