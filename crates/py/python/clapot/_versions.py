"""What is installed here."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys

from clapot._clapot import __version__

_LIBRARIES = ("pandas", "polars", "pyarrow", "numpy", "duckdb", "nanoarrow")


def show_versions() -> None:
    """Print the versions of Clapot, of Python, of the system and of the libraries of data frames, for a report of a fault.

    Examples
    --------
    >>> import clapot
    >>> clapot.show_versions()  # doctest: +ELLIPSIS
    clapot ...
    """
    rows = [
        ("clapot", __version__),
        ("python", platform.python_version()),
        ("system", f"{sys.platform} {platform.machine()}, {os.cpu_count()} cores"),
    ]
    for library in _LIBRARIES:
        try:
            rows.append((library, importlib.metadata.version(library)))
        except importlib.metadata.PackageNotFoundError:
            rows.append((library, "not installed"))
    for name, version in rows:
        print(f"{name:<10} {version}")
