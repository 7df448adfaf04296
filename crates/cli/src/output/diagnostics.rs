//! Diagnostics as text: under their source line on a terminal, as plain lines elsewhere.

use std::collections::HashMap;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use clapot::diagnostic::{Diagnostic, KEPT_OF_A_GROUP, Location, Severity};
use clapot::model::LeftOut;

use super::source::Sources;
use super::text::{count as count_of, number as text_number, path, printable};
use super::{Look, place_of};

/// Orders that were left out, and reasons of one, that are shown before the rest is only counted.
const SHOWN: usize = 20;

/// All of them in their order, with what caused them and what to do; ends with a line end unless there is none. Of many errors of
/// one column the first few are shown, and the number of the others.
pub(crate) fn render(list: &[Diagnostic], dir: &Path, look: Look) -> String {
    render_selected(&selected(list), dir, look)
}

/// The same of the first so many that are shown, and how many are not told of.
pub(crate) fn render_first(list: &[Diagnostic], most: usize, dir: &Path, look: Look) -> (String, u64) {
    let mut all = selected(list);
    let rest = all.split_off(most.min(all.len()));
    let left = rest.iter().map(|shown| 1 + shown.more).sum();
    (render_selected(&all, dir, look), left)
}

/// A diagnostic that is shown, and how many more of its column are told of with it.
#[derive(Clone, Copy)]
struct Shown<'d> {
    diagnostic: &'d Diagnostic,
    more: u64,
}

/// Those that are shown. Warnings are few in each column as they come.
fn selected(list: &[Diagnostic]) -> Vec<Shown<'_>> {
    let mut shown: Vec<Shown<'_>> = Vec::new();
    let mut columns: HashMap<_, (u64, usize)> = HashMap::new();
    for diagnostic in list {
        let more = diagnostic.more;
        let column = (diagnostic.code.id(), diagnostic.table, diagnostic.field);
        let (count, last) = columns.entry(column).or_insert((0, 0));
        let is_error = diagnostic.code.severity() == Severity::Error;
        if is_error && *count == KEPT_OF_A_GROUP {
            shown[*last].more += 1 + more;
        } else {
            (*count, *last) = (*count + 1, shown.len());
            shown.push(Shown { diagnostic, more });
        }
    }
    shown
}

fn render_selected(shown: &[Shown<'_>], dir: &Path, look: Look) -> String {
    if !look.terminal {
        return plain(shown);
    }
    let renderer = if look.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let sources = Sources::read(dir, shown.iter().map(|shown| shown.diagnostic));
    let mut seen = Vec::new();
    let mut frame = |row: &[Shown<'_>]| {
        let text = renderer.render(&[annotated(row, dir, &sources, &mut seen)]) + "\n";
        text + &row.iter().map(more).collect::<String>() + "\n"
    };
    shown.chunk_by(|a, b| is_one_row(a, b)).map(&mut frame).collect()
}

/// Whether two are of one line of one file, and equally bad: they are shown in one frame.
fn is_one_row(a: &Shown<'_>, b: &Shown<'_>) -> bool {
    let place = |shown: &Shown<'_>| {
        let at = shown.diagnostic.location.as_ref().filter(|at| at.line > 0)?;
        Some((at.file.clone(), at.line, shown.diagnostic.severity))
    };
    place(a).is_some() && place(a) == place(b)
}

/// `3 errors, 1 warning`.
pub(crate) fn count(list: &[Diagnostic]) -> String {
    let errors = list.iter().filter(|d| d.severity == Severity::Error);
    let errors = errors.map(|d| 1 + d.more).sum();
    format!(
        "{}, {}",
        count_of(errors, "error"),
        count_of(number(list) - errors, "warning")
    )
}

/// How many there are, those included that are only counted.
pub(crate) fn number(list: &[Diagnostic]) -> u64 {
    list.iter().map(|d| 1 + d.more).sum()
}

/// The orders that were left out of the problem in a directory, and why; empty where there are none.
pub(crate) fn left_out(orders: &[LeftOut], dir: &Path, look: Look) -> String {
    if orders.is_empty() {
        return String::new();
    }
    let shown = &orders[..orders.len().min(SHOWN)];
    let reasons: Vec<_> = shown
        .iter()
        .flat_map(|order| order.reasons.iter().take(SHOWN).cloned())
        .collect();
    let list = render(&reasons, dir, look);
    let ids: Vec<_> = shown
        .iter()
        .map(|order| match order.order.as_str() {
            "" => "(without an id)".to_owned(),
            id => printable(id),
        })
        .collect();
    let more = match orders.len() - shown.len() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let count = count_of(orders.len() as u64, "order");
    format!("{list}left out {count}: {}{more}\n", ids.join(", "))
}

/// How many more like a diagnostic there are, as a line; empty where there are none.
fn more(shown: &Shown<'_>) -> String {
    let Shown { diagnostic: d, more } = shown;
    let (more, code, table) = (text_number(*more), d.code.id(), d.table);
    match d.field {
        _ if more == "0" => String::new(),
        Some(field) => format!("  and {more} more {code} in this column ({table} {field})\n"),
        None => format!("  and {more} more {code} in {table}\n"),
    }
}

/// One line each; cause and remedy only where a code occurs first.
fn plain(list: &[Shown<'_>]) -> String {
    let mut seen = Vec::new();
    let one = |shown: &Shown<'_>| {
        let d = shown.diagnostic;
        let line = format!(
            "{}: {}\n{}",
            d.severity.as_str(),
            printable(&d.to_string()),
            more(shown)
        );
        if seen.contains(&d.code.id()) {
            return line;
        }
        seen.push(d.code.id());
        format!("{line}  cause: {}\n  remedy: {}\n", d.code.cause(), d.code.remedy())
    };
    list.iter().map(one).collect()
}

/// What is wrong with one row, under its line; cause and remedy only where a code is not among the `seen` ones.
fn annotated<'a>(row: &[Shown<'a>], dir: &Path, sources: &'a Sources, seen: &mut Vec<&'static str>) -> Group<'a> {
    let d = row[0].diagnostic;
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = match row {
        [_] => level.primary_title(printable(&d.message)).id(d.code.id()),
        _ => level.primary_title(format!(
            "{} in one row",
            count_of(row.len() as u64, d.severity.as_str())
        )),
    };
    let mut group = Group::with_title(title);
    if let Some(at) = &d.location {
        group = match sources.line(&at.file, at.line) {
            Some(line) => group.element(snippet(row, at, line, dir)),
            None => group.element(origin(at, dir)),
        };
        if row.len() > 1 && sources.line(&at.file, at.line).is_none() {
            for shown in row {
                group = group.element(Level::NOTE.message(label(shown.diagnostic)));
            }
        }
    }
    for code in row.iter().map(|shown| shown.diagnostic.code) {
        if seen.contains(&code.id()) {
            continue;
        }
        seen.push(code.id());
        let of_which = if row.len() > 1 {
            format!("{}: ", code.id())
        } else {
            String::new()
        };
        group = group
            .element(Level::NOTE.message(format!("{of_which}{}", code.cause())))
            .element(Level::HELP.message(format!("{of_which}{}", code.remedy())));
    }
    group
}

/// A diagnostic beside others of its row.
fn label(d: &Diagnostic) -> String {
    let field = d.field.map_or_else(String::new, |field| format!(" {field}"));
    format!("{}{field}: {}", d.code.id(), printable(&d.message))
}

/// The file alone, with row and column of a table that has no lines to show.
fn origin<'a>(at: &Location, dir: &Path) -> Origin<'a> {
    let origin = Origin::path(path(&place_of(dir, &at.file)));
    match (at.line as usize, at.column as usize) {
        (0, _) => origin,
        (line, 0) => origin.line(line),
        (line, column) => origin.line(line).char_column(column),
    }
}

/// The line with the cells underlined, or the whole line where no column is known.
fn snippet<'a>(
    row: &[Shown<'a>],
    at: &Location,
    line: &'a str,
    dir: &Path,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let byte = |column: u64| line.char_indices().nth(column as usize).map_or(line.len(), |(n, _)| n);
    let mark = |d: &'a Diagnostic| {
        let (column, length) = d.location.as_ref().map_or((0, 0), |at| (at.column, at.length));
        let span = if column == 0 {
            0..line.len()
        } else {
            byte(column - 1)..byte(column - 1 + length.max(1))
        };
        let mark = AnnotationKind::Primary.span(span);
        match (row, d.field) {
            ([_], None) => mark,
            ([_], Some(field)) => mark.label(field),
            _ => mark.label(label(d)),
        }
    };
    Snippet::source(line)
        .line_start(at.line as usize)
        .path(path(&place_of(dir, &at.file)))
        .annotations(row.iter().map(|shown| mark(shown.diagnostic)))
}

#[cfg(test)]
mod tests {
    use clapot::diagnostic::Code;

    use super::*;

    fn example() -> Diagnostic {
        let at = Location {
            file: "lines.csv".to_owned(),
            line: 2,
            column: 6,
            length: 2,
        };
        Diagnostic::new(Code::UNKNOWN_REFERENCE, "lines", "there is no SKU x1")
            .in_row(0)
            .in_field("sku")
            .at(at)
    }

    #[test]
    fn a_terminal_shows_the_cell() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("lines.csv"), "order_id,line_id,sku,qty\nÖ1,1,x1,2\n").unwrap();
        let text = render(
            &[example()],
            dir.path(),
            Look {
                terminal: true,
                colour: false,
            },
        );
        assert!(text.contains("error[E301]: there is no SKU x1"), "{text}");
        assert!(text.contains("2 | Ö1,1,x1,2\n  |      ^^ sku\n"), "{text}");
        assert!(text.contains("= help: "), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn elsewhere_values_of_the_input_are_not_repeated() {
        let text = render(
            &[example()],
            Path::new("nowhere"),
            Look {
                terminal: false,
                colour: false,
            },
        );
        assert!(
            text.starts_with("error: E301 lines.csv:2:6 sku: there is no SKU x1\n  cause: "),
            "{text}"
        );
        let twice = render(
            &[example(), example()],
            Path::new("nowhere"),
            Look {
                terminal: false,
                colour: false,
            },
        );
        assert_eq!(twice.matches("cause:").count(), 1, "{twice}");
        assert_eq!(count(&[example()]), "1 error, 0 warnings");
    }

    /// Faults of two columns in each of so many rows.
    fn of_two_columns(rows: u32) -> Vec<Diagnostic> {
        let fault = |row: u32, (field, column)| {
            let at = Location {
                file: "items.csv".to_owned(),
                line: u64::from(row) + 2,
                column,
                length: 3,
            };
            Diagnostic::new(Code::NOT_AN_INTEGER, "items", "not a whole number")
                .in_row(row)
                .in_field(field)
                .at(at)
        };
        (0..rows)
            .flat_map(|row| [("weight_g", 3), ("volume_cm3", 7)].map(|place| fault(row, place)))
            .collect()
    }

    #[test]
    fn a_column_shows_its_first_faults_and_a_row_is_one_frame() {
        let dir = tempfile::tempdir().unwrap();
        let rows = "A,abc,def\n".repeat(60);
        std::fs::write(dir.path().join("items.csv"), format!("sku,weight_g,volume_cm3\n{rows}")).unwrap();
        let list = of_two_columns(60);
        let (terminal, colour) = (true, false);
        let text = render(&list, dir.path(), Look { terminal, colour });
        assert_eq!(text.matches("error: 2 errors in one row").count(), 3, "{text}");
        assert_eq!(text.matches("= help: ").count(), 1, "{text}");
        for field in ["weight_g", "volume_cm3"] {
            assert_eq!(
                text.matches(&format!("E202 {field}: not a whole number")).count(),
                3,
                "{text}"
            );
            assert!(
                text.contains(&format!("and 57 more E202 in this column (items {field})")),
                "{text}"
            );
        }
        assert!(text.lines().count() < 40, "{text}");
        let terminal = false;
        let text = render(&list, dir.path(), Look { terminal, colour });
        assert_eq!(text.matches("error: E202").count(), 6, "{text}");
        assert_eq!(text.matches("and 57 more E202").count(), 2, "{text}");
        let (text, left) = render_first(&list, 4, dir.path(), Look { terminal, colour });
        assert_eq!((text.matches("error: E202").count(), left), (4, 116), "{text}");
        assert_eq!(count(&list), "120 errors, 0 warnings");
    }
}
