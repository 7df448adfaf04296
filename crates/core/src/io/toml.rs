//! `problem.toml`: the settings, with the place of every key. Numbers are read as they were written, never as floats.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use toml_edit::{Document, Item, TableLike, Value};

use super::place::place;
use super::table::{Bad, money, shown};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location};
use crate::model::SettingsInput;
use crate::quantity::Money;

/// File name of the settings.
pub(crate) const FILE: &str = "problem.toml";
/// Largest size of the settings in bytes.
pub const MAX_SETTINGS: u64 = 1 << 20;
const TABLE: &str = "problem";

/// The settings, and where each key stands.
#[derive(Debug, Default)]
pub(crate) struct SettingsFile {
    pub settings: SettingsInput,
    places: Vec<(&'static str, Location)>,
}

impl SettingsFile {
    /// Where the value of a key stands.
    pub(crate) fn location(&self, field: Option<&'static str>) -> Location {
        let place = self.places.iter().find(|(key, _)| Some(*key) == field);
        place.map_or_else(|| Location::file(FILE), |(_, at)| at.clone())
    }
}

/// Reads the settings. What is missing or faulty is reported, and a harmless value takes its place.
pub(crate) fn read_settings(dir: &Path, found: &mut Diagnostics) -> SettingsFile {
    let harmless = || SettingsFile {
        settings: SettingsInput {
            name: "?".to_owned(),
            currency: "XXX".to_owned(),
            now: "2000-01-01T00:00:00Z".to_owned(),
            ..SettingsInput::default()
        },
        places: Vec::new(),
    };
    let Some(text) = read_text(dir, found) else {
        return harmless();
    };
    match Document::parse(text.as_str()) {
        Ok(document) => SettingsReader {
            text: &text,
            root: document.as_table(),
            found,
            result: harmless(),
        }
        .read(),
        Err(e) => {
            // The first line of the parser's message says what it expected and does not quote the file.
            let message = e.message().lines().next().unwrap_or("not valid TOML").to_owned();
            let at = place(FILE, &text, e.span().unwrap_or(0..0));
            found.push(Diagnostic::new(Code::TOML_SYNTAX, TABLE, message).at(at));
            harmless()
        }
    }
}

/// Reads the file whole; it is small, or refused.
fn read_text(dir: &Path, found: &mut Diagnostics) -> Option<String> {
    let mut bytes = Vec::new();
    let read = File::open(dir.join(FILE)).and_then(|f| f.take(MAX_SETTINGS + 1).read_to_end(&mut bytes));
    let whole = |code, message: &str| Diagnostic::new(code, TABLE, message).at(Location::file(FILE));
    match read {
        Err(e) if e.kind() == ErrorKind::NotFound => found.push(whole(Code::FILE_MISSING, "the file is missing")),
        Err(e) => found.push(whole(Code::FILE_UNREADABLE, &e.kind().to_string())),
        Ok(n) if n as u64 > MAX_SETTINGS => found.push(whole(Code::FILE_TOO_LARGE, "the file is larger than 1 MiB")),
        Ok(_) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(e) => {
                let valid = e.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(&e.as_bytes()[..valid]).into_owned();
                let message = "the bytes here are not UTF-8";
                found.push(Diagnostic::new(Code::INVALID_UTF8, TABLE, message).at(place(
                    FILE,
                    &text,
                    valid..valid + 1,
                )));
            }
        },
    }
    None
}

struct SettingsReader<'a> {
    text: &'a str,
    root: &'a dyn TableLike,
    found: &'a mut Diagnostics,
    result: SettingsFile,
}

const KEYS: [&str; 6] = ["format", "name", "currency", "now", "timezone", "objective"];
const PENALTIES: [(&str, &str); 3] = [
    ("split_penalty", "objective.split_penalty"),
    ("late_penalty_per_day", "objective.late_penalty_per_day"),
    ("unfilled_penalty", "objective.unfilled_penalty"),
];

impl SettingsReader<'_> {
    fn read(mut self) -> SettingsFile {
        self.format();
        if let Some(name) = self.required("name", string) {
            self.result.settings.name = name;
        }
        if let Some(currency) = self.required("currency", string) {
            self.result.settings.currency = currency;
        }
        if let Some(now) = self.required("now", instant) {
            self.result.settings.now = now;
        }
        self.result.settings.timezone = self.optional("timezone", string);
        self.unknown(self.root, &KEYS, "");
        self.objective();
        self.result
    }

    fn format(&mut self) {
        let text = |value: &Value| number(value).ok_or((Code::WRONG_TYPE, "not a number"));
        if self.required("format", text).is_some_and(|format| format != "1") {
            let (_, item) = self.root.get_key_value("format").unzip();
            self.report(Code::UNSUPPORTED_FORMAT, "format", item, "the format is not 1");
        }
    }

    fn objective(&mut self) {
        let Some(item) = self.root.get("objective") else {
            return self.report(Code::MISSING_KEY, PENALTIES[2].1, None, "the key is missing");
        };
        let Some(table) = item.as_table_like() else {
            return self.report(Code::WRONG_TYPE, "objective", Some(item), "not a table");
        };
        self.unknown(table, &PENALTIES.map(|(key, _)| key), "objective.");
        let [split, late, unfilled] = PENALTIES.map(|(key, field)| self.value(field, table.get(key), amount));
        if table.get(PENALTIES[2].0).is_none() {
            self.report(Code::MISSING_KEY, PENALTIES[2].1, Some(item), "the key is missing");
        }
        let settings = &mut self.result.settings;
        settings.split_penalty = split.unwrap_or_default();
        settings.late_penalty_per_day = late.unwrap_or_default();
        settings.unfilled_penalty = unfilled.unwrap_or_default();
    }

    fn required<T>(&mut self, key: &'static str, read: fn(&Value) -> Result<T, Bad>) -> Option<T> {
        if self.root.get(key).is_none() {
            self.report(Code::MISSING_KEY, key, None, "the key is missing");
        }
        self.optional(key, read)
    }

    fn optional<T>(&mut self, key: &'static str, read: fn(&Value) -> Result<T, Bad>) -> Option<T> {
        self.value(key, self.root.get(key), read)
    }

    fn value<T>(&mut self, field: &'static str, item: Option<&Item>, read: fn(&Value) -> Result<T, Bad>) -> Option<T> {
        let item = item?;
        self.result.places.push((field, self.place(item)));
        let bad = (Code::WRONG_TYPE, "a table where a value should be");
        match item.as_value().ok_or(bad).and_then(read) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.report(code, field, Some(item), message);
                None
            }
        }
    }

    fn unknown(&mut self, table: &dyn TableLike, known: &[&str], prefix: &str) {
        for (key, item) in table.iter().filter(|(key, _)| !known.contains(key)) {
            let span = table.key(key).and_then(toml_edit::Key::span);
            let at = span.map_or_else(|| self.place(item), |span| place(FILE, self.text, span));
            let message = format!("unknown key {}", shown(&format!("{prefix}{key}")));
            self.found
                .push(Diagnostic::new(Code::UNKNOWN_KEY, TABLE, message).at(at));
        }
    }

    fn place(&self, item: &Item) -> Location {
        item.span()
            .map_or_else(|| Location::file(FILE), |span| place(FILE, self.text, span))
    }

    fn report(&mut self, code: Code, field: &'static str, item: Option<&Item>, message: &str) {
        let at = item.map_or_else(|| Location::file(FILE), |item| self.place(item));
        self.found
            .push(Diagnostic::new(code, TABLE, message).in_field(field).at(at));
    }
}

fn string(value: &Value) -> Result<String, Bad> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or((Code::WRONG_TYPE, "not a text in quotes"))
}

/// A string, or a datetime as it was written.
fn instant(value: &Value) -> Result<String, Bad> {
    match value {
        Value::String(s) => Ok(s.value().clone()),
        Value::Datetime(d) => Ok(d.display_repr().into_owned()),
        _ => Err((Code::WRONG_TYPE, "neither a date and time nor a text in quotes")),
    }
}

/// The text of a number, or of a string that holds one.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.value().clone()),
        Value::Integer(n) => Some(n.display_repr().into_owned()),
        Value::Float(n) => Some(n.display_repr().into_owned()),
        _ => None,
    }
}

fn amount(value: &Value) -> Result<Money, Bad> {
    money(&number(value).ok_or((Code::WRONG_TYPE, "not a number"))?)
}
