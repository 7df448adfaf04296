"""A plan directory (docs/format.md) from chosen columns."""

import csv
import datetime as dt
import json
from pathlib import Path

from model import Choice, cheapest
from problem import Atom, Node, Order, Problem, Way, show


def write(
    problem: Problem, picked: list[Choice], bound: float | None, folder: Path, method: str, seconds: float
) -> int:
    """Writes the plan and returns its total, added up from its shipments."""
    loads: dict[tuple[str, str], list[Atom]] = {}
    workloads: dict[tuple[str, str], int] = {}
    for choice in picked:
        key = (choice.order.id, choice.node.id)
        loads.setdefault(key, []).extend(choice.atoms)
        if choice.workload is not None:
            workloads[key] = choice.workload
    assignments, shipments, unfilled = [], [], []
    sums = dict.fromkeys(("transport", "handling", "split", "late", "unfilled"), 0)
    for order in problem.orders.values():
        node_of = {
            line.id: node for node in problem.nodes for atom in loads.get((order.id, node), []) for line in atom.lines
        }
        ids: dict[str, int] = {}
        for line in order.lines:
            node = node_of.get(line.id)
            if node is None:
                penalty = line.qty * line.penalty
                sums["unfilled"] += penalty
                unfilled.append((order.id, line.id, line.qty, show(penalty), "cost"))
                continue
            if node not in ids:
                ids[node] = len(shipments) + 1
                key = (order.id, node)
                row = shipment(problem, order, problem.nodes[node], loads[key], workloads.get(key), sums)
                shipments.append((ids[node], order.id, node, *row))
            assignments.append((order.id, line.id, node, ids[node], line.qty))
        sums["split"] += problem.split * max(0, len(ids) - 1)
    total = sum(sums.values())
    folder.mkdir(parents=True, exist_ok=True)
    rows(folder, "assignments", "order_id,line_id,node_id,shipment_id,qty", assignments)
    header = "shipment_id,order_id,node_id,service_id,parcels,weight_g,billable_g,transport,handling"
    rows(folder, "shipments", header + ",leaves_on,arrives_on,days_late,late", shipments)
    rows(folder, "unfilled", "order_id,line_id,qty,penalty,reason", unfilled)
    rows(folder, "prices", "resource,node_id,sku,price", [])
    # Without prices nothing proves more than what each order costs by itself; 0 is always right.
    head = {
        "format": 1,
        "problem": problem.name,
        "status": "feasible",
        "objective": {"total": show(total), **{key: show(value) for key, value in sums.items()}},
        "bound": "0.0000",
        "gap": 1.0 if total else 0.0,
        "method": method,
        "seed": 0,
        "seconds": round(seconds, 3),
        "orders": len(problem.orders),
        "lines": sum(len(order.lines) for order in problem.orders.values()),
        "shipments": len(shipments),
        "unfilled_units": sum(row[2] for row in unfilled),
    }
    if bound is not None:
        head["solver_bound"] = f"{bound:.4f}"
    (folder / "plan.json").write_text(json.dumps(head, indent=2) + "\n", encoding="utf-8")
    return total


def shipment(
    problem: Problem, order: Order, node: Node, atoms: list[Atom], workload: int | None, sums: dict[str, int]
) -> tuple[object, ...]:
    """The cells of a shipment after its ids; adds its costs to the sums."""
    ways: list[Way] = problem.ways(order, node)
    best = cheapest(problem, ways, atoms)
    way = best[min(best) if workload not in best else workload][1]
    weight, volume = sum(a.weight for a in atoms), sum(a.volume for a in atoms)
    carried = problem.carriage(way, weight, volume, max(a.heaviest for a in atoms))
    assert carried is not None
    transport, parcels, billable = carried
    lines, units = sum(len(a.lines) for a in atoms), sum(a.units for a in atoms)
    handling = node.shipment_cost + node.line_cost * lines + node.unit_cost * units
    sums["transport"] += transport
    sums["handling"] += handling
    sums["late"] += way.late
    dates = [iso(way.leaves), iso(way.arrives)]
    cells = (way.service, parcels, weight, billable, show(transport), show(handling), *dates, way.days_late)
    return (*cells, show(way.late))


def iso(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def rows(folder: Path, name: str, header: str, lines: list[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(lines)
