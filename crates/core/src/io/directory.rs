//! The kinds of directories that are read and written: which file marks one, and which files one can have.

use super::column::Schema;
use super::format::TableFormat;
use super::{floor, plan, schema, toml};
use crate::model::Table;

/// Name of the list of files that `generate` leaves beside what it wrote.
pub(crate) const MANIFEST: &str = "generated.txt";

/// A kind of directory.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// What such a directory holds, in the singular.
    pub noun: &'static str,
    /// The file that every such directory has.
    pub marker: &'static str,
    /// Names of all files that one can have.
    pub files: Vec<String>,
}

impl Kind {
    /// Problems.
    pub(crate) fn problem() -> Self {
        let schemas = Table::ALL.into_iter().filter_map(schema::schema);
        Self::new("problem", toml::FILE, &[MANIFEST], schemas)
    }

    /// Plans, with or without waves.
    pub(crate) fn plan() -> Self {
        Self::new("plan", plan::SUMMARY, &[plan::WAVES_SUMMARY], plan::schemas())
    }

    /// Plans of waves of shipments that no routing plan made.
    pub(crate) fn waves() -> Self {
        Self::new("plan of waves", plan::WAVES_SUMMARY, &[], plan::wave_schemas())
    }

    /// Floors of the nodes of a problem.
    pub(crate) fn floors() -> Self {
        Self::new("floor", floor::FILE, &[MANIFEST], floor::schemas())
    }

    fn new(
        noun: &'static str,
        marker: &'static str,
        others: &[&str],
        schemas: impl Iterator<Item = &'static Schema>,
    ) -> Self {
        let single = [marker].into_iter().chain(others.iter().copied());
        let mut files: Vec<String> = single.map(str::to_owned).collect();
        files.extend(schemas.flat_map(|schema| TableFormat::ALL.map(|format| schema.file(format))));
        Self { noun, marker, files }
    }

    /// Whether a directory of this kind can have a file of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file == name)
    }
}
