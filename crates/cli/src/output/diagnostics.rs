//! Diagnostics as text: under their source line on a terminal, as plain lines elsewhere.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use clapot::diagnostic::{Diagnostic, Location, Severity};
use clapot::model::LeftOut;

use super::Look;
use super::source::Sources;
use super::text::{count as count_of, number as text_number, printable};

/// Orders that were left out, and reasons of one, that are shown before the rest is only counted.
const SHOWN: usize = 20;

/// All of them in their order, with what caused them and what to do; ends with a line end unless there is none.
pub(crate) fn render(list: &[Diagnostic], dir: &Path, look: Look) -> String {
    if !look.terminal {
        return plain(list);
    }
    let renderer = if look.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let sources = Sources::read(dir, list);
    let one = |d| renderer.render(&[annotated(d, dir, &sources)]) + "\n" + &more(d) + "\n";
    list.iter().map(one).collect()
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
fn more(d: &Diagnostic) -> String {
    if d.more == 0 {
        return String::new();
    }
    let at = d
        .field
        .map_or_else(|| d.table.to_owned(), |field| format!("{} {field}", d.table));
    format!("  and {} more {} in {at}\n", text_number(d.more), d.code.id())
}

/// One line each; cause and remedy only where a code occurs first.
fn plain(list: &[Diagnostic]) -> String {
    let mut seen = Vec::new();
    let one = |d: &Diagnostic| {
        let line = format!("{}: {}\n{}", d.severity.as_str(), printable(&d.to_string()), more(d));
        if seen.contains(&d.code.id()) {
            return line;
        }
        seen.push(d.code.id());
        format!("{line}  cause: {}\n  remedy: {}\n", d.code.cause(), d.code.remedy())
    };
    list.iter().map(one).collect()
}

fn annotated<'a>(d: &'a Diagnostic, dir: &Path, sources: &'a Sources) -> Group<'a> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = Group::with_title(level.primary_title(printable(&d.message)).id(d.code.id()));
    let group = match &d.location {
        None => group,
        Some(at) => match sources.line(&at.file, at.line) {
            Some(line) => group.element(snippet(d, at, line, dir)),
            None => group.element(origin(at, dir)),
        },
    };
    group
        .element(Level::NOTE.message(d.code.cause()))
        .element(Level::HELP.message(d.code.remedy()))
}

/// The file alone, with row and column of a table that has no lines to show.
fn origin<'a>(at: &Location, dir: &Path) -> Origin<'a> {
    let origin = Origin::path(dir.join(&at.file).display().to_string());
    match (at.line as usize, at.column as usize) {
        (0, _) => origin,
        (line, 0) => origin.line(line),
        (line, column) => origin.line(line).char_column(column),
    }
}

/// The line with the cell underlined, or the whole line where no column is known.
fn snippet<'a>(
    d: &Diagnostic,
    at: &Location,
    line: &'a str,
    dir: &Path,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let byte = |column: u64| line.char_indices().nth(column as usize).map_or(line.len(), |(n, _)| n);
    let span = if at.column == 0 {
        0..line.len()
    } else {
        byte(at.column - 1)..byte(at.column - 1 + at.length.max(1))
    };
    let mark = AnnotationKind::Primary.span(span);
    let mark = d.field.map_or_else(|| mark.clone(), |field| mark.clone().label(field));
    Snippet::source(line)
        .line_start(at.line as usize)
        .path(dir.join(&at.file).display().to_string())
        .annotation(mark)
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
}
