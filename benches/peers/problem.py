"""A routing problem as docs/format.md defines it, read from its CSV tables, and the price of a shipment.

Money is in ten-thousandths. Divisible lines and stock with a date are refused: the model of `model.py` does not know them.
"""

import bisect
import csv
import datetime as dt
import math
import tomllib
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

UNIT = 10_000


def money(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * UNIT + int((part + "0000")[:4])


def show(amount: int) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // UNIT}.{abs(amount) % UNIT:04d}"


def table(folder: Path, name: str, required: bool = True) -> list[dict[str, str]]:
    path = folder / f"{name}.csv"
    if not path.exists():
        if required:
            raise SystemExit(f"{path} is missing")
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Node:
    id: str
    place: tuple[float, float] | None
    shipment_cost: int
    line_cost: int
    unit_cost: int
    max_shipments: int | None
    max_lines: int | None
    max_units: int | None
    ready: dt.datetime
    ships: bool
    pickup: bool


@dataclass
class Service:
    id: str
    days: set[int]
    cutoff: dt.time | None
    divisor: int | None
    max_parcel: int | None
    fuel: int


@dataclass
class Line:
    id: str
    sku: str
    qty: int
    penalty: int
    pin: str
    group: str
    excluded: set[str] = field(default_factory=set)


@dataclass
class Atom:
    """Lines that travel together: a group, or one line."""

    lines: list[Line]
    weight: int
    volume: int
    heaviest: int
    units: int
    penalty: int


@dataclass
class Order:
    id: str
    country: str
    postcode: str
    place: tuple[float, float] | None
    deliver_by: dt.date | None
    max_shipments: int | None
    complete: bool
    pickup: str
    lines: list[Line] = field(default_factory=list)
    excluded: set[str] = field(default_factory=set)
    quotes: dict[str, list[tuple[str, int, dt.date | None, int]]] = field(default_factory=dict)
    quoted: bool = False
    atoms: list[Atom] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """How a shipment may travel: a service of a lane (`rate`), a quote, or pickup. Lateness does not depend on the load."""

    service: str
    late: int
    days_late: int
    leaves: dt.date | None
    arrives: dt.date | None
    rate: tuple[str, str] | None = None
    price: int = 0
    workload: int = 1


class Problem:
    """All tables of a problem directory."""

    def __init__(self, folder: Path) -> None:
        head = tomllib.loads((folder / "problem.toml").read_text(encoding="utf-8"), parse_float=str)
        goal = head.get("objective", {})
        self.name: str = head["name"]
        self.split = money(str(goal.get("split_penalty", 0)))
        self.late = money(str(goal.get("late_penalty_per_day", 0)))
        unfilled = money(str(goal["unfilled_penalty"]))
        now = head["now"]
        now = now if isinstance(now, dt.datetime) else dt.datetime.fromisoformat(now)
        zone = head.get("timezone", "UTC")
        self.nodes = {row["node_id"]: node(row, now, zone) for row in table(folder, "nodes")}
        self.items = {r["sku"]: (int(r["weight_g"]), int(r.get("volume_cm3") or 0)) for r in table(folder, "items")}
        self.stock: dict[tuple[str, str], int] = {}
        for row in table(folder, "stock"):
            if row.get("available_from"):
                raise SystemExit("stock with a date is not part of this model")
            here = int(row["on_hand"]) - int(row.get("reserved") or 0) - int(row.get("safety") or 0)
            self.stock[row["node_id"], row["sku"]] = max(0, here)
        self.orders = {row["order_id"]: order(row) for row in table(folder, "orders")}
        self.read_lines(folder, unfilled)
        self.services = {row["service_id"]: service(row) for row in table(folder, "services")}
        self.read_tariff(folder)
        self.known: dict[tuple[str, str, str, tuple[float, float] | None], list[tuple[str, str, int]]] = {}

    def read_lines(self, folder: Path, unfilled: int) -> None:
        lines: dict[tuple[str, str], Line] = {}
        for row in table(folder, "lines"):
            if row.get("divisible") == "true" and not row.get("group"):
                raise SystemExit("divisible lines are not part of this model")
            penalty = money(row["unfilled_penalty"]) if row.get("unfilled_penalty") else unfilled
            pin, group = row.get("node_id") or "", row.get("group") or ""
            line = Line(row["line_id"], row["sku"], int(row["qty"]), penalty, pin, group)
            lines[row["order_id"], line.id] = line
            self.orders[row["order_id"]].lines.append(line)
        for row in table(folder, "exclusions", required=False):
            one = self.orders[row["order_id"]] if not row["line_id"] else lines[row["order_id"], row["line_id"]]
            one.excluded.add(row["node_id"])
        for row in table(folder, "quotes", required=False):
            on = dt.date.fromisoformat(row["deliver_on"]) if row.get("deliver_on") else None
            quote = (row["service_id"], money(row["price"]), on, int(row.get("workload") or 1))
            self.orders[row["order_id"]].quotes.setdefault(row["node_id"], []).append(quote)
            self.orders[row["order_id"]].quoted = True
        for one in self.orders.values():
            groups: dict[str, list[Line]] = {}
            for line in one.lines:
                groups.setdefault(f"g{line.group}" if line.group else f"l{line.id}", []).append(line)
            one.atoms = [self.atom(lines) for lines in groups.values()]

    def atom(self, lines: list[Line]) -> Atom:
        return Atom(
            lines=lines,
            weight=sum(line.qty * self.items[line.sku][0] for line in lines),
            volume=sum(line.qty * self.items[line.sku][1] for line in lines),
            heaviest=max(self.items[line.sku][0] for line in lines),
            units=sum(line.qty for line in lines),
            penalty=sum(line.qty * line.penalty for line in lines),
        )

    def read_tariff(self, folder: Path) -> None:
        self.lanes: dict[tuple[str, str], list[tuple[str, str, float | None, str, int]]] = {}
        for row in table(folder, "lanes"):
            km = float(row["max_km"]) if row.get("max_km") else None
            lane = (row["country"], row.get("postcode_prefix") or "", km, row.get("zone") or "", int(row["transit_days"]))
            self.lanes.setdefault((row["service_id"], row["node_id"]), []).append(lane)
        for lanes in self.lanes.values():
            lanes.sort(key=lambda lane: (-len(lane[1].encode()), math.inf if lane[2] is None else lane[2]))
        self.bands: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self.open: dict[tuple[str, str], tuple[int, int]] = {}
        for row in table(folder, "rates"):
            key = (row["service_id"], row.get("zone") or "")
            bands = self.bands.setdefault(key, [])
            if row.get("max_g"):
                bands.append((int(row["max_g"]), self.fuelled(key[0], money(row["price"]))))
            else:
                self.open[key] = (money(row["price"]), money(row.get("per_kg") or "0"))
        for bands in self.bands.values():
            bands.sort()

    def fuelled(self, service: str, price: int) -> int:
        """A price with fuel, rounded half up."""
        return (2 * price * (100 * UNIT + self.services[service].fuel) + 100 * UNIT) // (200 * UNIT)

    def parcel(self, rate: tuple[str, str], grams: int) -> int | None:
        """Price of one parcel with fuel."""
        bands = self.bands[rate]
        at = bisect.bisect_left(bands, grams, key=lambda band: band[0])
        if at < len(bands):
            return bands[at][1]
        if rate not in self.open:
            return None
        price, per_kg = self.open[rate]
        last = bands[-1][0] if bands else 0
        return self.fuelled(rate[0], price + per_kg * -(-(grams - last) // 1000))

    def carriage(self, way: Way, weight: int, volume: int, heaviest: int) -> tuple[int, int, int] | None:
        """Transport, parcels and billable grams of a load, where the way takes it."""
        if way.rate is None:
            return way.price, 1, max(1, weight)
        service = self.services[way.rate[0]]
        billable = max(weight, 1)
        if service.divisor:
            billable = max(billable, -(-volume * 1000 // service.divisor))
        parcels = 1
        if service.max_parcel is not None:
            if heaviest > service.max_parcel:
                return None
            parcels = -(-billable // service.max_parcel)
        price = self.parcel(way.rate, -(-billable // parcels))
        return None if price is None else (parcels * price, parcels, billable)

    def lateness(self, order: Order, arrives: dt.date | None) -> tuple[int, int]:
        if arrives is None or order.deliver_by is None or arrives <= order.deliver_by:
            return 0, 0
        days = (arrives - order.deliver_by).days
        return self.late * days, days

    def ways(self, order: Order, node: Node) -> list[Way]:
        """How a shipment of an order may leave a node."""
        ready = node.ready.date()
        if order.pickup:
            return [Way("pickup", 0, 0, ready, ready)] if node.id == order.pickup and node.pickup else []
        if not node.ships:
            return []
        if order.quoted:
            ways = []
            for service, price, on, workload in order.quotes.get(node.id, []):
                late, days = self.lateness(order, on)
                leaves = self.leaves(service, node) if service in self.services else None
                ways.append(Way(service, late, days, leaves, on, None, price, workload))
            return ways
        ways = []
        for service, zone, transit in self.lanes_to(order, node):
            leaves = self.leaves(service, node)
            arrives = self.arrives(service, leaves, transit)
            late, days = self.lateness(order, arrives)
            ways.append(Way(service, late, days, leaves, arrives, (service, zone)))
        return ways

    def lanes_to(self, order: Order, node: Node) -> list[tuple[str, str, int]]:
        key = (node.id, order.country, order.postcode, order.place)
        if key not in self.known:
            km = distance(node.place, order.place) if node.place and order.place else None
            found = [(service, self.lane(service, node.id, order, km)) for service in self.services]
            self.known[key] = [(s, *lane) for s, lane in found if lane is not None and (s, lane[0]) in self.bands]
        return self.known[key]

    def lane(self, service: str, node: str, order: Order, km: float | None) -> tuple[str, int] | None:
        for whose in (node, "*"):
            for country, prefix, most, zone, transit in self.lanes.get((service, whose), []):
                near = most is None or km is not None and km <= most
                if country == order.country and order.postcode.startswith(prefix) and near:
                    return zone, transit
        return None

    def leaves(self, service: str, node: Node) -> dt.date:
        s, day = self.services[service], node.ready.date()
        if s.cutoff is not None and node.ready.time() > s.cutoff:
            day += dt.timedelta(1)
        while day.isoweekday() not in s.days:
            day += dt.timedelta(1)
        return day

    def arrives(self, service: str, day: dt.date, transit: int) -> dt.date:
        while transit:
            day += dt.timedelta(1)
            transit -= day.isoweekday() in self.services[service].days
        return day

    def fills(self, order: Order, atom: Atom, node: Node) -> bool:
        """Whether a node may fill an atom, as far as the order alone knows."""
        for line in atom.lines:
            if line.pin and line.pin != node.id or node.id in line.excluded or node.id in order.excluded:
                return False
            if self.stock.get((node.id, line.sku), 0) < line.qty:
                return False
        return True


def node(row: dict[str, str], now: dt.datetime, zone: str) -> Node:
    def cost(key: str) -> int:
        return money(row.get(key) or "0")

    def most(key: str) -> int | None:
        return int(row[key]) if row.get(key) else None

    hours = dt.timedelta(hours=float(row.get("lead_hours") or 0))
    local = (now.astimezone(dt.timezone.utc) + hours).astimezone(zoneinfo.ZoneInfo(row.get("timezone") or zone))
    return Node(
        id=row["node_id"],
        place=place(row),
        shipment_cost=cost("shipment_cost"),
        line_cost=cost("line_cost"),
        unit_cost=cost("unit_cost"),
        max_shipments=most("max_shipments"),
        max_lines=most("max_lines"),
        max_units=most("max_units"),
        ready=local.replace(tzinfo=None),
        ships=row.get("ships") != "false",
        pickup=row.get("pickup") == "true",
    )


def order(row: dict[str, str]) -> Order:
    return Order(
        id=row["order_id"],
        country=row["country"],
        postcode=row.get("postcode") or "",
        place=place(row),
        deliver_by=dt.date.fromisoformat(row["deliver_by"]) if row.get("deliver_by") else None,
        max_shipments=int(row["max_shipments"]) if row.get("max_shipments") else None,
        complete=row.get("ship_complete") == "true",
        pickup=row.get("pickup_node") or "",
    )


def service(row: dict[str, str]) -> Service:
    return Service(
        id=row["service_id"],
        days={int(day) for day in row["days"]},
        cutoff=dt.time.fromisoformat(row["cutoff"]) if row.get("cutoff") else None,
        divisor=int(row["divisor_cm3_per_kg"]) if row.get("divisor_cm3_per_kg") else None,
        max_parcel=int(row["max_parcel_g"]) if row.get("max_parcel_g") else None,
        fuel=money(row.get("fuel_pct") or "0"),
    )


def place(row: dict[str, str]) -> tuple[float, float] | None:
    return (float(row["lat"]), float(row["lon"])) if row.get("lat") and row.get("lon") else None


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle kilometres."""
    la1, lo1, la2, lo2 = (math.radians(x) for x in (*a, *b))
    h = math.sin((la2 - la1) / 2) ** 2 + math.cos(la1) * math.cos(la2) * math.sin((lo2 - lo1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))
