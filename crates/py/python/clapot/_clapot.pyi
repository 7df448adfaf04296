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
_Limit: TypeAlias = Literal["time", "work", "gap", "interrupted"]
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
    | Literal["pins", "decisions", "select_wave.orders", "select_wave.aisles", "batch.picks", "graph.edges"]
)
# What `Plan.by` counts by.
_Group: TypeAlias = Literal["node_id", "service_id", "order_id", "leaves_on", "arrives_on"]
_Path: TypeAlias = str | PathLike[str]
_Format: TypeAlias = Literal["csv", "parquet"]
_Stop: TypeAlias = Callable[[Progress], object]

__version__: Final[str]

def version() -> str: ...
@final
class Table:
    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> list[str]: ...
    def to_dicts(self) -> list[dict[str, Any]]: ...
    def to_pandas(
        self,
        *,
        money: Literal["float64", "decimal", "arrow"] = "float64",
        dates: Literal["datetime64", "date", "arrow"] = "datetime64",
    ) -> Any: ...
    def to_polars(self) -> Any: ...
    def to_arrow(self) -> Any: ...
    def head(self, n: int = 5) -> Table: ...
    @property
    def shape(self) -> tuple[int, int]: ...
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
    ) -> Problem: ...
    @staticmethod
    def read(
        path: _Path,
        *,
        strict: bool = False,
        skip_bad_orders: bool = False,
        threads: int = 0,
        site: _Path | None = None,
    ) -> Problem: ...
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None: ...
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
    ) -> Problem: ...
    def filter(self, *, orders: Iterable[Any] | Callable[[Table], Iterable[Any]]) -> Problem: ...
    def table(self, name: _ProblemTable | str) -> Table: ...
    @property
    def name(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def now(self) -> str: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def warnings(self) -> list[Diagnostic]: ...
    @property
    def left_out(self) -> dict[Any, list[Diagnostic]]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Plan:
    @staticmethod
    def read(problem: Problem, path: _Path, *, floors: Floors | None = None) -> Plan: ...
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None: ...
    @property
    def problem(self) -> Problem: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def bound(self) -> Decimal: ...
    @property
    def proved_bound(self) -> Decimal | None: ...
    @property
    def gap(self) -> float | None: ...
    @property
    def status(self) -> _Status: ...
    @property
    def limit(self) -> _Limit | None: ...
    @property
    def cost(self) -> dict[str, Decimal]: ...
    @property
    def method(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def work(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def unfilled_units(self) -> int: ...
    @property
    def taken_over(self) -> dict[str, int] | None: ...
    @property
    def assignments(self) -> Table: ...
    @property
    def shipments(self) -> Table: ...
    @property
    def unfilled(self) -> Table: ...
    @property
    def prices(self) -> Table: ...
    @property
    def cuts(self) -> Table: ...
    @property
    def cut_terms(self) -> Table: ...
    @property
    def history(self) -> Table: ...
    def summary(self) -> str: ...
    def by(self, column: _Group) -> Table: ...
    def _repr_html_(self) -> str: ...
    @property
    def waves(self) -> Table | None: ...
    @property
    def batches(self) -> Table | None: ...
    @property
    def tours(self) -> Table | None: ...
    @property
    def wave_shipments(self) -> Table | None: ...
    @property
    def unplanned(self) -> Table | None: ...
    @property
    def figures(self) -> dict[str, Any] | None: ...
    def compare_picking(self) -> list[dict[str, Any]] | None: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Priced:
    @property
    def plan(self) -> Plan: ...
    @property
    def is_valid(self) -> bool: ...
    @property
    def violations(self) -> list[str]: ...
    @property
    def not_carried(self) -> list[dict[str, Any]]: ...
    def __bool__(self) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Verification:
    @property
    def is_valid(self) -> bool: ...
    @property
    def violations(self) -> list[str]: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def unchecked(self) -> list[str]: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def cost(self) -> dict[str, Decimal]: ...
    @property
    def bound(self) -> Decimal | None: ...
    @property
    def gap(self) -> float | None: ...
    def __bool__(self) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Floors:
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
    ) -> Floors: ...
    @staticmethod
    def read(problem: Problem, path: _Path) -> Floors: ...
    def write(self, path: _Path, *, format: _Format = "csv", force: bool = False) -> None: ...
    def table(self, name: _FloorTable | str) -> Table: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def nodes(self) -> list[Any]: ...
    @property
    def warnings(self) -> list[Diagnostic]: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Layout:
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
    ) -> Layout: ...
    @staticmethod
    def graph(edges: _TableLike, depot: str) -> Layout: ...
    @staticmethod
    def of(floors: Floors, node_id: str) -> Layout: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Tour:
    @property
    def stops(self) -> list[Any]: ...
    @property
    def metres(self) -> Decimal: ...
    @property
    def is_shortest(self) -> bool: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Batches:
    @property
    def batches(self) -> Table: ...
    @property
    def objective(self) -> str: ...
    @property
    def metres(self) -> Decimal: ...
    @property
    def seconds(self) -> Decimal | None: ...
    @property
    def lateness(self) -> Decimal | None: ...
    @property
    def lateness_bound(self) -> Decimal | None: ...
    @property
    def late(self) -> int: ...
    @property
    def bound(self) -> Decimal | None: ...
    @property
    def status(self) -> str: ...
    @property
    def limit(self) -> _Limit | None: ...
    @property
    def work(self) -> int: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Selection:
    @property
    def orders(self) -> list[str]: ...
    @property
    def aisles(self) -> list[str]: ...
    @property
    def units(self) -> int: ...
    @property
    def ratio(self) -> float | None: ...
    @property
    def bound(self) -> float | None: ...
    @property
    def gap(self) -> float | None: ...
    @property
    def status(self) -> str: ...
    @property
    def limit(self) -> _Limit | None: ...
    @property
    def work(self) -> int: ...
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
) -> Plan: ...
def price(
    problem: Problem,
    decisions: _TableLike,
    *,
    prices: Plan | None = None,
    time_limit: float | None = None,
    threads: int = 0,
    on_progress: _Stop | None = None,
) -> Priced: ...
def verify(
    problem: Problem,
    plan: Plan,
    *,
    floors: Floors | None = None,
    bound: bool = True,
    threads: int = 0,
    time_limit: float | None = None,
    cut_steps: int = 10_000_000_000,
) -> Verification: ...
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
) -> Problem: ...
def generate_floors(
    problem: Problem,
    *,
    seed: int = 1,
    mode: Literal["cutoff", "early", "fixed", "waveless"] = "cutoff",
    staff: int = 110,
    scattered: int = 15,
) -> Floors: ...
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
) -> Plan: ...
def read_shipments(
    shipments: _TableLike | _Path,
    floor: Mapping[str, Any] | _Path,
    *,
    now: str | datetime,
    timezone: str = "UTC",
    strict: bool = False,
    skip_bad_orders: bool = False,
) -> tuple[Plan, Floors]: ...
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
) -> Selection: ...
def tour(layout: Layout, stops: Sequence[tuple[int, int] | str], *, method: str = "exact") -> Tour: ...
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
) -> Batches: ...
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
def _floors_from_state(problem: Problem, settings: str, tables: list[Table]) -> Floors: ...
def _layout_from_state(kind: str, *state: Any) -> Layout: ...
def _tour_from_state(stops: list[Any], millimetres: int, is_shortest: bool) -> Tour: ...
def _batches_from_state(table: Table, state: tuple[Any, ...]) -> Batches: ...
def _selection_from_state(state: tuple[Any, ...]) -> Selection: ...
