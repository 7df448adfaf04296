//! The class `Layout`: how a picker walks; and `tour`, the way past some stops.

use std::collections::HashMap;
use std::sync::Arc;

use clapot::Distance;
use clapot::index::LocationIdx;
use clapot::io::arrow::{self, Spot};
use clapot::model::{AisleLayout, GraphLayout, RegularAisles};
use clapot::wave::picker_routing::{Picker, TourMethod};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::errors::{guarded, option};
use crate::floors::Floors;
use crate::input::{self, natural};
use crate::money::decimal;
use crate::run::interruptible;

/// Where pick locations lie, and how a picker gets from one to another. Made by :meth:`aisles`, :meth:`graph` or :meth:`of`.
///
/// Examples
/// --------
/// >>> import clapot
/// >>> clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
/// Layout(3 aisles of 10 cells, 1 block)
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Layout {
    pub(crate) layout: Arc<clapot::model::Layout>,
    /// Names of places, where they have names.
    names: Names,
    shown: String,
    /// How it was made, to be made again.
    made: Py<PyTuple>,
}

/// Names of pick locations or vertices, and where each is.
#[derive(Default)]
struct Names {
    of: HashMap<String, LocationIdx>,
    /// By place, the name of a vertex.
    text: Vec<String>,
}

impl Layout {
    /// The place of a row or argument; aisles and cells count from 1.
    pub(crate) fn find(&self, spot: Spot<'_>) -> Option<LocationIdx> {
        match (spot, &*self.layout) {
            (Spot::Named(name), _) => self.names.of.get(name).copied(),
            (Spot::Cell(aisle, cell), clapot::model::Layout::Aisles(aisles)) => {
                aisles.location(aisle.checked_sub(1)? as usize, cell.checked_sub(1)? as usize)
            }
            (Spot::Cell(..), clapot::model::Layout::Graph(_)) => None,
        }
    }

    /// A graph of ways.
    fn of_ways(py: Python<'_>, ways: &[(String, String, Distance)], depot: String) -> PyResult<Self> {
        let mut names = Names::default();
        let mut vertex = |name: &String| {
            let next = names.text.len() as u32;
            let known = *names.of.entry(name.clone()).or_insert(LocationIdx(next));
            if known.0 == next {
                names.text.push(name.clone());
            }
            known.0
        };
        let ways: Vec<(u32, u32, Distance)> = ways.iter().map(|(a, b, way)| (vertex(a), vertex(b), *way)).collect();
        let at = names.of.get(&depot).copied();
        let at = at.ok_or_else(|| option(py, &format!("no way leads to the depot {depot:?}")))?;
        let layout = GraphLayout::new(names.text.len(), &ways, at.0).map_err(|e| option(py, &e.to_string()))?;
        let lists: Vec<(String, String, i64)> = ways
            .iter()
            .map(|(a, b, way)| (names.text[*a as usize].clone(), names.text[*b as usize].clone(), way.0))
            .collect();
        Ok(Self {
            layout: Arc::new(layout.into()),
            shown: format!("{} vertices, {} ways", names.text.len(), ways.len()),
            names,
            made: ("graph", PyList::new(py, lists)?, depot).into_pyobject(py)?.unbind(),
        })
    }

    /// A place as it is shown: a name, or aisle and cell.
    fn show<'py>(&self, py: Python<'py>, place: LocationIdx) -> PyResult<Bound<'py, PyAny>> {
        if let Some(name) = self.names.text.get(place.0 as usize) {
            return Ok(name.into_pyobject(py)?.into_any());
        }
        let cell = match &*self.layout {
            clapot::model::Layout::Aisles(aisles) => {
                let (aisle, cell) = aisles.aisle_and_cell(place);
                (aisle + 1, cell + 1)
            }
            clapot::model::Layout::Graph(_) => (0, place.0 as usize),
        };
        Ok(cell.into_pyobject(py)?.into_any())
    }
}

fn metres(py: Python<'_>, name: &str, value: f64) -> PyResult<Distance> {
    let millimetres = (value * 1000.0).round();
    if !(0.0..=1e8).contains(&millimetres) {
        return Err(option(py, &format!("{name} must be from 0 to 100,000 metres")));
    }
    #[allow(clippy::cast_possible_truncation, reason = "a whole number in range")]
    Ok(Distance(millimetres as i64))
}

fn metres_text(distance: Distance) -> String {
    distance.to_string()
}

#[pymethods]
impl Layout {
    /// Parallel aisles that are all alike, joined by cross aisles.
    ///
    /// Parameters
    /// ----------
    /// aisles, cells : int
    ///     How many aisles, and cells in each; places are ``(aisle, cell)``, both from 1, as in the files.
    /// blocks : int, default 1
    ///     How many blocks the middle cross aisles make, up to 5.
    /// aisle_gap_m, cell_gap_m : float
    ///     Metres from an aisle to the next, and from a cell to the next.
    /// front_gap_m, back_gap_m, middle_gap_m : float, default 1
    ///     Metres from a cross aisle to the nearest cell.
    /// depot_aisle, depot_cross : int, default 1
    ///     The crossing at which the depot is; cross aisle 1 is the front one.
    /// depot_m : float, default 0
    ///     Metres from the depot to that crossing.
    ///
    /// Returns
    /// -------
    /// Layout
    #[staticmethod]
    #[pyo3(signature = (
        *, aisles, cells, blocks = 1, aisle_gap_m = 4.0, cell_gap_m = 1.0, front_gap_m = 1.0, back_gap_m = 1.0,
        middle_gap_m = 1.0, depot_aisle = 1, depot_cross = 1, depot_m = 0.0
    ))]
    #[allow(clippy::too_many_arguments, reason = "they describe a layout, by keyword")]
    fn aisles(
        py: Python<'_>,
        #[pyo3(from_py_with = natural)] aisles: usize,
        #[pyo3(from_py_with = natural)] cells: usize,
        #[pyo3(from_py_with = natural)] blocks: usize,
        aisle_gap_m: f64,
        cell_gap_m: f64,
        front_gap_m: f64,
        back_gap_m: f64,
        middle_gap_m: f64,
        #[pyo3(from_py_with = natural)] depot_aisle: usize,
        #[pyo3(from_py_with = natural)] depot_cross: usize,
        depot_m: f64,
    ) -> PyResult<Self> {
        if aisles.saturating_mul(cells) > 1 << 24 || blocks > 1_000 {
            return Err(option(py, "a layout has at most 2^24 cells"));
        }
        let from_one = |name: &str, number: usize| {
            number
                .checked_sub(1)
                .ok_or_else(|| option(py, &format!("{name} counts from 1")))
        };
        let input = RegularAisles {
            aisles,
            cells,
            blocks,
            aisle_gap: metres(py, "aisle_gap_m", aisle_gap_m)?,
            cell_gap: metres(py, "cell_gap_m", cell_gap_m)?,
            front_gap: metres(py, "front_gap_m", front_gap_m)?,
            back_gap: metres(py, "back_gap_m", back_gap_m)?,
            middle_gap: metres(py, "middle_gap_m", middle_gap_m)?,
            cells_from_back: false,
            depot_aisle: from_one("depot_aisle", depot_aisle)?,
            depot_cross: from_one("depot_cross", depot_cross)?,
            depot_distance: metres(py, "depot_m", depot_m)?,
        };
        let layout = AisleLayout::new(input.input()).map_err(|e| option(py, &e.to_string()))?;
        let gaps = (aisle_gap_m, cell_gap_m, front_gap_m, back_gap_m, middle_gap_m, depot_m);
        let made = ("aisles", aisles, cells, blocks, gaps, depot_aisle, depot_cross);
        let many = if blocks == 1 { "" } else { "s" };
        Ok(Self {
            layout: Arc::new(layout.into()),
            names: Names::default(),
            shown: format!("{aisles} aisles of {cells} cells, {blocks} block{many}"),
            made: made.into_pyobject(py)?.unbind(),
        })
    }

    /// Any floor: vertices, which are the places, and ways between them.
    ///
    /// Parameters
    /// ----------
    /// edges : table
    ///     Columns ``from``, ``to`` and ``length_m``; each way is walked in both directions.
    /// depot : str
    ///     The vertex at which tours begin and end.
    ///
    /// Returns
    /// -------
    /// Layout
    #[staticmethod]
    fn graph(py: Python<'_>, edges: &Bound<'_, PyAny>, depot: String) -> PyResult<Self> {
        let tables = input::given_to("graph", &[("edges", edges)])?;
        let ways = interruptible(py, move |_| arrow::read_edges(&tables))?;
        guarded(py, || Self::of_ways(py, &ways, depot))
    }

    /// The layout of a node's floor; places are the ids of its pick locations.
    ///
    /// Parameters
    /// ----------
    /// floors : Floors
    ///     The floors.
    /// node_id : str
    ///     The node.
    ///
    /// Returns
    /// -------
    /// Layout
    #[staticmethod]
    fn of(py: Python<'_>, floors: &Bound<'_, Floors>, node_id: String) -> PyResult<Self> {
        let of = floors.get();
        let found = of.floor(&node_id);
        let floor = found.ok_or_else(|| option(py, &format!("the node {node_id:?} has no floor")))?;
        let locations = floor.locations().iter_enumerated();
        let names = locations.map(|(n, location)| (floor.location_id(n).to_owned(), location.cell));
        Ok(Self {
            layout: Arc::new(floor.layout().clone()),
            names: Names {
                of: names.collect(),
                text: Vec::new(),
            },
            shown: format!("floor of {node_id}, {} pick locations", floor.locations().len()),
            made: ("of", floors, node_id).into_pyobject(py)?.unbind(),
        })
    }

    fn __repr__(&self) -> String {
        format!("Layout({})", self.shown)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let make = py.import("clapot._clapot")?.getattr("_layout_from_state")?;
        Ok((make, slf.get().made.bind(py).clone()))
    }
}

/// A layout from what it was pickled as.
#[pyfunction(name = "_layout_from_state", signature = (kind, *state))]
pub(crate) fn layout_from_state(py: Python<'_>, kind: &str, state: &Bound<'_, PyTuple>) -> PyResult<Layout> {
    match kind {
        "aisles" => {
            type Gaps = (f64, f64, f64, f64, f64, f64);
            type State = (usize, usize, usize, Gaps, usize, usize);
            let (aisles, cells, blocks, gaps, depot_aisle, depot_cross): State = state.extract()?;
            let (aisle, cell, front, back, middle, depot) = gaps;
            Layout::aisles(
                py,
                aisles,
                cells,
                blocks,
                aisle,
                cell,
                front,
                back,
                middle,
                depot_aisle,
                depot_cross,
                depot,
            )
        }
        "graph" => {
            let (ways, depot): (Vec<(String, String, i64)>, String) = state.extract()?;
            let ways: Vec<_> = ways.into_iter().map(|(a, b, way)| (a, b, Distance(way))).collect();
            Layout::of_ways(py, &ways, depot)
        }
        _ => {
            let (floors, node_id): (Bound<'_, Floors>, String) = state.extract()?;
            Layout::of(py, &floors, node_id)
        }
    }
}

/// A walk from the depot past all stops and back.
///
/// Attributes are ``stops`` (in the order in which the walk meets them), ``metres`` and ``is_shortest``.
#[pyclass(module = "clapot", frozen)]
pub(crate) struct Tour {
    stops: Py<PyList>,
    length: Distance,
    is_shortest: bool,
}

#[pymethods]
impl Tour {
    /// The stops in the order in which the walk meets them: ``(aisle, cell)``, or names.
    #[getter]
    fn stops(&self, py: Python<'_>) -> Py<PyList> {
        let list = self.stops.bind(py);
        list.get_slice(0, list.len()).unbind()
    }

    /// Length of the walk in metres, exact to the millimetre.
    #[getter]
    fn metres<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        decimal(py, &metres_text(self.length))
    }

    /// Whether it is proved that no walk past these stops is shorter.
    #[getter]
    fn is_shortest(&self) -> bool {
        self.is_shortest
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.stops.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let word = if self.is_shortest { ", shortest" } else { "" };
        let (n, metres) = (self.stops.bind(py).len(), metres_text(self.length));
        let many = if n == 1 { "" } else { "s" };
        format!("Tour({n} stop{many}, {metres} m{word})")
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Py<PyList>, i64, bool))> {
        let (py, this) = (slf.py(), slf.get());
        let make = py.import("clapot._clapot")?.getattr("_tour_from_state")?;
        Ok((make, (this.stops.clone_ref(py), this.length.0, this.is_shortest)))
    }
}

/// A tour from what it was pickled as.
#[pyfunction(name = "_tour_from_state")]
pub(crate) fn tour_from_state(stops: Py<PyList>, millimetres: i64, is_shortest: bool) -> Tour {
    Tour {
        stops,
        length: Distance(millimetres),
        is_shortest,
    }
}

/// Find the way past some places and back to the depot.
///
/// Parameters
/// ----------
/// layout : Layout
///     How a picker walks.
/// stops : sequence
///     The places in any order: ``(aisle, cell)`` pairs, ids of pick locations, or vertices.
/// method : str, default "exact"
///     ``exact`` is the shortest; in aisles also ``s-shape``, ``return``, ``midpoint``, ``largest-gap`` and ``combined``.
///
/// Returns
/// -------
/// Tour
///
/// Examples
/// --------
/// >>> import clapot
/// >>> layout = clapot.Layout.aisles(aisles=3, cells=10, aisle_gap_m=4)
/// >>> tour = clapot.tour(layout, [(3, 10), (1, 9)])
/// >>> tour.metres, tour.stops
/// (Decimal('38'), [(1, 9), (3, 10)])
/// >>> clapot.tour(layout, [(3, 10), (1, 9)], method="return").metres
/// Decimal('54')
#[pyfunction]
#[pyo3(signature = (layout, stops, *, method = "exact"))]
pub(crate) fn tour(layout: &Bound<'_, Layout>, stops: Vec<Bound<'_, PyAny>>, method: &str) -> PyResult<Tour> {
    guarded(layout.py(), || find_tour(layout, &stops, method))
}

fn find_tour(layout: &Bound<'_, Layout>, stops: &[Bound<'_, PyAny>], method: &str) -> PyResult<Tour> {
    let (py, of) = (layout.py(), layout.get());
    let method: TourMethod = method.parse().map_err(|e: String| option(py, &e))?;
    let mut places = Vec::with_capacity(stops.len());
    for stop in stops {
        let found = if let Ok(name) = stop.extract::<String>() {
            of.find(Spot::Named(&name))
        } else {
            let (aisle, cell): (u32, u32) = stop.extract()?;
            of.find(Spot::Cell(aisle, cell))
        };
        places.push(found.ok_or_else(|| option(py, &format!("the layout has no place {stop}")))?);
    }
    let (on, to) = (Arc::clone(&of.layout), places.clone());
    let found = interruptible(py, move |_| {
        let mut picker = Picker::new(&on)?;
        Ok(picker.tour(&to, method))
    })?;
    // A place may have several names: the first that was given is shown.
    let mut given: HashMap<LocationIdx, &Bound<'_, PyAny>> = HashMap::new();
    for (place, stop) in places.iter().zip(stops) {
        given.entry(*place).or_insert(stop);
    }
    let shown = PyList::empty(py);
    for place in &found.stops {
        match given
            .get(place)
            .filter(|_| of.names.text.is_empty() && !of.names.of.is_empty())
        {
            Some(stop) => shown.append(stop)?,
            None => shown.append(of.show(py, *place)?)?,
        }
    }
    Ok(Tour {
        stops: shown.unbind(),
        length: found.length,
        is_shortest: found.is_shortest,
    })
}
