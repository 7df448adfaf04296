"""Clapot plans order fulfilment: which node ships what, by which service, and how far from the best that can be.

So far the package tells its version only; the work is done by the extension module ``clapot._clapot``.
"""

from clapot._clapot import __version__, version

__all__ = ["__version__", "version"]
