"""Clapot plans order fulfilment: which node ships what, by which service, and how far from the best that can be.

Tables come in from pandas, Polars, PyArrow, DuckDB or anything else with the Arrow PyCapsule interface, and go out to them.
No file is needed, and no file format is different from that of the command line.

>>> import clapot
>>> problem = clapot.generate(orders=200, nodes=6, seed=1)
>>> plan = clapot.route(problem, work_limit=50_000)
>>> bool(clapot.verify(problem, plan))
True
"""

from clapot._clapot import (
    Batches,
    Floors,
    Layout,
    Plan,
    Priced,
    Problem,
    Selection,
    Table,
    Tour,
    Verification,
    __version__,
    batch,
    generate,
    generate_floors,
    plan_waves,
    price,
    read_shipments,
    route,
    select_wave,
    tour,
    verify,
    version,
)
from clapot._compare import compare
from clapot._errors import (
    ClapotError,
    Diagnostic,
    FileError,
    InputError,
    InputWarning,
    InternalError,
    OptionError,
    StoppedError,
    VerificationError,
)
from clapot._frames import Constant
from clapot._progress import Progress
from clapot._run import Run, start_route
from clapot._schema import schema
from clapot._versions import show_versions

# They are of this package, wherever they are written: tracebacks and pickles name them so.
for _public in (
    ClapotError,
    Constant,
    Diagnostic,
    FileError,
    InputError,
    InputWarning,
    InternalError,
    OptionError,
    Progress,
    Run,
    StoppedError,
    VerificationError,
    compare,
    schema,
    show_versions,
    start_route,
):
    _public.__module__ = __name__
del _public

__all__ = [
    "Batches",
    "ClapotError",
    "Constant",
    "Diagnostic",
    "FileError",
    "Floors",
    "InputError",
    "InputWarning",
    "InternalError",
    "Layout",
    "OptionError",
    "Plan",
    "Priced",
    "Problem",
    "Progress",
    "Run",
    "Selection",
    "StoppedError",
    "Table",
    "Tour",
    "Verification",
    "VerificationError",
    "__version__",
    "batch",
    "compare",
    "generate",
    "generate_floors",
    "plan_waves",
    "price",
    "read_shipments",
    "route",
    "schema",
    "select_wave",
    "show_versions",
    "start_route",
    "tour",
    "verify",
    "version",
]
