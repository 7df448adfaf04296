//! `floor.toml`: reading it, with the place of every key, and writing it.

use std::fmt::Write as _;

use toml_edit::{Item, TableLike, Value};

use crate::diagnostic::{Code, Diagnostics, Location};
use crate::io::keys::{KeyReader, Places, SettingsName, number, parse, string};
use crate::io::parse::{Bad, integer, metres, seconds, time};
use crate::io::source::Source;
use crate::model::floor::{FloorSettingsInput, GroupKey, PickMethod, ReleaseMode, SettingsOf};
use crate::quantity::{Distance, Millis};

/// File name of the settings of floors.
pub(in crate::io) const FILE: &str = "floor.toml";
const NAME: SettingsName = SettingsName {
    file: FILE,
    table: "floor",
};

/// The settings, and where each key stands.
#[derive(Default)]
pub(in crate::io) struct FloorSettingsFile {
    pub settings: FloorSettingsInput,
    places: Places,
}

impl FloorSettingsFile {
    /// Where the value of a key stands: of those of all nodes, or of the n-th node that has its own. A key that is missing
    /// is missed by the mode, or by the node.
    pub(super) fn location(&self, of: Option<u64>, field: Option<&'static str>) -> Location {
        let of = of.map(|n| n as u32);
        let keys = [field, Some("waves.mode"), Some("node")];
        let found = keys.into_iter().flatten().find_map(|key| self.places.get(of, key));
        found.unwrap_or_else(|| Location::file(FILE))
    }
}

/// Reads the settings. What is faulty is reported, and counts as not given.
pub(super) fn read_settings(from: Source<'_>, found: &mut Diagnostics) -> FloorSettingsFile {
    let Some(document) = parse(from, NAME, found) else {
        return FloorSettingsFile::default();
    };
    let root = document.as_table();
    let mut keys = KeyReader::new(NAME, document.raw(), found);
    keys.format(root);
    keys.unknown(root, &["format", "waves", "limits", "picking", "packing", "node"], "");
    let mut settings = FloorSettingsInput {
        all: settings_of(&mut keys, root, ""),
        nodes: Vec::new(),
    };
    if let Some(nodes) = table(&mut keys, "node", root.get("node")) {
        for (n, (id, item)) in nodes.iter().enumerate() {
            keys.of = Some(n as u32);
            keys.note("node", item);
            let of = table(&mut keys, "node", Some(item)).map(|node| {
                let prefix = format!("node.{id}.");
                keys.unknown(node, &["waves", "limits", "picking", "packing"], &prefix);
                settings_of(&mut keys, node, &prefix)
            });
            settings.nodes.push((id.to_owned(), of.unwrap_or_default()));
        }
    }
    FloorSettingsFile {
        settings,
        places: keys.places,
    }
}

/// A table; anything else is reported.
fn table<'i>(keys: &mut KeyReader<'_>, field: &'static str, item: Option<&'i Item>) -> Option<&'i dyn TableLike> {
    let item = item?;
    let found = item.as_table_like();
    if found.is_none() {
        keys.report(Code::WRONG_TYPE, field, Some(item), "not a table");
    }
    found
}

/// Reads the value of a key into its field.
macro_rules! read {
    ($keys:ident, $table:ident, $of:ident, $prefix:ident, $name:literal: $($field:ident = $key:literal by $read:expr;)*) => {
        if let Some(table) = $table {
            $keys.unknown(table, &[$($key),*], &format!("{}{}.", $prefix, $name));
            $($of.$field = $keys.value(concat!($name, ".", $key), table.get($key), $read);)*
        }
    };
}

fn settings_of(keys: &mut KeyReader<'_>, root: &dyn TableLike, prefix: &str) -> SettingsOf {
    let mut of = SettingsOf::default();
    let waves = table(keys, "waves", root.get("waves"));
    read!(keys, waves, of, prefix, "waves":
        mode = "mode" by |v| word(v, &ReleaseMode::ALL, ReleaseMode::as_str);
        releases = "releases" by |v| list(v, |v| time(&string(v)?));
        safety_minutes = "safety_minutes" by whole;
        max_open = "max_open" by whole;
        group_by = "group_by" by |v| list(v, |v| word(v, &GroupKey::ALL, GroupKey::as_str));
        horizon_days = "horizon_days" by whole;
    );
    let limits = table(keys, "limits", root.get("limits"));
    read!(keys, limits, of, prefix, "limits":
        max_shipments = "shipments" by whole;
        max_lines = "lines" by whole;
        max_units = "units" by whole;
        max_weight_g = "weight_g" by whole;
        max_volume_cm3 = "volume_cm3" by whole;
        max_docks = "docks" by whole;
    );
    let picking = table(keys, "picking", root.get("picking"));
    read!(keys, picking, of, prefix, "picking":
        method = "method" by |v| word(v, &PickMethod::ALL, PickMethod::as_str);
        walking = "walking_m_per_s" by |v| metres(&digits(v)?);
        per_tour = "seconds_per_tour" by |v| seconds(&digits(v)?);
        per_stop = "seconds_per_stop" by |v| seconds(&digits(v)?);
        per_line = "seconds_per_line" by |v| seconds(&digits(v)?);
        per_unit = "seconds_per_unit" by |v| seconds(&digits(v)?);
    );
    let packing = table(keys, "packing", root.get("packing"));
    read!(keys, packing, of, prefix, "packing":
        pack_shipment = "seconds_per_shipment" by |v| seconds(&digits(v)?);
        pack_line = "seconds_per_line" by |v| seconds(&digits(v)?);
        pack_unit = "seconds_per_unit" by |v| seconds(&digits(v)?);
        packers = "packers" by whole;
    );
    of
}

fn digits(value: &Value) -> Result<String, Bad> {
    number(value).ok_or((Code::WRONG_TYPE, "not a number"))
}

fn whole(value: &Value) -> Result<i64, Bad> {
    integer(&digits(value)?)
}

fn word<T: Copy>(value: &Value, words: &[T], text: fn(T) -> &'static str) -> Result<T, Bad> {
    let given = string(value)?;
    let found = words.iter().copied().find(|&w| text(w) == given);
    found.ok_or((Code::BAD_WORD, "not one of the words that may stand here"))
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Result<T, Bad>) -> Result<Vec<T>, Bad> {
    let array = value.as_array().ok_or((Code::WRONG_TYPE, "not a list"))?;
    array.iter().map(read).collect()
}

/// The text of the settings.
pub(super) fn text(settings: &FloorSettingsInput) -> String {
    let mut text = "format = 1\n".to_owned();
    write_of(&mut text, "", &settings.all);
    for (id, of) in &settings.nodes {
        let id = Value::from(id.as_str()).to_string();
        let _ = write!(text, "\n[node.{id}]\n"); // writing to a string cannot fail
        write_of(&mut text, &format!("node.{id}."), of);
    }
    text
}

fn write_of(text: &mut String, prefix: &str, of: &SettingsOf) {
    let words = |list: Vec<String>| format!("[{}]", list.join(", "));
    let quoted = |word: &str| format!("\"{word}\"");
    let whole = |n: Option<i64>| n.map(|n| n.to_string());
    let seconds = |ms: Option<Millis>| ms.map(|ms| Distance(ms.0).to_string());
    let releases = of.releases.as_ref();
    let group_by = of.group_by.as_ref();
    let tables = [
        (
            "waves",
            vec![
                ("mode", of.mode.map(|mode| quoted(mode.as_str()))),
                (
                    "releases",
                    releases.map(|l| words(l.iter().map(|t| quoted(&t.to_string())).collect())),
                ),
                ("safety_minutes", whole(of.safety_minutes)),
                ("max_open", whole(of.max_open)),
                (
                    "group_by",
                    group_by.map(|l| words(l.iter().map(|k| quoted(k.as_str())).collect())),
                ),
                ("horizon_days", whole(of.horizon_days)),
            ],
        ),
        (
            "limits",
            vec![
                ("shipments", whole(of.max_shipments)),
                ("lines", whole(of.max_lines)),
                ("units", whole(of.max_units)),
                ("weight_g", whole(of.max_weight_g)),
                ("volume_cm3", whole(of.max_volume_cm3)),
                ("docks", whole(of.max_docks)),
            ],
        ),
        (
            "picking",
            vec![
                ("method", of.method.map(|method| quoted(method.as_str()))),
                ("walking_m_per_s", of.walking.map(|walk| walk.to_string())),
                ("seconds_per_tour", seconds(of.per_tour)),
                ("seconds_per_stop", seconds(of.per_stop)),
                ("seconds_per_line", seconds(of.per_line)),
                ("seconds_per_unit", seconds(of.per_unit)),
            ],
        ),
        (
            "packing",
            vec![
                ("seconds_per_shipment", seconds(of.pack_shipment)),
                ("seconds_per_line", seconds(of.pack_line)),
                ("seconds_per_unit", seconds(of.pack_unit)),
                ("packers", whole(of.packers)),
            ],
        ),
    ];
    for (name, keys) in tables {
        if keys.iter().all(|(_, value)| value.is_none()) {
            continue;
        }
        let _ = write!(text, "\n[{prefix}{name}]\n");
        for (key, value) in keys {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {value}");
            }
        }
    }
}
