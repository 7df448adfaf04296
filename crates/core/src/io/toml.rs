//! `problem.toml`: the settings, with the place of every key.

use toml_edit::{TableLike, Value};

use super::keys::{KeyReader, Places, SettingsName, number, parse, string};
use super::parse::{Bad, money};
use super::source::Source;
use crate::diagnostic::{Code, Diagnostics, Location};
use crate::model::SettingsInput;
use crate::quantity::Money;

/// File name of the settings.
pub(crate) const FILE: &str = "problem.toml";
const NAME: SettingsName = SettingsName {
    file: FILE,
    table: "problem",
};

/// The settings, and where each key stands.
#[derive(Debug, Default)]
pub(crate) struct SettingsFile {
    pub settings: SettingsInput,
    places: Places,
}

impl SettingsFile {
    /// Where the value of a key stands.
    pub(crate) fn location(&self, field: Option<&'static str>) -> Location {
        self.places.find(NAME, None, field)
    }
}

/// Reads the settings, in which another planning instant may stand in place of theirs. What is missing or faulty is reported, and a harmless value takes its place.
pub(crate) fn read_settings(from: Source<'_>, now: Option<&str>, found: &mut Diagnostics) -> SettingsFile {
    let mut settings = SettingsInput {
        name: "?".to_owned(),
        currency: "XXX".to_owned(),
        now: "2000-01-01T00:00:00Z".to_owned(),
        ..SettingsInput::default()
    };
    let Some(document) = parse(from, NAME, found) else {
        let places = Places::default();
        return SettingsFile { settings, places };
    };
    let mut keys = KeyReader::new(NAME, document.raw(), found);
    read(&mut keys, document.as_table(), now, &mut settings);
    SettingsFile {
        settings,
        places: keys.places,
    }
}

const KEYS: [&str; 6] = ["format", "name", "currency", "now", "timezone", "objective"];
const PENALTIES: [(&str, &str); 3] = [
    ("split_penalty", "objective.split_penalty"),
    ("late_penalty_per_day", "objective.late_penalty_per_day"),
    ("unfilled_penalty", "objective.unfilled_penalty"),
];

fn read(keys: &mut KeyReader<'_>, root: &dyn TableLike, now: Option<&str>, settings: &mut SettingsInput) {
    keys.format(root);
    if let Some(name) = keys.required(root, "name", string) {
        settings.name = name;
    }
    if let Some(currency) = keys.required(root, "currency", string) {
        settings.currency = currency;
    }
    if let Some(now) = now {
        now.clone_into(&mut settings.now);
    } else if let Some(now) = keys.required(root, "now", instant) {
        settings.now = now;
    }
    settings.timezone = keys.value("timezone", root.get("timezone"), string);
    keys.unknown(root, &KEYS, "");
    objective(keys, root, settings);
}

fn objective(keys: &mut KeyReader<'_>, root: &dyn TableLike, settings: &mut SettingsInput) {
    let Some(item) = root.get("objective") else {
        return keys.report(Code::MISSING_KEY, PENALTIES[2].1, None, "the key is missing");
    };
    let Some(table) = item.as_table_like() else {
        return keys.report(Code::WRONG_TYPE, "objective", Some(item), "not a table");
    };
    keys.unknown(table, &PENALTIES.map(|(key, _)| key), "objective.");
    let [split, late, unfilled] = PENALTIES.map(|(key, field)| keys.value(field, table.get(key), amount));
    if table.get(PENALTIES[2].0).is_none() {
        keys.report(Code::MISSING_KEY, PENALTIES[2].1, Some(item), "the key is missing");
    }
    settings.split_penalty = split.unwrap_or_default();
    settings.late_penalty_per_day = late.unwrap_or_default();
    settings.unfilled_penalty = unfilled.unwrap_or_default();
}

/// A string, or a datetime as it was written.
fn instant(value: &Value) -> Result<String, Bad> {
    match value {
        Value::String(s) => Ok(s.value().clone()),
        Value::Datetime(d) => Ok(d.display_repr().into_owned()),
        _ => Err((Code::WRONG_TYPE, "neither a date and time nor a text in quotes")),
    }
}

fn amount(value: &Value) -> Result<Money, Bad> {
    money(&number(value).ok_or((Code::WRONG_TYPE, "not a number"))?)
}
