#!/usr/bin/env python3
"""Gives a whole routing problem as one mixed-integer programme to HiGHS or to OR-Tools CP-SAT, and writes their plan.

    pip install -r requirements.txt
    python3 compact_milp.py PROBLEM --solver highs --time-limit 60 --threads 2 -o PLAN
    python3 compact_milp.py PROBLEM --solver cpsat --time-limit 60 --threads 2 -o PLAN --subsets 4

What a general solver makes of the problem by itself, to compare Clapot with. `model.py` says what the programme is; it is exact
for problems without divisible lines and dated stock, whatever `--subsets` is: the number of atoms up to which an order has a
column for every set of them at a node (1 = line by node throughout, the compact model). The time limit is the solver's alone:
reading and building are not counted. `clapot verify` accepts the plan; it states no prices, so the bound there is 0, and the
solver's own bound is printed (one line of JSON).
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from model import INFINITE, Compact, Model
from plan import write
from problem import UNIT, Problem, show


def solve_highs(model: Model, seconds: float, threads: int, seed: int) -> tuple[list[int] | None, float | None, str]:
    import highspy

    starts = np.zeros(len(model.rows) + 1, dtype=np.int32)
    starts[1:] = np.cumsum([len(row[0]) for row in model.rows])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.costs), len(model.rows)
    lp.col_cost_ = np.array(model.costs, dtype=float) / UNIT
    lp.col_lower_, lp.col_upper_ = np.zeros(len(model.costs)), np.ones(len(model.costs))
    lp.row_lower_ = np.array([-highspy.kHighsInf if r[2] == -INFINITE else r[2] for r in model.rows], dtype=float)
    lp.row_upper_ = np.array([r[3] for r in model.rows], dtype=float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(model.costs)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = starts
    lp.a_matrix_.index_ = np.array([c for r in model.rows for c in r[0]], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([a for r in model.rows for a in r[1]], dtype=float)
    highs = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("time_limit", seconds),
        ("threads", threads),
        ("random_seed", seed),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.00005),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(lp)
    highs.run()
    info = highs.getInfo()
    values = highs.getSolution().col_value
    found = info.primal_solution_status == 2
    chosen = [i for i, value in enumerate(values) if value > 0.5] if found else None
    bound = info.mip_dual_bound if abs(info.mip_dual_bound) < 1e29 else None
    return chosen, bound, str(highs.modelStatusToString(highs.getModelStatus()))


def solve_cpsat(model: Model, seconds: float, threads: int, seed: int) -> tuple[list[int] | None, float | None, str]:
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    columns = [cp.new_bool_var("") for _ in model.costs]
    for index, factors, low, high in model.rows:
        sum_ = cp_model.LinearExpr.weighted_sum([columns[c] for c in index], factors)
        if low == high:
            cp.add(sum_ == high)
        else:
            cp.add(sum_ <= high)
    cp.minimize(cp_model.LinearExpr.weighted_sum(columns, model.costs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    status = solver.solve(cp)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    chosen = [i for i, column in enumerate(columns) if solver.boolean_value(column)] if found else None
    return chosen, solver.best_objective_bound / UNIT, str(solver.status_name(status))


def main() -> None:
    parser = argparse.ArgumentParser(description="One MILP of a whole routing problem, solved by HiGHS or CP-SAT.")
    parser.add_argument("problem", type=Path)
    parser.add_argument("--solver", choices=("highs", "cpsat"), default="highs")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds of the solver")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--subsets", type=int, default=1, help="atoms up to which an order has a column for each set")
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    began = time.monotonic()
    problem = Problem(args.problem)
    compact = Compact(problem, args.subsets)
    built = time.monotonic()
    solve = solve_highs if args.solver == "highs" else solve_cpsat
    chosen, bound, status = solve(compact.model, args.time_limit, args.threads, args.seed)
    solved = time.monotonic()
    # Without an answer everything stays unfilled, which is a plan too.
    picked = [compact.choices[c] for c in chosen or [] if c in compact.choices]
    total = write(problem, picked, bound, args.output, f"{args.solver}-{args.subsets}", solved - built)
    model_total = None if chosen is None else show(sum(compact.model.costs[c] for c in chosen))
    line = {
        "problem": problem.name,
        "solver": args.solver,
        "subsets": args.subsets,
        "columns": len(compact.model.costs),
        "rows": len(compact.model.rows),
        "build_seconds": round(built - began, 2),
        "solver_seconds": round(solved - built, 2),
        "status": status,
        "found": chosen is not None,
        "model_total": model_total,
        "total": show(total),
        "solver_bound": bound,
        "gap_percent": None if bound is None else round(100 * (total / UNIT - bound) / (total / UNIT), 4),
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
