//! Reader of the format of Heßler and Irnich: picker routing (also with scattered storage) and order batching in one block.
//!
//! Source of the format: K. Heßler and S. Irnich, "Exact solution of the single-picker routing problem with scattered
//! storage", INFORMS Journal on Computing 36 (2024), and their instances. Cell 0 of an aisle is the one next to the top cross
//! aisle; which side of an aisle a cell is on makes no difference to the picker. Distances become millimetres, weights
//! thousandths.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clapot::Distance;
use clapot::model::{AisleLayout, LayoutError, RegularAisles};

/// One instance.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "no command reads all that the format has")]
pub(crate) struct Instance {
    /// `NAME`, as the file says it; not always the name of the file.
    pub name: String,
    pub kind: Kind,
    /// Largest load of a picker in thousandths of the unit of weight, where there is one.
    pub capacity: Option<i64>,
    pub aisles: usize,
    pub cells: usize,
    pub depot_aisle: usize,
    pub depot_at_top: bool,
    pub aisle_to_aisle: Distance,
    pub cell_to_cell: Distance,
    pub top_to_cell: Distance,
    pub bottom_to_cell: Distance,
    pub to_depot: Distance,
    /// Weight of one unit of each article in thousandths, 1,000 where the file states none.
    pub weights: BTreeMap<u32, i64>,
    /// Where each article lies.
    pub places: BTreeMap<u32, Vec<Place>>,
    /// Articles and quantities of each order; picker routing has one order.
    pub orders: Vec<Vec<(u32, u32)>>,
}

/// What `TYPE` says.
#[allow(dead_code, reason = "no command reads all that the format has")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    PickerRouting,
    ScatteredStorage,
    OrderBatching,
}

/// A cell with some of one article.
#[allow(dead_code, reason = "no command reads all that the format has")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub aisle: usize,
    pub cell: usize,
    pub quantity: u32,
}

/// What is wrong with a file, and where.
#[derive(Debug)]
pub(crate) struct ReadError {
    path: PathBuf,
    /// Line number from 1; 0 where something is missing altogether.
    line: usize,
    message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for ReadError {}

impl Instance {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadError> {
        let wrong = |(line, message)| ReadError {
            path: path.to_owned(),
            line,
            message,
        };
        let bytes = std::fs::read(path).map_err(|e| wrong((0, e.to_string())))?;
        // Names of authors are in various encodings; everything that counts is ASCII.
        Self::parse(&String::from_utf8_lossy(&bytes)).map_err(wrong)
    }

    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut reader = Reader::default();
        for (n, line) in text.lines().enumerate() {
            reader.line(line.trim()).map_err(|message| (n + 1, message))?;
        }
        reader.finish().map_err(|message| (0, message))
    }

    /// The layout with one block.
    pub(crate) fn layout(&self) -> Result<AisleLayout, LayoutError> {
        self.layout_of(1, Distance::ZERO)
    }

    /// The layout with a cross aisle of width 1 in the middle, as the results for two blocks have it: half of the width on
    /// either side of its centre line, and half a cell to the middle of the nearest cells.
    pub(crate) fn two_block_layout(&self) -> Result<AisleLayout, LayoutError> {
        let half_cell = Distance(self.cell_to_cell.0 / 2);
        self.layout_of(2, half_cell + Distance(Distance::SCALE / 2))
    }

    fn layout_of(&self, blocks: usize, middle_gap: Distance) -> Result<AisleLayout, LayoutError> {
        AisleLayout::new(
            RegularAisles {
                aisles: self.aisles,
                cells: self.cells,
                blocks,
                aisle_gap: self.aisle_to_aisle,
                cell_gap: self.cell_to_cell,
                front_gap: self.bottom_to_cell,
                back_gap: self.top_to_cell,
                middle_gap,
                cells_from_back: true,
                depot_aisle: self.depot_aisle,
                depot_cross: if self.depot_at_top { blocks } else { 0 },
                depot_distance: self.to_depot,
            }
            .input(),
        )
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Header,
    Articles,
    Skus,
    Orders,
    End,
}

#[derive(Debug, Default)]
struct Reader {
    section: Section,
    header: BTreeMap<String, String>,
    weights: BTreeMap<u32, i64>,
    places: BTreeMap<u32, Vec<Place>>,
    orders: Vec<Vec<(u32, u32)>>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        self.section = match line {
            "" => return Ok(()),
            "ARTICLE_SECTION" => Section::Articles,
            "SKU_SECTION" => Section::Skus,
            "ORDER_SECTION" => Section::Orders,
            "EOF" => Section::End,
            _ => return self.content(line),
        };
        Ok(())
    }

    fn content(&mut self, line: &str) -> Result<(), String> {
        if let Some((key, value)) = line.split_once(" : ") {
            let key = key.trim();
            match self.section {
                Section::Header => {
                    self.header.insert(key.to_owned(), value.trim().to_owned());
                }
                Section::Orders if key.starts_with("NUM_ARTICLES") => self.orders.push(Vec::new()),
                _ => {} // counts, which the rows repeat
            }
            return Ok(());
        }
        let row = Row::of(line)?;
        let article = row.number("ID")?;
        match self.section {
            Section::Articles => {
                let weight = match row.get("WEIGHT") {
                    Some(text) => text.parse::<Distance>().map_err(|_| bad("WEIGHT", text))?.0,
                    None => 1_000,
                };
                self.weights.insert(article, weight);
            }
            Section::Skus => {
                let place = Place {
                    aisle: row.number("AISLE")? as usize,
                    cell: row.number("CELL")? as usize,
                    quantity: row.number("QUANTITY")?,
                };
                self.places.entry(article).or_default().push(place);
            }
            Section::Orders => match self.orders.last_mut() {
                Some(order) => order.push((article, row.number("QUANTITY")?)),
                None => return Err("an article before NUM_ARTICLES".to_owned()),
            },
            Section::Header | Section::End => return Err(format!("not expected here: {line}")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Instance, String> {
        let field = |key: &str| self.header.get(key).ok_or_else(|| format!("{key} is missing"));
        let count = |key: &str| field(key)?.parse::<usize>().map_err(|_| bad(key, &self.header[key]));
        let distance = |key: &str| {
            let text = field(key)?;
            text.parse::<Distance>().map_err(|e| format!("{key}: {text} is {e}"))
        };
        let kind = match field("TYPE")?.as_str() {
            "Single_picker_routing" => Kind::PickerRouting,
            "Single_picker_routing_with_scattered_storage" => Kind::ScatteredStorage,
            "Order_batching" => Kind::OrderBatching,
            other => return Err(format!("TYPE: {other} is not known")),
        };
        let depot_at_top = match field("DEPOT_LOCATION")?.as_str() {
            "top" => true,
            "bottom" => false,
            other => return Err(format!("DEPOT_LOCATION: {other} is neither top nor bottom")),
        };
        if field("LAYOUT")? != "single-block" {
            return Err("LAYOUT: only single-block is known".to_owned());
        }
        let capacity = match self.header.get("PICKER_CAPACITY") {
            Some(text) => Some(text.parse::<Distance>().map_err(|_| bad("PICKER_CAPACITY", text))?.0),
            None => None,
        };
        let (aisles, cells) = (count("NUM_AISLES")?, count("NUM_CELLS")?);
        for (article, places) in &self.places {
            if let Some(place) = places.iter().find(|p| p.aisle >= aisles || p.cell >= cells) {
                let Place { aisle, cell, .. } = place;
                return Err(format!(
                    "article {article} lies at aisle {aisle}, cell {cell}, which there is not"
                ));
            }
        }
        let mut wanted = self.orders.iter().flatten();
        if let Some((article, _)) = wanted.find(|(article, _)| !self.places.contains_key(article)) {
            return Err(format!("article {article} is ordered and lies nowhere"));
        }
        Ok(Instance {
            name: field("NAME")?.clone(),
            kind,
            capacity,
            aisles,
            cells,
            depot_aisle: count("DEPOT_AISLE")?,
            depot_at_top,
            aisle_to_aisle: distance("DISTANCE_AISLE_TO_AISLE")?,
            cell_to_cell: distance("DISTANCE_CELL_TO_CELL")?,
            top_to_cell: distance("DISTANCE_TOP_TO_CELL")?,
            bottom_to_cell: distance("DISTANCE_BOTTOM_TO_CELL")?,
            to_depot: distance("DISTANCE_TOP_OR_BOTTOM_TO_DEPOT")?,
            weights: self.weights,
            places: self.places,
            orders: self.orders,
        })
    }
}

/// A row of names and values: `ID 3 AISLE 0 CELL 21`.
struct Row<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !words.len().is_multiple_of(2) {
            return Err(format!("not pairs of names and values: {line}"));
        }
        Ok(Self(words.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()))
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, value)| *value)
    }

    fn number(&self, key: &str) -> Result<u32, String> {
        let text = self.get(key).ok_or_else(|| format!("{key} is missing"))?;
        text.parse().map_err(|_| bad(key, text))
    }
}

fn bad(key: &str, text: &str) -> String {
    format!("{key}: {text} is not a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: &str = "NAME : tiny\nTYPE : Single_picker_routing\nLAYOUT : single-block\nNUM_AISLES : 2\nNUM_CELLS : 3\n\
        DEPOT_AISLE : 1\nDEPOT_LOCATION : top\nDISTANCE_AISLE_TO_AISLE : 2.4\nDISTANCE_CELL_TO_CELL : 1\n\
        DISTANCE_TOP_TO_CELL : 1.5\nDISTANCE_BOTTOM_TO_CELL : 1\nDISTANCE_TOP_OR_BOTTOM_TO_DEPOT : 0\n\
        ARTICLE_SECTION\nNUM_ARTICLES : 1\nID 7 WEIGHT 2.5\nSKU_SECTION\nNUM_SKUS : 1\n\
        ID 7 AISLE 1 CELL 0 QUANTITY 4 LEFT_RIGHT_HAND_SIDE left\nORDER_SECTION\nNUM_ARTICLES : 1\nID 7 QUANTITY 3\nEOF";

    #[test]
    fn decimals_become_integers_and_cell_0_is_at_the_top() {
        let instance = Instance::parse(TINY).unwrap();
        assert_eq!(
            (instance.weights[&7], instance.aisle_to_aisle),
            (2_500, Distance(2_400))
        );
        let layout = instance.layout().unwrap();
        let location = layout.location(1, 0).unwrap();
        assert_eq!(layout.from_depot(location), Distance(1_500));
        assert_eq!(instance.orders, [[(7, 3)]]);
    }

    #[test]
    fn errors_name_line_and_field() {
        for (from, to, line, message) in [
            ("CELL 0 QUANTITY", "CELL x QUANTITY", 18, "CELL: x is not a number"),
            ("DEPOT_AISLE : 1\n", "", 0, "DEPOT_AISLE is missing"),
            (
                "AISLE 1 CELL 0",
                "AISLE 2 CELL 0",
                0,
                "article 7 lies at aisle 2, cell 0, which there is not",
            ),
            (
                "ID 7 QUANTITY 3",
                "ID 8 QUANTITY 3",
                0,
                "article 8 is ordered and lies nowhere",
            ),
        ] {
            let text = TINY.replacen(from, to, 1);
            assert_eq!(Instance::parse(&text).unwrap_err(), (line, message.to_owned()));
        }
    }
}
