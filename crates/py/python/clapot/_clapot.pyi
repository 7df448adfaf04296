"""Types of the extension module, for people, editors and type checkers. `mypy.stubtest` compares them with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from os import PathLike
from typing import Any, ClassVar, Final, Literal, Protocol, TypeAlias, final, overload

from clapot._errors import Diagnostic
from clapot._progress import Progress

__all__ = [
    "Batches",
    "batch",
    "_batches_from_state",
    "generate",
    "route",
    "verify",
    "Floors",
    "_floors_from_state",
    "generate_floors",
    "Layout",
    "Tour",
    "_layout_from_state",
    "tour",
    "_tour_from_state",
    "Plan",
    "_plan_from_state",
    "Priced",
    "price",
    "_priced_from_state",
    "Problem",
    "_problem_from_state",
    "Selection",
    "select_wave",
    "_selection_from_state",
    "read_shipments",
    "Table",
    "_table_from_state",
    "_table_of_columns",
    "_table_of",
    "_columns_of",
    "_tables_of",
    "Verification",
    "_verification_from_state",
    "plan_waves",
    "_panic_for_tests",
    "version",
    "__version__",
]

class _Stream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None, /) -> object: ...

class _Array(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None, /) -> tuple[object, object]: ...

_TableLike: TypeAlias = _Stream | _Array | Mapping[str, Any] | Sequence[Mapping[str, Any]]
# By table and column of the format: the name of a column, a function of the table, or what all rows have.
_Columns: TypeAlias = Mapping[str, Mapping[str, object]]
_Rounding: TypeAlias = Literal["nearest"]
_OnInterrupt: TypeAlias = Literal["raise", "return"]
# How a plan is made.
_Method: TypeAlias = Literal["auto", "exact", "priority", "distance", "fewest-splits", "cheapest"]
# What is known of a plan.
_Status: TypeAlias = Literal["optimal", "feasible", "infeasible"]
# What stopped a run early.
_Limit: TypeAlias = Literal["time", "work", "gap", "interrupted", "stalled"]
# Tables of a problem.
_ProblemTable: TypeAlias = Literal[
    "nodes", "items", "stock", "orders", "lines", "exclusions", "services", "lanes", "rates", "quotes", "postcodes"
]
# Tables of floors.
_FloorTable: TypeAlias = Literal[
    "layouts", "edges", "locations", "location_stock", "carts", "shifts", "departures", "priorities"
]
# Every table whose columns `schema` tells.
_AnyTable: TypeAlias = (
    _ProblemTable
    | _FloorTable
    | Literal["pins", "decisions", "shipments", "select_wave.orders", "select_wave.aisles", "batch.picks", "graph.edges"]
)
# What `Plan.by` counts by.
_Group: TypeAlias = Literal["node_id", "service_id", "order_id", "leaves_on", "arrives_on"]
_Path: TypeAlias = str | PathLike[str]
_Format: TypeAlias = Literal["csv", "parquet"]
_Stop: TypeAlias = Callable[[Progress], object]

__version__: Final[str]

def version() -> str:
    """Version of Clapot, such as ``0.1.0``."""
@final
class Table:
    """A table of a problem or a plan. It never changes.

    Anything that knows the Arrow PyCapsule interface takes it as it is: ``pandas.DataFrame.from_arrow(table)``,
    ``polars.DataFrame(table)``, ``pyarrow.table(table)``, ``duckdb.sql("select ... from table")``. Money is exact: its columns
    are decimals.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=3, nodes=2, seed=1)
    >>> orders = problem.table("orders")
    >>> len(orders), orders.columns[:3]
    (3, ['order_id', 'channel', 'country'])
    """
    @property
    def name(self) -> str:
        """Name of the table, such as ``shipments``."""
    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries, for those who have no library of data frames.

        Returns
        -------
        list[dict[str, object]]
            One dictionary per row: texts, integers, floats, ``decimal.Decimal``, ``datetime.date``, booleans, or ``None``.
        """
    def to_pandas(
        self,
        *,
        money: Literal["float64", "decimal", "arrow"] = "float64",
        dates: Literal["datetime64", "date", "arrow"] = "datetime64",
    ) -> Any:
        """The table as a ``pandas.DataFrame``; needs pandas and PyArrow.

        Parameters
        ----------
        money : {"float64", "decimal", "arrow"}, default "float64"
            Amounts as floats, which every method of pandas knows; exact, as objects ``decimal.Decimal``; or exact, as decimals of
            Arrow.
        dates : {"datetime64", "date", "arrow"}, default "datetime64"
            Dates as timestamps, on which ``.dt`` works; as objects ``datetime.date``; or as dates of Arrow.

        Returns
        -------
        pandas.DataFrame
        """
    def to_polars(self) -> Any:
        """The table as a ``polars.DataFrame``; needs Polars."""
    def to_arrow(self) -> Any:
        """The table as a ``pyarrow.Table``; needs PyArrow."""
    def head(self, n: int = 5) -> Table:
        """The first rows.

        Parameters
        ----------
        n : int, default 5
            How many.

        Returns
        -------
        Table
        """
    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
    @overload
    def __getitem__(self, key: str, /) -> list[Any]: ...
    @overload
    def __getitem__(self, key: int, /) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, key: slice, /) -> Table: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __len__(self) -> int: ...
    def _chosen(self, columns: Sequence[tuple[str, int]]) -> Table: ...
    def _rows(self, rows: Sequence[int]) -> Table: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...
    def _repr_html_(self) -> str: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Problem:
    """A routing problem: orders, stock, nodes and carriers. Always valid, and never changed.

    Made by :meth:`from_tables`, :meth:`read` or :func:`generate`. ``len(problem)`` is the number of its orders.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
    >>> problem
    Problem('b2c-20-4-s7', 20 orders, 47 lines, 4 nodes, 100 items, 1 warning)
    """
    @staticmethod
    def from_tables(
        *,
        settings: Mapping[str, object],
        nodes: _TableLike,
        items: _TableLike,
        stock: _TableLike,
        orders: _TableLike,
        lines: _TableLike,
        services: _TableLike | None = None,
        lanes: _TableLike | None = None,
        rates: _TableLike | None = None,
        exclusions: _TableLike | None = None,
        quotes: _TableLike | None = None,
        postcodes: _TableLike | None = None,
        columns: _Columns | None = None,
        rounding: _Rounding | None = None,
        strict: bool = False,
        skip_bad_orders: bool = False,
        threads: int = 0,
    ) -> Problem:
        """Make a problem from tables in memory.

        A table is anything with the Arrow PyCapsule interface: a DataFrame of pandas or Polars, a table of PyArrow, a relation
        of DuckDB, an array stream of nanoarrow; or a dictionary of columns, or a list of dictionaries. It has the columns that the
        file format gives it, in any order, and others, which are not looked at. Numbers, dates and truth values may have their own
        types or be texts; a missing value is an empty cell.

        Parameters
        ----------
        settings : dict
            What ``problem.toml`` holds: ``name``, ``currency``, ``now`` and ``objective``; ``format`` may be left out.
        nodes, items, stock, orders, lines : table
            The tables that every problem has.
        services, lanes, rates : table, optional
            Carriers. They may be left out where every order has quotes or is picked up.
        exclusions, quotes : table, optional
            Nodes that may not ship, and ready prices.
        postcodes : table, optional
            Coordinates of prefixes of postcodes, for orders and nodes that give none.
        columns : dict, optional
            Own names, by table and then by the column of the format: the name of a column of the table, a function that gets the
            table and returns the column, or a value that all rows have (a text as :class:`Constant`).
        rounding : {"nearest"}, optional
            Round money to 4 decimals, and grams and cubic centimetres to whole ones. Without it what has more is refused.
        strict : bool, default False
            Take every warning for an error.
        skip_bad_orders : bool, default False
            Leave out orders that errors name, instead of refusing all of them; :attr:`left_out` tells which and why.
        threads : int, default 0
            Threads to read with; 0 is one per core.

        Returns
        -------
        Problem

        Warns
        -----
        InputWarning
            A column or a setting is not known, and its name is like that of one that is.

        Raises
        ------
        InputError
            Everything that is wrong with the input, by table, row (from 0) and column.

        Examples
        --------
        >>> import clapot, pyarrow as pa
        >>> problem = clapot.Problem.from_tables(
        ...     settings={
        ...         "name": "lamps", "currency": "EUR", "now": "2026-03-02T09:00:00+01:00",
        ...         "objective": {"unfilled_penalty": 50},
        ...     },
        ...     nodes=pa.table({"node_id": ["near", "far"]}),
        ...     items=pa.table({"sku": ["lamp"], "weight_g": [900]}),
        ...     stock=pa.table({"node_id": ["near", "far"], "sku": ["lamp", "lamp"], "on_hand": [1, 9]}),
        ...     orders=pa.table({"order_id": ["anna", "ben"], "country": ["FR", "FR"], "postcode": ["1000", "2000"]}),
        ...     lines=pa.table({"order_id": ["anna", "ben"], "line_id": ["1", "1"], "sku": ["lamp", "lamp"], "qty": [1, 1]}),
        ...     services=pa.table({"service_id": ["post"], "days": ["12345"]}),
        ...     lanes=pa.table({
        ...         "service_id": ["post"] * 3, "node_id": ["near", "near", "far"], "country": ["FR"] * 3,
        ...         "postcode_prefix": ["1", "2", None], "zone": ["town", "hills", "any"], "transit_days": [1, 1, 1],
        ...     }),
        ...     rates=pa.table({
        ...         "service_id": ["post"] * 3, "zone": ["town", "hills", "any"], "max_g": [2000] * 3, "price": [4, 6, 9],
        ...     }),
        ... )
        >>> plan = clapot.route(problem)
        >>> plan.total, plan.status
        (Decimal('13.0000'), 'optimal')
        """
    @staticmethod
    def read(
        path: _Path,
        *,
        strict: bool = False,
        skip_bad_orders: bool = False,
        threads: int = 0,
        site: _Path | None = None,
    ) -> Problem:
        """Read a problem directory: ``problem.toml`` and tables in CSV or Parquet.

        Parameters
        ----------
        path : str or os.PathLike
            The directory.
        strict : bool, default False
            Take every warning for an error.
        skip_bad_orders : bool, default False
            Leave out orders that errors name, instead of refusing all of them; :attr:`left_out` tells which and why.
        threads : int, default 0
            Threads to read with; 0 is one per core.
        site : str or os.PathLike, optional
            A directory of fixed tables: each table that `path` lacks is taken from there, and so is ``problem.toml``.

        Returns
        -------
        Problem

        Raises
        ------
        InputError
            Everything that is wrong with the files, with file, line and column.
        FileError
            There is no such directory.
        """
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None:
        """Write the problem to a directory, whole or not at all. An earlier problem there is replaced.

        Parameters
        ----------
        path : str or os.PathLike
            The directory.
        format : {"csv", "parquet"}, default "csv"
            How the tables are written.
        force : bool, default False
            Whether an earlier problem is replaced even if other files are in that directory, which are then deleted, and even if
            this one is made up by :func:`generate` and that one is not.
        """
    def replace(
        self,
        *,
        settings: Mapping[str, object] | None = None,
        nodes: _TableLike | None = None,
        items: _TableLike | None = None,
        stock: _TableLike | None = None,
        orders: _TableLike | None = None,
        lines: _TableLike | None = None,
        services: _TableLike | None = None,
        lanes: _TableLike | None = None,
        rates: _TableLike | None = None,
        exclusions: _TableLike | None = None,
        quotes: _TableLike | None = None,
        postcodes: _TableLike | None = None,
        pins: _TableLike | None = None,
        columns: _Columns | None = None,
        rounding: _Rounding | None = None,
        strict: bool = False,
        skip_bad_orders: bool = False,
    ) -> Problem:
        """Ask what if: the same problem with other tables in place of its own.

        Parameters
        ----------
        settings : dict, optional
            Settings that differ, key by key, also within ``objective``; ``None`` takes one away.
        nodes, items, stock, orders, lines, services, lanes, rates, exclusions, quotes, postcodes : table, optional
            Tables in place of those that there are, whole.
        pins : table, optional
            Columns ``order_id``, ``line_id`` (empty: every line of the order) and ``node_id``: those lines may ship from that
            node only, whatever they were pinned to before.
        columns, rounding, strict, skip_bad_orders : optional
            As in :meth:`from_tables`.

        Returns
        -------
        Problem
            A new one. This one stays as it is.

        Raises
        ------
        InputError
            Everything that is wrong with the new tables, or with what they make of the problem.

        Examples
        --------
        >>> import clapot
        >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
        >>> nodes = problem.table("nodes").to_polars()
        >>> import polars as pl
        >>> closed = nodes.with_columns(ships=pl.col("ships") & (pl.col("node_id") != nodes["node_id"][0]))
        >>> before, after = clapot.route(problem), clapot.route(problem.replace(nodes=closed))
        >>> before.total < after.total
        True
        """
    def filter(self, *, orders: Iterable[Any] | Callable[[Table], Iterable[Any]]) -> Problem:
        """The part of the problem that is of some orders: their lines, quotes and exclusions, and everything else whole.

        Parameters
        ----------
        orders : iterable, or callable
            Ids of orders; or one truth value for each order, in the order of ``table("orders")``; or a function that gets that table
            and returns either.

        Returns
        -------
        Problem
            A new one, of at least one order.

        Raises
        ------
        KeyError
            There is no order of such an id.

        Examples
        --------
        >>> import clapot
        >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
        >>> few = problem.filter(orders=problem.table("orders")["order_id"][:10])
        >>> len(few), len(problem)
        (10, 50)
        """
    def table(self, name: _ProblemTable | str) -> Table:
        """One of the tables of the problem.

        Parameters
        ----------
        name : str
            ``nodes``, ``items``, ``stock``, ``orders``, ``lines``, ``exclusions``, ``services``, ``lanes``, ``rates``, ``quotes``
            or ``postcodes``.

        Returns
        -------
        Table
        """
    @property
    def name(self) -> str:
        """Name of the problem."""
    @property
    def currency(self) -> str:
        """Currency of all money, an ISO 4217 code."""
    @property
    def now(self) -> str:
        """The planning instant, as it was given."""
    @property
    def settings(self) -> dict[str, Any]:
        """What ``problem.toml`` holds, as a dictionary."""
    @property
    def warnings(self) -> list[Diagnostic]:
        """What was noticed but does no harm: :class:`Diagnostic` objects."""
    @property
    def left_out(self) -> dict[Any, list[Diagnostic]]:
        """Orders that were left out because something is wrong with them: by their ids lists of :class:`Diagnostic` objects. Rows
        of ``orders`` without an id are under the empty one. It is not pickled.
        """
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Plan:
    """A plan: which node ships what, by which service, what that costs, and how far from the best it can be. Never changed.

    Made by :func:`route` or :meth:`read`.

    Examples
    --------
    >>> import clapot
    >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
    >>> plan.status, plan.bound == plan.total
    ('optimal', True)
    >>> sum(plan.cost.values()) == plan.total
    True
    >>> plan.shipments.columns[:4]
    ['shipment_id', 'order_id', 'node_id', 'service_id']
    """
    @staticmethod
    def read(problem: Problem, path: _Path, *, floors: Floors | None = None) -> Plan:
        """Read a plan directory that anybody made, as a plan of the problem.

        Parameters
        ----------
        problem : Problem
            What it is a plan of.
        path : str or os.PathLike
            The directory.
        floors : Floors, optional
            With them the plan of waves in the directory is read too.

        Returns
        -------
        Plan
            As its files state it. :func:`verify` says whether that is true.

        Raises
        ------
        InputError
            Every defect of the files.
        """
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None:
        """Write the plan to a directory, whole or not at all. An earlier plan there is replaced. Of shipments that no routing plan
        made (:func:`read_shipments`) only the waves are written.

        Parameters
        ----------
        path : str or os.PathLike
            The directory.
        format : {"csv", "parquet"}, default "csv"
            How the tables are written.
        force : bool, default False
            Whether an earlier plan is replaced even if other files are in that directory, which are then deleted.
        """
    @property
    def problem(self) -> Problem:
        """The problem that it is a plan of."""
    @property
    def total(self) -> Decimal:
        """What the plan costs, exact."""
    @property
    def bound(self) -> Decimal:
        """No valid plan costs less: proved by the prices."""
    @property
    def proved_bound(self) -> Decimal | None:
        """A better bound from branching, which the prices do not show; ``None`` where there is none."""
    @property
    def gap(self) -> float | None:
        """How much cheaper the best plan can be at most, as a share of ``total``: by ``proved_bound`` where there is one, else by
        ``bound``; ``None`` where that is not above 0, and so proves nothing.
        """
    @property
    def status(self) -> _Status:
        """``optimal`` where the bound proves it, else ``feasible``."""
    @property
    def limit(self) -> _Limit | None:
        """What stopped the run early: ``time``, ``work``, ``gap``, ``interrupted`` or ``stalled``; ``None`` where nothing did."""
    @property
    def cost(self) -> dict[str, Decimal]:
        """The parts of the cost: ``transport``, ``handling``, ``split``, ``late``, ``unfilled``."""
    @property
    def method(self) -> str:
        """Name of the method."""
    @property
    def seed(self) -> int:
        """Seed of the run."""
    @property
    def work(self) -> int:
        """Work done, to repeat the run with ``work_limit``."""
    @property
    def seconds(self) -> float:
        """Seconds that the run took."""
    @property
    def unfilled_units(self) -> int:
        """Units that nothing is shipped for."""
    @property
    def taken_over(self) -> dict[str, int] | None:
        """What was taken over of the plan that the run started from: counts of orders by ``taken``, ``adapted``, ``dropped``, ``new``
        and ``gone``; ``None`` without a start.
        """
    @property
    def assignments(self) -> Table:
        """Which units of which line are in which shipment."""
    @property
    def shipments(self) -> Table:
        """What leaves one node for one order, with its cost and dates."""
    @property
    def unfilled(self) -> Table:
        """Units that nothing is shipped for, and why."""
    @property
    def prices(self) -> Table:
        """Shadow prices of stock and capacity: what one more of it would save about, and the proof of the bound."""
    @property
    def cuts(self) -> Table:
        """Inequalities that lift the bound."""
    @property
    def cut_terms(self) -> Table:
        """Their coefficients."""
    @property
    def history(self) -> Table:
        """News of the run that made it, one row wherever something changed: ``phase``, ``seconds``, ``total``, ``bound`` and ``gap``. Of a
        plan that was read or unpickled there is none.
        """
    def summary(self) -> str:
        """What the plan is, to be printed: status, cost and its parts, bound and gap, and what ships.

        Returns
        -------
        str

        Examples
        --------
        >>> import clapot
        >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
        >>> print(plan.summary().splitlines()[0])
        b2c-20-4-s7: optimal plan by auto
        """
    def by(self, column: _Group) -> Table:
        """What ships, counted by a column of ``shipments``.

        Parameters
        ----------
        column : {"node_id", "service_id", "order_id", "leaves_on", "arrives_on"}
            What to count by.

        Returns
        -------
        Table
            One row for each value: ``shipments``, ``orders``, ``lines``, ``units``, ``parcels``, ``weight_g``, ``transport``, ``handling``,
            ``late``, ``late_shipments``, and ``cost``, which is the sum of the three.

        Raises
        ------
        OptionError
            Nothing is counted by such a column.

        Examples
        --------
        >>> import clapot
        >>> plan = clapot.route(clapot.generate(orders=20, nodes=4, seed=7))
        >>> sum(plan.by("node_id")["shipments"]) == len(plan.shipments)
        True
        """
    def _repr_html_(self) -> str: ...
    @property
    def waves(self) -> Table | None:
        """What is released together, by :func:`plan_waves`; ``None`` without it, as the four tables after it."""
    @property
    def batches(self) -> Table | None:
        """What one picker collects with one cart in one tour."""
    @property
    def tours(self) -> Table | None:
        """Picks in the order in which they are made, with metres and times."""
    @property
    def wave_shipments(self) -> Table | None:
        """For each shipment its wave and batch, and when it is due and departs."""
    @property
    def unplanned(self) -> Table | None:
        """Shipments in no wave, and why."""
    @property
    def figures(self) -> dict[str, Any] | None:
        """What ``waves.json`` holds: figures of all nodes (``total``) and of each (``nodes``), such as ``metres_per_line``,
        ``lines_per_hour``, ``late_shipments`` and ``utilisation``; ``None`` without waves.
        """
    def compare_picking(self) -> list[dict[str, Any]] | None:
        """What picking the same shipments comes to by simple rules: ``one-by-one`` (a tour for each) and ``first-come`` (on a cart as
        they come, until it is full). One dictionary each with ``rule``, ``tours``, ``metres`` and ``labour_s``; ``None`` without waves.
        """
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Priced:
    """What decisions of any system cost. It is true where they keep every rule.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
    >>> plan = clapot.route(problem)
    >>> priced = clapot.price(problem, plan.assignments)
    >>> bool(priced), priced.plan.total >= plan.bound
    (True, True)
    """
    @property
    def plan(self) -> Plan:
        """The plan that the decisions make, with every figure; its status is ``infeasible`` where they break a rule."""
    @property
    def is_valid(self) -> bool:
        """Whether the decisions keep every rule and every shipment can travel."""
    @property
    def violations(self) -> list[str]:
        """Every rule that they break, in words."""
    @property
    def not_carried(self) -> list[dict[str, Any]]:
        """Shipments that no service carries, whose lines count as unfilled: dicts with ``order``, ``node``, ``service`` (``None``
        where none was decided), ``lines`` and ``reason``.
        """
    def __bool__(self) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Verification:
    """What the independent verifier found of a plan. It is true where the plan is valid.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=20, nodes=4, seed=7)
    >>> found = clapot.verify(problem, clapot.route(problem))
    >>> bool(found), found.violations
    (True, [])
    """
    @property
    def is_valid(self) -> bool:
        """Whether all of the plan was checked and nothing is wrong with it."""
    @property
    def violations(self) -> list[str]:
        """Everything that makes the plan invalid, in words."""
    @property
    def warnings(self) -> list[str]:
        """What is unusual but not wrong, in words."""
    @property
    def unchecked(self) -> list[str]:
        """What was not checked within the limits, in words: it may be right or wrong."""
    @property
    def total(self) -> Decimal:
        """Cost of the plan, added up again."""
    @property
    def cost(self) -> dict[str, Decimal]:
        """Its parts: ``transport``, ``handling``, ``split``, ``late``, ``unfilled``."""
    @property
    def bound(self) -> Decimal | None:
        """The bound that is certain; ``None`` where it was not recomputed."""
    @property
    def gap(self) -> float | None:
        """``(total - bound) / total`` with both recomputed; ``None`` where the bound was not, or proves nothing."""
    def __bool__(self) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Floors:
    """The floors of the nodes of a problem: layouts, pick locations and what lies there, carts, shifts, departures, and how waves
    are made. Always valid, and never changed.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=60, nodes=4, seed=7)
    >>> floors = clapot.generate_floors(problem)
    >>> floors.table("shifts").columns[:2]
    ['node_id', 'shift_id']
    """
    @staticmethod
    def from_tables(
        problem: Problem,
        *,
        settings: Mapping[str, object],
        layouts: _TableLike,
        locations: _TableLike,
        location_stock: _TableLike,
        carts: _TableLike,
        shifts: _TableLike,
        edges: _TableLike | None = None,
        departures: _TableLike | None = None,
        priorities: _TableLike | None = None,
        columns: _Columns | None = None,
        rounding: _Rounding | None = None,
    ) -> Floors:
        """Make floors from tables in memory, as :meth:`Problem.from_tables` does.

        Parameters
        ----------
        problem : Problem
            The problem that has the nodes.
        settings : dict
            What ``floor.toml`` holds: ``waves``, ``limits``, ``picking``, ``packing``, and ``node`` for single nodes.
        layouts, locations, location_stock, carts, shifts : table
            The tables that every floor has.
        edges, departures, priorities : table, optional
            Ways of graphs, when carriers leave, and what is urgent.
        columns, rounding : optional
            As in :meth:`Problem.from_tables`.

        Returns
        -------
        Floors

        Raises
        ------
        InputError
            Everything that is wrong with the input, by table, row (from 0) and column.
        """
    @staticmethod
    def read(problem: Problem, path: _Path) -> Floors:
        """Read a floor directory: ``floor.toml`` and tables in CSV or Parquet.

        Parameters
        ----------
        problem : Problem
            The problem that has the nodes.
        path : str or os.PathLike
            The directory.

        Returns
        -------
        Floors
        """
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None:
        """Write the floors to a directory, whole or not at all. Earlier floors there are replaced.

        Parameters
        ----------
        path : str or os.PathLike
            The directory.
        format : {"csv", "parquet"}, default "csv"
            How the tables are written.
        force : bool, default False
            Whether earlier floors are replaced even if other files are in that directory, which are then deleted, and even if
            these are made up by :func:`generate_floors` and those are not.
        """
    def table(self, name: _FloorTable | str) -> Table:
        """One of the tables of the floors.

        Parameters
        ----------
        name : str
            ``layouts``, ``edges``, ``locations``, ``location_stock``, ``carts``, ``shifts``, ``departures`` or ``priorities``.

        Returns
        -------
        Table
        """
    @property
    def settings(self) -> dict[str, Any]:
        """What ``floor.toml`` holds, as a dictionary."""
    @property
    def nodes(self) -> list[Any]:
        """Ids of the nodes that have a floor."""
    @property
    def warnings(self) -> list[Diagnostic]:
        """What was noticed but does no harm: :class:`Diagnostic` objects."""
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Layout:
    """Where pick locations lie, and how a picker gets from one to another. Made by :meth:`aisles`, :meth:`graph` or :meth:`of`.

    Examples
    --------
    >>> import clapot
    >>> clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
    Layout(3 aisles of 10 cells, 1 block)
    """
    @staticmethod
    def aisles(
        *,
        aisles: int,
        cells: int,
        blocks: int = 1,
        aisle_gap_m: float = 4.0,
        cell_gap_m: float = 1.0,
        front_gap_m: float = 1.0,
        back_gap_m: float = 1.0,
        middle_gap_m: float = 1.0,
        depot_aisle: int = 1,
        depot_cross: int = 1,
        depot_m: float = 0.0,
    ) -> Layout:
        """Parallel aisles that are all alike, joined by cross aisles.

        Parameters
        ----------
        aisles, cells : int
            How many aisles, and cells in each; places are ``(aisle, cell)``, both from 1, as in the files.
        blocks : int, default 1
            How many blocks the middle cross aisles make, up to 5.
        aisle_gap_m, cell_gap_m : float
            Metres from an aisle to the next, and from a cell to the next.
        front_gap_m, back_gap_m, middle_gap_m : float, default 1
            Metres from a cross aisle to the nearest cell.
        depot_aisle, depot_cross : int, default 1
            The crossing at which the depot is; cross aisle 1 is the front one.
        depot_m : float, default 0
            Metres from the depot to that crossing.

        Returns
        -------
        Layout
        """
    @staticmethod
    def graph(edges: _TableLike, depot: str) -> Layout:
        """Any floor: vertices, which are the places, and ways between them.

        Parameters
        ----------
        edges : table
            Columns ``from``, ``to`` and ``length_m``; each way is walked in both directions.
        depot : str
            The vertex at which tours begin and end.

        Returns
        -------
        Layout
        """
    @staticmethod
    def of(floors: Floors, node_id: str) -> Layout:
        """The layout of a node's floor; places are the ids of its pick locations.

        Parameters
        ----------
        floors : Floors
            The floors.
        node_id : str
            The node.

        Returns
        -------
        Layout
        """
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Tour:
    """A walk from the depot past all stops and back.

    Attributes are ``stops`` (in the order in which the walk meets them), ``metres`` and ``is_shortest``.
    """
    @property
    def stops(self) -> list[Any]:
        """The stops in the order in which the walk meets them: ``(aisle, cell)``, or names."""
    @property
    def metres(self) -> Decimal:
        """Length of the walk in metres, exact to the millimetre."""
    @property
    def is_shortest(self) -> bool:
        """Whether it is proved that no walk past these stops is shorter."""
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Batches:
    """Orders in batches: each is what one picker collects in one tour."""
    @property
    def batches(self) -> Table:
        """One row per order: ``batch_id``, ``order_id``, and of its batch ``batch_orders``, ``batch_m`` (metres of the tour) and, where
        time is the objective, ``batch_s`` (seconds of walking, stops and setting up). Where anything is due also ``picker`` (from 1),
        ``start_s`` and ``end_s`` of the batch (seconds from the start, picks included), and ``late_s`` of the order, null where it has
        no due time.
        """
    @property
    def objective(self) -> str:
        """What was made small: ``distance`` or ``time``."""
    @property
    def metres(self) -> Decimal:
        """Metres of all tours, exact to the millimetre."""
    @property
    def seconds(self) -> Decimal | None:
        """Seconds of all tours: walking, stops and setting up; ``None`` where distance is the objective."""
    @property
    def lateness(self) -> Decimal | None:
        """Seconds that all orders together are late; ``None`` where nothing is due."""
    @property
    def lateness_bound(self) -> Decimal | None:
        """No batches have less lateness; ``None`` where nothing is due."""
    @property
    def late(self) -> int:
        """How many orders are late."""
    @property
    def bound(self) -> Decimal | None:
        """No batches need fewer metres, or seconds where time is the objective, however late, where that is proved; else ``None``."""
    @property
    def status(self) -> str:
        """``optimal`` where that is proved, else ``feasible``."""
    @property
    def limit(self) -> _Limit | None:
        """What ended the search, if it was not the proof: ``time``, ``work`` or ``interrupted``."""
    @property
    def work(self) -> int:
        """Work done, to repeat the run with ``work_limit``."""
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Selection:
    """Which orders to release as one wave, and the aisles to visit for them."""
    @property
    def orders(self) -> list[str]:
        """Ids of the orders, in the order of the table."""
    @property
    def aisles(self) -> list[str]:
        """Ids of the aisles to visit, in the order of the table."""
    @property
    def units(self) -> int:
        """Units of the orders."""
    @property
    def ratio(self) -> float | None:
        """Units for each aisle that is visited; ``None`` of an empty selection."""
    @property
    def bound(self) -> float | None:
        """No feasible wave has a larger ratio; ``None`` where nothing was proved."""
    @property
    def gap(self) -> float | None:
        """How far the ratio can be below the best, as a share of the bound; ``None`` where nothing was proved."""
    @property
    def status(self) -> str:
        """``optimal``, ``feasible``, ``infeasible`` or ``unknown``."""
    @property
    def limit(self) -> _Limit | None:
        """What stopped the run early: ``time``, ``work`` or ``interrupted``; ``None`` where nothing did."""
    @property
    def work(self) -> int:
        """Work done, to repeat the run with ``work_limit``."""
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

def route(
    problem: Problem,
    *,
    time_limit: float | None = None,
    work_limit: int | None = None,
    patience: float | None = None,
    gap: float = 0.0,
    threads: int = 0,
    seed: int = 1,
    method: _Method = "auto",
    start: Plan | _TableLike | None = None,
    pins: _TableLike | None = None,
    exclusions: _TableLike | None = None,
    bound: bool = True,
    on_progress: _Stop | None = None,
    on_interrupt: _OnInterrupt = "raise",
    log: bool | float | None = None,
) -> Plan:
    """Decide which node ships which line by which service, prove how good that is, and verify it.

    Without a limit it ends once the plan is proved to be the best, or plan and bound have hardly moved in the last third of the
    work. With the same problem, seed and work limit, and no time limit, the
    plan is the same to the byte, at any number of threads, and the same as of the command line and of Rust.

    Parameters
    ----------
    problem : Problem
        What to plan.
    time_limit : float, optional
        Seconds for the whole call, above 0. A rule serves every order all the same.
    work_limit : int, optional
        Limit in units of work (one order priced once), above 0.
    patience : float, optional
        Stop once neither plan nor bound has moved for so many seconds, above 0: the gap has not fallen by a fiftieth of itself.
    gap : float, default 0
        Stop once the plan is proved to be this close to the best, from 0 to below 1.
    threads : int, default 0
        Threads of the call's own pool; 0 is one per core, and never more.
    seed : int, default 1
        Seed of everything random.
    method : str, default "auto"
        ``auto``, ``exact``, or a rule to compare with: ``priority``, ``distance``, ``fewest-splits``, ``cheapest``.
    start : Plan or table, optional
        A plan to start from, of this problem or an earlier state of it. Where it is valid as it is, the new one costs no more.
        Or a table of decisions as :func:`price` takes it.
    pins, exclusions : table, optional
        Rules for this run only: what they add to the problem is part of ``plan.problem``. Pins have the columns ``order_id``,
        ``line_id`` (empty: every line of the order) and ``node_id``; exclusions are as in the file format.
    bound : bool, default True
        Whether a bound is proved. Without it the plan states what is certain of any plan, and a rule takes its own time only.
    on_progress : callable, optional
        Called with a :class:`Progress` whenever there is news, at least five times and at most some fifty times a second. Where
        it returns ``False``, the run ends with the best plan so far.
    on_interrupt : {"raise", "return"}, default "raise"
        What Ctrl-C does: raise ``KeyboardInterrupt`` at once, or end the run with the best plan so far; a second one raises.
    log : bool or float, optional
        Write time, cost, bound and gap to the logger ``clapot``, at every phase and every second, or so many seconds.

    Returns
    -------
    Plan
        Valid: the independent verifier has found nothing wrong with it.

    Warns
    -----
    UserWarning
        The method goes by distance, and orders or nodes have no coordinates.

    Raises
    ------
    OptionError
        A parameter is outside its range.
    InputError
        Pins or exclusions are not what they should be.
    KeyboardInterrupt
        Ctrl-C, at once.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=200, nodes=6, seed=3)
    >>> plan = clapot.route(problem, work_limit=20_000)
    >>> again = clapot.route(problem, work_limit=20_000, threads=1)
    >>> plan.total == again.total and plan.gap < 0.05
    True
    >>> clapot.route(problem, start=plan, work_limit=20_000).total <= plan.total
    True
    """
def price(
    problem: Problem,
    decisions: _TableLike,
    *,
    prices: Plan | None = None,
    time_limit: float | None = None,
    threads: int = 0,
    on_progress: _Stop | None = None,
) -> Priced:
    """Price the decisions of any system: every figure, a bound, and every rule they break.

    What a decision leaves open is filled in: all that is left of the line, one shipment for an order and node, the cheapest
    service, and the first date on which the node has the stock. Lines that no decision names stay unfilled.

    Parameters
    ----------
    problem : Problem
        The problem.
    decisions : table
        ``order_id``, ``line_id``, ``node_id``, and where they are known ``qty``, ``service_id`` and ``shipment_id``; ``assignments``
        of a plan is such a table.
    prices : Plan, optional
        A plan of the same problem whose prices and cuts prove the bound; by default some are found.
    time_limit : float, optional
        Seconds for the whole call, above 0.
    threads : int, default 0
        Threads of the call's own pool; 0 is one per core.
    on_progress : callable, optional
        As in :func:`route`.

    Returns
    -------
    Priced

    Raises
    ------
    InputError
        The table names what the problem does not have, or contradicts itself.
    OptionError
        A parameter is outside its range.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=50, nodes=4, seed=7)
    >>> today = clapot.price(problem, clapot.route(problem, method="distance").assignments)
    >>> best = clapot.route(problem, work_limit=20_000)
    >>> best.total <= today.plan.total
    True
    """
def verify(
    problem: Problem,
    plan: Plan,
    *,
    floors: Floors | None = None,
    bound: bool = True,
    threads: int = 0,
    time_limit: float | None = None,
    cut_steps: int = 10_000_000_000,
) -> Verification:
    """Judge a plan from scratch: every rule, every figure, and the bound that its prices prove.

    The verifier shares no code with what makes plans.

    Parameters
    ----------
    problem : Problem
        The problem.
    plan : Plan
        A plan of it, or of another state of it: then its rows are looked up by their ids. Where it has waves, they are judged too.
    floors : Floors, optional
        What to judge the waves by; by default the floors that they were planned for, with the nodes of this problem.
    bound : bool, default True
        Whether to recompute the bound, which takes most of the time.
    threads : int, default 0
        Threads for the bound; 0 is one per core.
    time_limit : float, optional
        Seconds for the judging, above 0. What is left then is not checked.
    cut_steps : int, default 10,000,000,000
        Steps that proving all cuts of the plan together may take, about a nanosecond each. A cut beyond them is not checked.

    Returns
    -------
    Verification
        Where something was not checked it is not valid, and ``unchecked`` says what.

    Raises
    ------
    InputError
        The plan names what this problem or its floors do not have, or the floors do not fit the problem.
    """
def generate(
    orders: int = 1000,
    nodes: int = 12,
    *,
    seed: int = 1,
    profile: Literal["b2c", "b2b"] = "b2c",
    skus: int | None = None,
    slack: int = 115,
    spread: int = 45,
    capacity: int = 115,
    plain: bool = False,
    divisible: bool = True,
    incoming: int = 0,
) -> Problem:
    """Make a synthetic problem from a seed.

    Customers, places and prices are invented; sizes, distances and shortages are made to feel like real ones. The same
    options give the same problem on every machine, and the same as ``clapot generate``.

    Parameters
    ----------
    orders : int, default 1000
        Number of orders, 1 to 10,000,000.
    nodes : int, default 12
        Number of nodes, 2 to 500.
    seed : int, default 1
        Another seed gives another problem.
    profile : {"b2c", "b2b"}, default "b2c"
        What kind of customers order.
    skus : int, optional
        Number of SKUs; by default what suits the number of orders.
    slack : int, default 115
        Stock of each SKU over all nodes, in per cent of its demand.
    spread : int, default 45
        Share of the nodes that stock a SKU, in per cent.
    capacity : int, default 115
        What all nodes can handle, in per cent of the ordered lines; 0 means no limits.
    plain : bool, default False
        Only stock, capacity, lanes and rates: no pins, groups, exclusions, pickup or quotes.
    divisible : bool, default True
        Whether a few lines are divisible.
    incoming : int, default 0
        Share of the rows of stock of which a part comes only within a week, in per cent.

    Returns
    -------
    Problem

    Raises
    ------
    OptionError
        An option is outside its range.
    """
def generate_floors(
    problem: Problem,
    *,
    seed: int = 1,
    mode: Literal["cutoff", "early", "fixed", "waveless"] = "cutoff",
    staff: int = 110,
    scattered: int = 15,
) -> Floors:
    """Make floors for all nodes of a problem that have stock, from a seed.

    Parameters
    ----------
    problem : Problem
        The problem.
    seed : int, default 1
        Another seed gives other floors.
    mode : {"cutoff", "early", "fixed", "waveless"}, default "cutoff"
        When waves are released: as late as is safe, as soon as can be, at fixed times, or one after another.
    staff : int, default 110
        Pickers, in per cent of what the orders are expected to need.
    scattered : int, default 15
        SKUs that lie in two pick locations, in per cent.

    Returns
    -------
    Floors
    """
def plan_waves(
    problem: Problem,
    plan: Plan,
    floors: Floors,
    *,
    time_limit: float | None = None,
    work_limit: int | None = None,
    threads: int = 0,
    seed: int = 1,
    on_progress: _Stop | None = None,
    on_interrupt: _OnInterrupt = "raise",
    log: bool | float | None = None,
) -> Plan:
    """Decide what each node releases when, who picks it in which tour, and which departure it makes; and verify the plan.

    Parameters
    ----------
    problem : Problem
        The problem.
    plan : Plan
        A routing plan of it.
    floors : Floors
        The floors of its nodes.
    time_limit : float, optional
        Seconds for the whole call, above 0.
    work_limit : int, optional
        Limit in units of work (one tour asked for), above 0.
    threads : int, default 0
        Threads of the call's own pool; 0 is one per core.
    seed : int, default 1
        Seed of everything random.
    on_progress : callable, optional
        As of :func:`route`; what the plan is worth is not told, since it has no single figure.
    on_interrupt, log : optional
        As of :func:`route`.

    Returns
    -------
    Plan
        The same routing, with the tables ``waves``, ``batches``, ``tours``, ``wave_shipments`` and ``unplanned``, and ``figures``.

    Examples
    --------
    >>> import clapot
    >>> problem = clapot.generate(orders=60, nodes=4, seed=7)
    >>> floors = clapot.generate_floors(problem)
    >>> plan = clapot.plan_waves(problem, clapot.route(problem, work_limit=2_000), floors, work_limit=20_000)
    >>> plan.figures["total"]["late_shipments"]
    0
    >>> plan.batches.columns[:3]
    ['batch_id', 'wave_id', 'cart_id']
    """
def read_shipments(
    shipments: _TableLike | _Path,
    floor: Mapping[str, Any] | _Path,
    *,
    now: str | datetime,
    timezone: str = "UTC",
    strict: bool = False,
    skip_bad_orders: bool = False,
) -> tuple[Plan, Floors]:
    """Read shipments that were decided elsewhere, and the floors of the nodes that they leave: all that planning of waves asks for.

    Parameters
    ----------
    shipments : table, str or os.PathLike
        One row per line of a shipment: ``shipment``, ``order`` (by default the shipment), ``line``, ``sku``, ``qty``, ``service``,
        ``due`` (by when it must be packed, such as ``2026-03-02 14:30``), ``node`` where there are several floors, ``weight_g`` and
        ``volume_cm3`` of one unit. A table, or a CSV or Parquet file.
    floor : dict, str or os.PathLike
        A floor directory, or its tables by their names, with ``settings`` for what ``floor.toml`` holds.
    now : str or datetime
        When planning begins, with its offset from UTC.
    timezone : str, default "UTC"
        The clock of the nodes, such as ``Europe/Paris``.
    strict : bool, default False
        Take every warning for an error.
    skip_bad_orders : bool, default False
        Leave out orders that errors name, instead of refusing all of them; ``plan.problem.left_out`` tells which and why.

    Returns
    -------
    (Plan, Floors)
        For :func:`plan_waves`, with ``plan.problem``; tables of waves name the shipments by their own ids.

    Raises
    ------
    InputError
        All that is wrong with the shipments and the floors.

    Examples
    --------
    >>> import clapot, pyarrow as pa
    >>> floor = {
    ...     "layouts": pa.table({"node_id": ["A"], "kind": ["aisles"], "aisles": [2], "cells": [5], "aisle_gap_m": [3], "cell_gap_m": [1]}),
    ...     "locations": pa.table({"node_id": ["A"], "location_id": ["L1"], "aisle": [1], "cell": [3]}),
    ...     "location_stock": pa.table({"node_id": ["A"], "location_id": ["L1"], "sku": ["lamp"], "qty": [50]}),
    ...     "carts": pa.table({"node_id": ["A"], "cart_id": ["cart"]}),
    ...     "shifts": pa.table({"node_id": ["A"], "shift_id": ["day"], "days": ["12345"], "start": ["08:00"], "end": ["16:00"], "pickers": [2]}),
    ... }
    >>> shipments = pa.table({"shipment": ["S-1", "S-2"], "sku": ["lamp", "lamp"], "qty": [1, 2], "due": ["2026-03-02 12:00"] * 2})
    >>> plan, floors = clapot.read_shipments(shipments, floor, now="2026-03-02T09:00:00+01:00", timezone="Europe/Paris")
    >>> waves = clapot.plan_waves(plan.problem, plan, floors, work_limit=1_000)
    >>> waves.wave_shipments["shipment_id"]
    ['S-1', 'S-2']
    """
def select_wave(
    orders: _TableLike,
    aisles: _TableLike,
    *,
    min_units: int = 1,
    max_units: int,
    time_limit: float | None = None,
    work_limit: int | None = None,
    threads: int = 0,
    seed: int = 1,
    on_progress: _Stop | None = None,
) -> Selection:
    """Select the orders of a wave and the aisles to visit for them, so that each visited aisle gives as many units as can be.

    Orders are all or nothing, and the visited aisles together hold what the orders ask for.

    Parameters
    ----------
    orders : table
        Columns ``order_id``, ``sku`` and ``qty``: what is open.
    aisles : table
        Columns ``aisle_id``, ``sku`` and ``qty``: what each aisle holds.
    min_units, max_units : int
        Least and most units of the wave.
    time_limit : float, optional
        Seconds for the whole call, above 0.
    work_limit : int, optional
        Limit in units of work, above 0.
    threads : int, default 0
        Threads; 0 is one per core.
    seed : int, default 1
        Seed of everything random.
    on_progress : callable, optional
        As of :func:`route`; ``total`` and ``bound`` are units per aisle. Where it returns ``False``, the best wave so far comes out.

    Returns
    -------
    Selection

    Examples
    --------
    >>> import clapot, pyarrow as pa
    >>> orders = pa.table({"order_id": ["a", "b", "c"], "sku": ["x", "y", "z"], "qty": [3, 2, 4]})
    >>> aisles = pa.table({"aisle_id": ["1", "1", "2"], "sku": ["x", "y", "z"], "qty": [9, 9, 9]})
    >>> chosen = clapot.select_wave(orders, aisles, min_units=1, max_units=9)
    >>> chosen.orders, chosen.aisles, chosen.ratio, chosen.status
    (['a', 'b'], ['1'], 5.0, 'optimal')
    """
def tour(layout: Layout, stops: Sequence[tuple[int, int] | str], *, method: str = "exact") -> Tour:
    """Find the way past some places and back to the depot.

    Parameters
    ----------
    layout : Layout
        How a picker walks.
    stops : sequence
        The places in any order: ``(aisle, cell)`` pairs, ids of pick locations, or vertices.
    method : str, default "exact"
        ``exact`` is the shortest; in aisles also ``s-shape``, ``return``, ``midpoint``, ``largest-gap`` and ``combined``.

    Returns
    -------
    Tour

    Examples
    --------
    >>> import clapot
    >>> layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
    >>> tour = clapot.tour(layout, [(3, 10), (1, 9)])
    >>> tour.metres, tour.stops
    (Decimal('38'), [(1, 9), (3, 10)])
    >>> clapot.tour(layout, [(3, 10), (1, 9)], method="return").metres
    Decimal('54')
    """
def batch(
    layout: Layout,
    picks: _TableLike,
    *,
    max_units: int | None = None,
    max_weight_g: int | None = None,
    max_volume_cm3: int | None = None,
    max_orders: int | None = None,
    bins: int | None = None,
    bin_units: int | None = None,
    bin_weight_g: int | None = None,
    bin_volume_cm3: int | None = None,
    objective: Literal["distance", "time"] = "distance",
    walking_m_per_s: float | None = None,
    seconds_per_tour: float | None = None,
    seconds_per_stop: float | None = None,
    seconds_per_line: float | None = None,
    seconds_per_unit: float | None = None,
    pickers: int = 1,
    time_limit: float | None = None,
    work_limit: int | None = None,
    threads: int = 0,
    seed: int = 1,
    on_progress: _Stop | None = None,
) -> Batches:
    """Put orders into batches, so that all pickers together walk as little as possible.

    Parameters
    ----------
    layout : Layout
        How a picker walks.
    picks : table
        One row per pick: ``order_id``, the place (``aisle`` and ``cell``, both from 1, or ``location_id``), and if wanted ``qty`` (default 1),
        ``weight_g`` and ``volume_cm3`` of one unit. With ``due_s`` an order is due so many seconds after the start, the least of its
        rows; null is never.
    max_units, max_weight_g, max_volume_cm3, max_orders : int, optional
        What one batch may hold.
    bins, bin_units, bin_weight_g, bin_volume_cm3 : int, optional
        Bins of a cart, and what a bin holds: an order takes as many as it needs and shares none.
    objective : {"distance", "time"}, default "distance"
        What to make small: metres walked, or seconds of walking, of stops and of setting up tours. The time of picks themselves
        is the same in every plan.
    walking_m_per_s, seconds_per_tour, seconds_per_stop : float, optional
        For the objective ``time``; by default 1.2, 60 and 5, as of a floor. Orders that share a stop share its time.
    seconds_per_line, seconds_per_unit : float, optional
        What a row of ``picks`` and a unit of it take themselves, which matters to due times only; by default 4 and 1, as of a floor.
    pickers : int, default 1
        Who all begin at the start and collect batch after batch; for due times.
    time_limit : float, optional
        Seconds for the whole call, above 0.
    work_limit : int, optional
        Limit in evaluations of a batch; without any limit it is 50 million.
    threads : int, default 0
        Threads; 0 is one per core.
    seed : int, default 1
        Seed of everything random.
    on_progress : callable, optional
        As of :func:`route`; ``total`` is metres, or seconds where time is the objective. Where it returns ``False``, the best batches
        so far come out.

    Returns
    -------
    Batches

    Notes
    -----
    Where orders have due times, which wants ``objective="time"``, lateness comes first: the sum over all orders of the seconds from
    their due time until their batch has ended. Departures, waves and shifts are for :func:`plan_waves`.

    Examples
    --------
    Four orders in two corners of a store; a cart takes two.

    >>> import clapot, pyarrow as pa
    >>> layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
    >>> picks = pa.table({"order_id": ["a", "b", "c", "d"], "aisle": [1, 3, 1, 3], "cell": [9, 2, 10, 1]})
    >>> found = clapot.batch(layout, picks, max_orders=2)
    >>> found.status, [(row["batch_id"], row["order_id"]) for row in found.batches.to_dicts()]
    ('optimal', [('1', 'a'), ('1', 'c'), ('2', 'b'), ('2', 'd')])
    >>> clapot.batch(layout, picks, max_orders=2, objective="time", walking_m_per_s=1, seconds_per_tour=30, seconds_per_stop=5)
    Batches(optimal, 2 batches of 4 orders, 40 m, 120 s)
    """
def _panic_for_tests(place: str) -> None: ...
def _table_from_state(name: str, bytes: bytes) -> Table: ...
def _table_of_columns(name: str, columns: Sequence[tuple[str, str, Sequence[Any]]]) -> Table: ...
def _table_of(name: str, object: _TableLike) -> Table: ...
def _columns_of(table: str) -> list[tuple[str, str, bool]] | None: ...
def _tables_of() -> list[str]: ...
def _problem_from_state(settings: str, tables: list[Table], ids: list[str]) -> Problem: ...
def _plan_from_state(
    problem: Problem, summary: str, tables: list[Table], waves: tuple[Floors, str, list[Table]] | None
) -> Plan: ...
def _priced_from_state(plan: Plan, violations: list[str], not_carried: list[Any]) -> Priced: ...
def _verification_from_state(state: tuple[Any, ...]) -> Verification: ...
def _floors_from_state(
    problem: Problem, settings: str, tables: list[Table], open: tuple[list[str], list[int | None]] | None = None
) -> Floors: ...
def _layout_from_state(kind: str, *state: Any) -> Layout: ...
def _tour_from_state(stops: list[Any], millimetres: int, is_shortest: bool) -> Tour: ...
def _batches_from_state(table: Table, state: tuple[Any, ...]) -> Batches: ...
def _selection_from_state(state: tuple[Any, ...]) -> Selection: ...
