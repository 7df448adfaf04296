"""The whole routing problem as one mixed-integer programme of 0-1 columns.

An order of few atoms (an atom is a line, or a group of lines) has one column for every node and every set of its atoms that
the node can fill, at the cheapest service for that set. A larger order has a column for each atom at each node and, for each
node, one for each step of the carriage: "up to so many billable grams by this service". Both are exact: the programme and the
problem have the same plans at the same costs. (Steps rise with the weight of a service, or the problem is refused.)
"""

from dataclasses import dataclass, field

from problem import Atom, Node, Order, Problem, Way

INFINITE = 1 << 60


@dataclass
class Model:
    """Columns are 0-1; rows are `low <= sum <= high`."""

    costs: list[int] = field(default_factory=list)
    rows: list[tuple[list[int], list[int], int, int]] = field(default_factory=list)
    constant: int = 0

    def column(self, cost: int) -> int:
        self.costs.append(cost)
        return len(self.costs) - 1

    def row(self, terms: list[tuple[int, int]], low: int, high: int) -> None:
        self.rows.append(([t[0] for t in terms], [t[1] for t in terms], low, high))


@dataclass
class Choice:
    """What a column says if it is 1: atoms of an order leave a node; `workload` where it decides that."""

    order: Order
    node: Node
    atoms: list[Atom]
    workload: int | None


class Compact:
    """A problem's model, and what its columns mean. Orders of at most `subsets` atoms get columns by set."""

    def __init__(self, problem: Problem, subsets: int) -> None:
        self.problem = problem
        self.model = Model()
        self.choices: dict[int, Choice] = {}
        self.stock: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self.use: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for order in problem.orders.values():
            self.add_order(order, subsets)
        for key, terms in self.stock.items():
            there_is = problem.stock[key]
            if sum(t[1] for t in terms) > there_is:
                self.model.row(terms, -INFINITE, there_is)
        for (node, what), terms in self.use.items():
            most = getattr(problem.nodes[node], what)
            if most is not None:
                self.model.row(terms, -INFINITE, most)

    def add_order(self, order: Order, subsets: int) -> None:
        model, atoms = self.model, order.atoms
        cover: list[list[tuple[int, int]]] = [[] for _ in atoms]
        opened: list[list[tuple[int, int]]] = []
        for node in self.problem.nodes.values():
            ways = self.problem.ways(order, node)
            here = [i for i, atom in enumerate(atoms) if ways and self.problem.fills(order, atom, node)]
            if not here:
                continue
            if len(atoms) <= subsets:
                columns = self.by_subset(order, node, ways, here, cover)
            else:
                columns = self.by_step(order, node, ways, here, cover)
            if columns:
                opened.append([(c, 1) for c in columns])
        together = [term for terms in opened for term in terms]
        for terms in opened:
            if len(terms) > 1:
                model.row(terms, -INFINITE, 1)
        out = model.column(sum(a.penalty for a in atoms)) if order.complete else None
        for i, atom in enumerate(atoms):
            column = model.column(atom.penalty) if out is None else out
            model.row([*cover[i], (column, 1)], 1, 1)
        if order.max_shipments is not None and len(opened) > order.max_shipments:
            model.row(together, -INFINITE, order.max_shipments)
        if self.problem.split and len(opened) > 1:
            # Every shipment pays the penalty of a split, and an order that ships at all gets one back.
            ships = model.column(-self.problem.split)
            model.row([(ships, 1), *[(c, -1) for c, _ in together]], -INFINITE, 0)
        elif self.problem.split:
            for c, _ in together:
                model.costs[c] -= self.problem.split

    def handling(self, node: Node, atoms: list[Atom]) -> int:
        lines, units = sum(len(a.lines) for a in atoms), sum(a.units for a in atoms)
        return node.line_cost * lines + node.unit_cost * units

    def takes(self, column: int, node: Node, atoms: list[Atom]) -> None:
        for atom in atoms:
            for line in atom.lines:
                self.stock.setdefault((node.id, line.sku), []).append((column, line.qty))
        for what, amount in (
            ("max_lines", sum(len(a.lines) for a in atoms)),
            ("max_units", sum(a.units for a in atoms)),
        ):
            self.use.setdefault((node.id, what), []).append((column, amount))

    def by_subset(
        self, order: Order, node: Node, ways: list[Way], here: list[int], cover: list[list[tuple[int, int]]]
    ) -> list[int]:
        columns = []
        for chosen in range(1, 1 << len(here)):
            members = [here[b] for b in range(len(here)) if chosen >> b & 1]
            atoms = [order.atoms[i] for i in members]
            base = node.shipment_cost + self.problem.split + self.handling(node, atoms)
            for workload, (cost, _) in cheapest(self.problem, ways, atoms).items():
                column = self.model.column(base + cost)
                columns.append(column)
                self.choices[column] = Choice(order, node, atoms, workload)
                self.takes(column, node, atoms)
                if workload:
                    self.use.setdefault((node.id, "max_shipments"), []).append((column, workload))
                for i in members:
                    cover[i].append((column, 1))
        return columns

    def by_step(
        self, order: Order, node: Node, ways: list[Way], here: list[int], cover: list[list[tuple[int, int]]]
    ) -> list[int]:
        atoms = [order.atoms[i] for i in here]
        steps = ladder(self.problem, ways, sum(a.weight for a in atoms), sum(a.volume for a in atoms))
        if not steps:
            return []
        model, shipped = self.model, []
        for step in steps:
            column = model.column(node.shipment_cost + self.problem.split + step.cost)
            shipped.append(column)
            self.choices[column] = Choice(order, node, [], step.workload)
            if step.workload:
                self.use.setdefault((node.id, "max_shipments"), []).append((column, step.workload))
        weights, volumes = [], []
        for i, atom in zip(here, atoms, strict=True):
            fitting = [c for c, s in zip(shipped, steps, strict=True) if s.takes(atom)]
            if not fitting:
                continue
            column = model.column(self.handling(node, [atom]))
            self.choices[column] = Choice(order, node, [atom], None)
            self.takes(column, node, [atom])
            cover[i].append((column, 1))
            model.row([(column, 1), *[(c, -1) for c in fitting]], -INFINITE, 0)
            weights.append((column, atom.weight))
            volumes.append((column, atom.volume))
        for terms, caps in ((weights, [s.weight for s in steps]), (volumes, [s.volume for s in steps])):
            whole = sum(t[1] for t in terms)
            if any(cap < whole for cap in caps):
                model.row([*terms, *[(c, -min(cap, whole)) for c, cap in zip(shipped, caps, strict=True)]], -INFINITE, 0)
        return shipped


def cheapest(problem: Problem, ways: list[Way], atoms: list[Atom]) -> dict[int, tuple[int, Way]]:
    """The cheapest way for a load, for each workload that no cheaper way undercuts: transport and lateness."""
    weight, volume = sum(a.weight for a in atoms), sum(a.volume for a in atoms)
    heaviest = max(a.heaviest for a in atoms)
    best: dict[int, tuple[int, Way]] = {}
    for way in ways:
        carried = problem.carriage(way, weight, volume, heaviest)
        if carried is None:
            continue
        cost = carried[0] + way.late
        if way.workload not in best or cost < best[way.workload][0]:
            best[way.workload] = (cost, way)
    dearer = [w for w, (cost, _) in best.items() if any(v < w and c <= cost for v, (c, _) in best.items())]
    for workload in dearer:
        del best[workload]
    return best


@dataclass(frozen=True)
class Step:
    """A load of at most so much costs so much."""

    cost: int
    weight: int
    volume: int
    heaviest: int
    workload: int

    def takes(self, atom: Atom) -> bool:
        return atom.weight <= self.weight and atom.volume <= self.volume and atom.heaviest <= self.heaviest

    def beats(self, other: "Step") -> bool:
        return (
            self.cost <= other.cost
            and self.weight >= other.weight
            and self.volume >= other.volume
            and self.heaviest >= other.heaviest
            and self.workload <= other.workload
        )


def ladder(problem: Problem, ways: list[Way], weight: int, volume: int) -> list[Step]:
    """The steps of the carriage from a node to an order, up to all that it could ask for."""
    steps: list[Step] = []
    for way in ways:
        if way.rate is None:
            steps.append(Step(way.price + way.late, weight, volume, INFINITE, way.workload))
            continue
        service = problem.services[way.rate[0]]
        most = max(1, weight, -(-volume * 1000 // service.divisor) if service.divisor else 0)
        before = -1
        for limit, cost in ladder_of_rate(problem, way.rate, service.max_parcel, most):
            if cost < before:
                raise SystemExit(f"{way.rate}: a heavier load is cheaper, which this model does not know")
            before = cost
            cap = min(limit, most)
            room = cap * service.divisor // 1000 if service.divisor else volume
            heaviest = service.max_parcel if service.max_parcel is not None else INFINITE
            steps.append(Step(cost + way.late, min(cap, weight), min(room, volume), heaviest, way.workload))
    kept: list[Step] = []
    for step in sorted(set(steps), key=lambda s: (s.cost, -s.weight, -s.volume, -s.heaviest, s.workload)):
        if not any(k.beats(step) for k in kept):
            kept.append(step)
    return kept


def ladder_of_rate(
    problem: Problem, rate: tuple[str, str], max_parcel: int | None, most: int
) -> list[tuple[int, int]]:
    """(billable grams up to which, transport) of a rate, rising."""
    single = max_parcel if max_parcel is not None else most
    limits = [band[0] for band in problem.bands[rate] if band[0] < single]
    last = problem.bands[rate][-1][0] if problem.bands[rate] else 0
    if rate in problem.open:
        limits.extend(range(max(last, 0) + 1000, single, 1000))
    if problem.parcel(rate, single) is not None:
        limits.append(single)
    elif last not in limits and last:
        limits.append(last)
    steps: list[tuple[int, int]] = []
    parcels = 1
    while True:
        low = (parcels - 1) * single
        for limit in limits:
            price = problem.parcel(rate, limit)
            if price is not None and parcels * limit > low:
                steps.append((parcels * limit, parcels * price))
                if parcels * limit >= most:
                    return steps
        if max_parcel is None:
            return steps
        parcels += 1
        if (parcels - 1) * single >= most:
            return steps
