"""Types of the package ``clapot``, for people, editors and type checkers."""

from typing import Final

__all__ = ["__version__", "version"]

__version__: Final[str]

def version() -> str:
    """Return the version of Clapot, such as ``0.1.0``."""
