//! Rules of `layouts.csv` and `edges.csv`.

use std::collections::{BTreeMap, HashMap};

use super::context::FloorContext;
use crate::diagnostic::Code;
use crate::index::{LocationIdx, NodeIdx, Sym};
use crate::model::floor::{AislePlan, FloorTable, LayoutInput};
use crate::model::{AisleLayout, GraphLayout, Layout, LayoutError, RegularAisles};
use crate::quantity::Distance;
use crate::validate::context::shown;

const TABLE: FloorTable = FloorTable::Layouts;

/// What the tables define.
#[derive(Default)]
pub(super) struct Layouts {
    /// The row of each node that has one.
    pub rows: BTreeMap<NodeIdx, u32>,
    /// The sound layouts, each with the ids of the vertices of a graph.
    pub sound: BTreeMap<NodeIdx, (Layout, Vec<Sym>)>,
    /// Number of each vertex of a graph.
    vertices: HashMap<(NodeIdx, Sym), LocationIdx>,
}

impl Layouts {
    /// The node of a row of another table, if it has a floor; otherwise that is reported.
    pub(super) fn node(&self, context: &mut FloorContext<'_>, table: FloorTable, row: u32, id: Sym) -> Option<NodeIdx> {
        let node = context.node(table, row, id)?;
        if self.rows.contains_key(&node) {
            return Some(node);
        }
        if context.draft.is_whole(TABLE) {
            let message = format!("node {} has no layout", shown(context.text(id)));
            context.report(Code::NO_FLOOR, table, row, "node_id", message);
        }
        None
    }

    /// The vertex with this id.
    pub(super) fn vertex(&self, node: NodeIdx, id: Sym) -> Option<LocationIdx> {
        self.vertices.get(&(node, id)).copied()
    }
}

/// Checks both tables.
pub(super) fn check(context: &mut FloorContext<'_>) -> Layouts {
    let mut made = Layouts::default();
    let mut graphs = BTreeMap::new();
    for row in &context.draft.layouts {
        let Some(node) = context.node(TABLE, row.number, row.value.node_id()) else {
            continue;
        };
        if made.rows.insert(node, row.number).is_some() {
            let message = format!("node {} has two layouts", shown(context.text(row.value.node_id())));
            context.report(Code::DUPLICATE_ID, TABLE, row.number, "node_id", message);
            continue;
        }
        match &row.value {
            LayoutInput::Aisles { plan, .. } => match aisles(plan) {
                Ok(layout) => {
                    made.sound.insert(node, (layout.into(), Vec::new()));
                }
                Err((field, message)) => context.report(Code::BAD_LAYOUT, TABLE, row.number, field, message),
            },
            LayoutInput::Graph { depot_vertex, .. } => {
                context.id(TABLE, row.number, "depot_vertex", *depot_vertex);
                graphs.insert(node, (row.number, Graph::new(*depot_vertex)));
            }
        }
    }
    edges(context, &made, &mut graphs);
    for (node, (row, graph)) in graphs {
        let ids = graph.vertices;
        match GraphLayout::new(ids.len(), &graph.ways, 0) {
            Ok(layout) => {
                made.vertices.extend(
                    ids.iter()
                        .enumerate()
                        .map(|(n, &id)| ((node, id), LocationIdx(n as u32))),
                );
                made.sound.insert(node, (layout.into(), ids));
            }
            // What may be missing is reported elsewhere.
            Err(LayoutError::Unreachable { .. }) if !context.draft.is_whole(FloorTable::Edges) => {}
            Err(LayoutError::Unreachable { vertex }) => {
                let message = format!(
                    "vertex {} cannot be reached from the depot",
                    shown(context.text(ids[vertex]))
                );
                context.report(Code::UNREACHABLE_VERTEX, TABLE, row, "depot_vertex", message);
            }
            Err(e) => context.report(Code::BAD_LAYOUT, TABLE, row, "node_id", e.to_string()),
        }
    }
    made
}

/// A graph while its ways are read. The depot is vertex 0.
struct Graph {
    vertices: Vec<Sym>,
    numbers: HashMap<Sym, u32>,
    ways: Vec<(u32, u32, Distance)>,
}

impl Graph {
    fn new(depot: Sym) -> Self {
        Self {
            vertices: vec![depot],
            numbers: HashMap::from([(depot, 0)]),
            ways: Vec::new(),
        }
    }

    fn vertex(&mut self, id: Sym) -> u32 {
        let next = self.vertices.len() as u32;
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.vertices.push(id);
        }
        number
    }
}

fn edges(context: &mut FloorContext<'_>, made: &Layouts, graphs: &mut BTreeMap<NodeIdx, (u32, Graph)>) {
    const TABLE: FloorTable = FloorTable::Edges;
    for row in &context.draft.edges {
        let edge = &row.value;
        context.id(TABLE, row.number, "from", edge.from);
        context.id(TABLE, row.number, "to", edge.to);
        if !(0..=MAX_METRES).contains(&edge.length_m.0) {
            context.report(
                Code::OUT_OF_RANGE,
                TABLE,
                row.number,
                "length_m",
                "must be from 0 to 100000",
            );
        }
        let Some(node) = made.node(context, TABLE, row.number, edge.node_id) else {
            continue;
        };
        if let Some((_, graph)) = graphs.get_mut(&node) {
            let ends = (graph.vertex(edge.from), graph.vertex(edge.to));
            let length = Distance(edge.length_m.0.clamp(0, MAX_METRES));
            graph.ways.push((ends.0, ends.1, length));
        } else {
            let message = format!(
                "the layout of node {} is not a graph",
                shown(context.text(edge.node_id))
            );
            context.report(Code::EDGE_WITHOUT_GRAPH, TABLE, row.number, "node_id", message);
        }
    }
}

/// Longest distance that one cell may state, in millimetres.
const MAX_METRES: i64 = 100_000_000;

/// The layout of parallel aisles, or the column that is wrong and why.
fn aisles(plan: &AislePlan) -> Result<AisleLayout, (&'static str, String)> {
    let say = |field, message: &str| Err((field, message.to_owned()));
    for (field, value) in [("aisles", plan.aisles), ("cells", plan.cells), ("blocks", plan.blocks)] {
        if !(1..=1 << 24).contains(&value) {
            return say(field, "must be from 1 to 2^24");
        }
    }
    if u64::from(plan.aisles) * u64::from(plan.cells) > 1 << 24 {
        return say("cells", "the layout has more than 2^24 cells");
    }
    for (field, distance) in [
        ("aisle_gap_m", plan.aisle_gap_m),
        ("cell_gap_m", plan.cell_gap_m),
        ("front_gap_m", plan.front_gap_m),
        ("back_gap_m", plan.back_gap_m),
        ("middle_gap_m", plan.middle_gap_m),
        ("depot_m", plan.depot_m),
    ] {
        if !(0..=MAX_METRES).contains(&distance.0) {
            return say(field, "must be from 0 to 100000");
        }
    }
    if plan.blocks > plan.cells {
        return say("blocks", "there are more blocks than cells of an aisle");
    }
    if !(1..=plan.aisles).contains(&plan.depot_aisle) {
        return say("depot_aisle", "there is no such aisle");
    }
    if !(1..=plan.blocks + 1).contains(&plan.depot_cross) {
        return say("depot_cross", "there is no such cross aisle");
    }
    let regular = RegularAisles {
        aisles: plan.aisles as usize,
        cells: plan.cells as usize,
        blocks: plan.blocks as usize,
        aisle_gap: plan.aisle_gap_m,
        cell_gap: plan.cell_gap_m,
        front_gap: plan.front_gap_m,
        back_gap: plan.back_gap_m,
        middle_gap: plan.middle_gap_m,
        cells_from_back: false,
        depot_aisle: plan.depot_aisle as usize - 1,
        depot_cross: plan.depot_cross as usize - 1,
        depot_distance: plan.depot_m,
    };
    AisleLayout::new(regular.input()).map_err(|e| ("cells", e.to_string()))
}
