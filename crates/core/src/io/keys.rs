//! A settings file in TOML: its text, its keys with their places, and what is wrong with them. Numbers are read as they were
//! written, never as floats.

use std::io::ErrorKind;

use toml_edit::{Document, Item, TableLike, Value};

use super::hint::with_hint;
use super::parse::Bad;
use super::place::place;
use super::source::Source;
use super::table::shown;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Location, nearest};
use crate::error::said;

/// Largest size of a settings file in bytes.
pub const MAX_SETTINGS: u64 = 1 << 20;

/// A settings file: what it is called, and as which table diagnostics name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettingsName {
    pub file: &'static str,
    pub table: &'static str,
}

/// Where the values of keys stand. The number tells apart tables that have the same keys.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<(Option<u32>, &'static str, Location)>);

impl Places {
    /// Where the value of a key stands.
    pub(crate) fn get(&self, of: Option<u32>, field: &str) -> Option<Location> {
        let place = self.0.iter().find(|(n, key, _)| *n == of && *key == field);
        place.map(|(_, _, at)| at.clone())
    }

    /// Where the value of a key stands, or else the file as a whole.
    pub(crate) fn find(&self, name: SettingsName, of: Option<u32>, field: Option<&'static str>) -> Location {
        let place = field.and_then(|field| self.get(of, field));
        place.unwrap_or_else(|| Location::file(name.file))
    }
}

/// Parses a settings file; without one, or where it is no TOML, that is reported.
pub(crate) fn parse(from: Source<'_>, name: SettingsName, found: &mut Diagnostics) -> Option<Document<String>> {
    let text = read_text(from, name, found)?;
    match Document::parse(text.clone()) {
        Ok(document) => Some(document),
        Err(e) => {
            let span = e.span().unwrap_or(0..0);
            let message = syntax(e.message(), text.get(..span.start).unwrap_or_default(), &text);
            let at = place(name.file, &text, span);
            found.push(Diagnostic::new(Code::TOML_SYNTAX, name.table, message).at(at));
            None
        }
    }
}

/// What the parser finds fault with, by how its messages begin, and how that is told.
const SYNTAX: [(&str, &str); 14] = [
    ("string values must be quoted", "a text needs quotes"),
    ("duplicate key", "the key is there twice"),
    ("key with no value", "a key needs an equals sign and a value"),
    ("missing value", "the value is missing"),
    ("missing assignment", "a key needs an equals sign and a value"),
    ("extra assignment", "one key has two values"),
    ("unexpected key or value", "the line should end here"),
    (
        "unexpected leading zero",
        "a number does not begin with a 0 that says nothing",
    ),
    (
        "invalid unquoted key",
        "the name of a key has letters, digits, _ and - only",
    ),
    (
        "invalid basic string",
        "the quote is not closed, or something in it is not allowed",
    ),
    (
        "invalid literal string",
        "the quote is not closed, or something in it is not allowed",
    ),
    ("invalid date", "there is no such date or time"),
    ("invalid time", "there is no such date or time"),
    ("unclosed", "what begins here is not closed"),
];

/// What is wrong with the syntax after this much of a text, by what the parser says.
fn syntax(said: &str, before: &str, text: &str) -> String {
    let known = SYNTAX.iter().find(|(beginning, _)| said.starts_with(beginning));
    let message = known.map_or("not valid TOML here", |(_, message)| message);
    let start = before.rfind('\n').map_or(0, |n| n + 1);
    let line = text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    // Only what may be a number, since no other value is shown.
    let is_number = value.starts_with(|c: char| c.is_ascii_digit() || c == '-') && value.contains(',');
    with_hint(Code::NOT_A_DECIMAL, message, if is_number { value } else { "" })
}

/// Reads the file whole; it is small, or refused.
fn read_text(from: Source<'_>, name: SettingsName, found: &mut Diagnostics) -> Option<String> {
    let whole = |code, message: &str| Diagnostic::new(code, name.table, message).at(Location::file(name.file));
    match from.bytes(name.file, MAX_SETTINGS) {
        Err(e) if e.kind() == ErrorKind::NotFound => found.push(whole(Code::FILE_MISSING, "the file is missing")),
        Err(e) => found.push(whole(Code::FILE_UNREADABLE, &said(&e))),
        Ok(bytes) if bytes.len() as u64 > MAX_SETTINGS => {
            found.push(whole(Code::FILE_TOO_LARGE, "the file is larger than 1 MiB"));
        }
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Some(text),
            Err(e) => {
                let valid = e.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(&e.as_bytes()[..valid]).into_owned();
                let message = "not UTF-8 here: save the file as UTF-8";
                found.push(Diagnostic::new(Code::INVALID_UTF8, name.table, message).at(place(
                    name.file,
                    &text,
                    valid..valid + 1,
                )));
            }
        },
    }
    None
}

/// Reads keys, and reports those that are not what they should be.
pub(crate) struct KeyReader<'a> {
    pub name: SettingsName,
    pub text: &'a str,
    pub found: &'a mut Diagnostics,
    pub places: Places,
    /// Which of several tables with the same keys is read; `None` = there is one.
    pub of: Option<u32>,
}

impl<'a> KeyReader<'a> {
    /// A reader of the keys of a file.
    pub(crate) fn new(name: SettingsName, text: &'a str, found: &'a mut Diagnostics) -> Self {
        Self {
            name,
            text,
            found,
            places: Places::default(),
            of: None,
        }
    }

    /// Checks that the key `format` is 1.
    pub(crate) fn format(&mut self, root: &dyn TableLike) {
        let text = |value: &Value| number(value).ok_or((Code::WRONG_TYPE, "not a number"));
        if self.required(root, "format", text).is_some_and(|format| format != "1") {
            let (_, item) = root.get_key_value("format").unzip();
            self.report(Code::UNSUPPORTED_FORMAT, "format", item, "the format is not 1");
        }
    }

    pub(crate) fn required<T>(
        &mut self,
        root: &dyn TableLike,
        key: &'static str,
        read: impl Fn(&Value) -> Result<T, Bad>,
    ) -> Option<T> {
        if root.get(key).is_none() {
            self.report(Code::MISSING_KEY, key, None, "the key is missing");
        }
        self.value(key, root.get(key), read)
    }

    pub(crate) fn value<T>(
        &mut self,
        field: &'static str,
        item: Option<&Item>,
        read: impl Fn(&Value) -> Result<T, Bad>,
    ) -> Option<T> {
        let item = item?;
        let place = self.place(item);
        self.places.0.push((self.of, field, place));
        let bad = (Code::WRONG_TYPE, "a table where a value should be");
        match item.as_value().ok_or(bad).and_then(read) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                let text = item.as_value().and_then(Value::as_str).unwrap_or_default();
                self.report(code, field, Some(item), &with_hint(code, message, text));
                None
            }
        }
    }

    /// Remembers where something stands that is no value.
    pub(crate) fn note(&mut self, field: &'static str, item: &Item) {
        let place = self.place(item);
        self.places.0.push((self.of, field, place));
    }

    pub(crate) fn unknown(&mut self, table: &dyn TableLike, known: &[&str], prefix: &str) {
        for (key, item) in table.iter().filter(|(key, _)| !known.contains(key)) {
            let span = table.key(key).and_then(toml_edit::Key::span);
            let at = span.map_or_else(|| self.place(item), |span| place(self.name.file, self.text, span));
            let meant = nearest(key, known.iter().copied().filter(|known| !table.contains_key(known)));
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{prefix}{meant}`?"));
            let message = format!("unknown key {}{hint}", shown(&format!("{prefix}{key}")));
            self.found
                .push(Diagnostic::new(Code::UNKNOWN_KEY, self.name.table, message).at(at));
        }
    }

    fn place(&self, item: &Item) -> Location {
        item.span().map_or_else(
            || Location::file(self.name.file),
            |span| place(self.name.file, self.text, span),
        )
    }

    pub(crate) fn report(&mut self, code: Code, field: &'static str, item: Option<&Item>, message: &str) {
        let at = item.map_or_else(|| Location::file(self.name.file), |item| self.place(item));
        self.found
            .push(Diagnostic::new(code, self.name.table, message).in_field(field).at(at));
    }
}

pub(crate) fn string(value: &Value) -> Result<String, Bad> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or((Code::WRONG_TYPE, "not a text in quotes"))
}

/// The text of a number, or of a string that holds one.
pub(crate) fn number(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.value().clone()),
        Value::Integer(n) => Some(n.display_repr().into_owned()),
        Value::Float(n) => Some(n.display_repr().into_owned()),
        _ => None,
    }
}
