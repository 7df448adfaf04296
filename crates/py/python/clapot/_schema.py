"""Which columns each table has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clapot._clapot import Table, _columns_of, _table_of_columns, _tables_of
from clapot._errors import OptionError

if TYPE_CHECKING:
    from clapot._clapot import _AnyTable


def names(table: str) -> list[str]:
    """Names of the columns of a table."""
    return [name for name, _, _ in _columns_of(table) or []]


def schema(table: _AnyTable) -> Table:
    """Which columns a table has, what their cells are, and which every table must have.

    Parameters
    ----------
    table : str
        A table of a problem (``orders``), of floors (``layouts``), ``pins``, ``decisions``, ``shipments`` (of :func:`read_shipments`), or one of a single question:
        ``select_wave.orders``, ``select_wave.aisles``, ``batch.picks``, ``graph.edges``.

    Returns
    -------
    Table
        ``column``, ``type`` and ``required``. Types are ``text``, ``whole`` (a whole number), ``money`` (4 decimals), ``hours``
        (9 decimals), ``number``, ``truth`` and ``date``.

    Raises
    ------
    OptionError
        There is no such table.

    Examples
    --------
    >>> import clapot
    >>> [row["column"] for row in clapot.schema("stock") if row["required"]]
    ['node_id', 'sku', 'on_hand']
    """
    columns = _columns_of(table)
    if columns is None:
        raise OptionError(f"no table {table!r}; there are {', '.join(_tables_of())}")
    return _table_of_columns(f"schema of {table}", [
        ("column", "text", [name for name, _, _ in columns]),
        ("type", "text", [kind for _, kind, _ in columns]),
        ("required", "truth", [required for _, _, required in columns]),
    ])
