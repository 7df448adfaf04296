//! The call `read_shipments`: shipments that no routing plan made, and the floors that they leave.

use std::path::PathBuf;

use clapot::io::arrow::{self, Tables};
use clapot::io::{PlanningInstant, ReadOptions};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::errors::warn_of_names;
use crate::floors::{Floors, TABLES};
use crate::input::{self, Reading};
use crate::plan::Plan;
use crate::problem::Problem;
use crate::run::interruptible;

/// Read shipments that were decided elsewhere, and the floors of the nodes that they leave: all that planning of waves asks for.
///
/// Parameters
/// ----------
/// shipments : table, str or os.PathLike
///     One row per line of a shipment: ``shipment``, ``order`` (by default the shipment), ``line``, ``sku``, ``qty``, ``service``,
///     ``due`` (by when it must be packed, such as ``2026-03-02 14:30``), ``node`` where there are several floors, ``weight_g`` and
///     ``volume_cm3`` of one unit. A table, or a CSV or Parquet file.
/// floor : dict, str or os.PathLike
///     A floor directory, or its tables by their names, with ``settings`` for what ``floor.toml`` holds.
/// now : str or datetime
///     When planning begins, with its offset from UTC.
/// timezone : str, default "UTC"
///     The clock of the nodes, such as ``Europe/Paris``.
/// strict : bool, default False
///     Take every warning for an error.
/// skip_bad_orders : bool, default False
///     Leave out orders that errors name, instead of refusing all of them; ``plan.problem.left_out`` tells which and why.
///
/// Returns
/// -------
/// (Plan, Floors)
///     For :func:`plan_waves`, with ``plan.problem``; tables of waves name the shipments by their own ids.
///
/// Raises
/// ------
/// InputError
///     All that is wrong with the shipments and the floors.
///
/// Examples
/// --------
/// >>> import clapot, pyarrow as pa
/// >>> floor = {
/// ...     "layouts": pa.table({"node_id": ["A"], "kind": ["aisles"], "aisles": [2], "cells": [5], "aisle_gap_m": [3], "cell_gap_m": [1]}),
/// ...     "locations": pa.table({"node_id": ["A"], "location_id": ["L1"], "aisle": [1], "cell": [3]}),
/// ...     "location_stock": pa.table({"node_id": ["A"], "location_id": ["L1"], "sku": ["lamp"], "qty": [50]}),
/// ...     "carts": pa.table({"node_id": ["A"], "cart_id": ["cart"]}),
/// ...     "shifts": pa.table({"node_id": ["A"], "shift_id": ["day"], "days": ["12345"], "start": ["08:00"], "end": ["16:00"], "pickers": [2]}),
/// ... }
/// >>> shipments = pa.table({"shipment": ["S-1", "S-2"], "sku": ["lamp", "lamp"], "qty": [1, 2], "due": ["2026-03-02 12:00"] * 2})
/// >>> plan, floors = clapot.read_shipments(shipments, floor, now="2026-03-02T09:00:00+01:00", timezone="Europe/Paris")
/// >>> waves = clapot.plan_waves(plan.problem, plan, floors, work_limit=1_000)
/// >>> waves.wave_shipments["shipment_id"]
/// ['S-1', 'S-2']
#[pyfunction]
#[pyo3(signature = (shipments, floor, *, now, timezone = "UTC", strict = false, skip_bad_orders = false))]
pub(crate) fn read_shipments(
    py: Python<'_>,
    shipments: &Bound<'_, PyAny>,
    floor: &Bound<'_, PyAny>,
    now: &Bound<'_, PyAny>,
    timezone: &str,
    strict: bool,
    skip_bad_orders: bool,
) -> PyResult<(Py<Plan>, Py<Floors>)> {
    let options = ReadOptions {
        strict,
        skip_bad_orders,
        ..ReadOptions::default()
    };
    let at = PlanningInstant {
        now: instant(now)?,
        timezone: timezone.to_owned(),
    };
    let rows = match shipments.extract::<PathBuf>() {
        Ok(path) => Err(path),
        Err(_) => Ok(input::given(&[("shipments", Some(shipments))], &Reading::default())?),
    };
    let on = match (floor.extract::<PathBuf>(), floor.cast::<PyDict>()) {
        (Ok(path), _) => Err(path),
        (Err(_), Ok(tables)) => Ok(floor_tables(tables)?),
        (Err(_), Err(_)) => return Err(PyTypeError::new_err("floor: a directory, or a dictionary of tables")),
    };
    let (draft, floor_draft, read) = interruptible(py, move |_| {
        let rows = rows.as_ref().map_err(PathBuf::as_path);
        arrow::read_shipments(rows, on.as_ref().map_err(PathBuf::as_path), &at, options)
    })?;
    warn_of_names(py, &read.warnings)?;
    let problem = Py::new(py, Problem::of_parts(draft, read.problem))?;
    let floors = Floors::of_parts(problem.clone_ref(py), floor_draft, read.floors, read.warnings);
    let plan = Plan::new(problem, read.plan, None);
    Ok((Py::new(py, plan)?, Py::new(py, floors)?))
}

/// The text of an instant, or of a datetime.
fn instant(now: &Bound<'_, PyAny>) -> PyResult<String> {
    if now.is_instance_of::<PyString>() {
        now.extract()
    } else {
        now.call_method0("isoformat")?.extract()
    }
}

/// The tables of floors by their names; `settings` may be left out.
fn floor_tables(given: &Bound<'_, PyDict>) -> PyResult<Tables> {
    let py = given.py();
    let mut tables = Tables::new();
    let mut settings = None;
    for (name, value) in given {
        let name: String = name.extract()?;
        match TABLES.into_iter().find(|known| *known == name) {
            Some(known) => tables.add(known, input::table(known, &value, &Reading::default())?),
            None if name == "settings" => settings = Some(value),
            None => {
                let known = TABLES.join(", ");
                return Err(PyTypeError::new_err(format!(
                    "floor: no such table {name:?}; there are settings, {known}"
                )));
            }
        }
    }
    let settings = settings.unwrap_or_else(|| PyDict::new(py).into_any());
    tables.add_text("floor.toml", input::settings("floor", &settings)?);
    Ok(tables)
}
