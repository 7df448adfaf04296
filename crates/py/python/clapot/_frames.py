"""What has to be done to a data frame before it can be given as Arrow."""

from __future__ import annotations

import sys


def prepared(table: object) -> object:
    """Return the table, with columns of nothing but nulls as texts where it is of Polars.

    Polars gives such a column a buffer, which the Arrow C interface does not allow for its type.
    """
    polars = sys.modules.get("polars")
    if polars is None or not isinstance(table, polars.DataFrame) or polars.Null not in table.dtypes:
        return table
    return table.cast({polars.Null: polars.String})
