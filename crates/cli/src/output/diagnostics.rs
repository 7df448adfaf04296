//! Diagnostics as text: under their source line on a terminal, as plain lines elsewhere.

use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use clapot::diagnostic::{Diagnostic, Location, Severity};

use super::Look;
use super::source::Sources;
use super::text::{count as count_of, printable};

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
    let one = |d| renderer.render(&[annotated(d, dir, &sources)]) + "\n\n";
    list.iter().map(one).collect()
}

/// `3 errors, 1 warning`.
pub(crate) fn count(list: &[Diagnostic]) -> String {
    let errors = list.iter().filter(|d| d.code.severity() == Severity::Error).count();
    format!(
        "{}, {}",
        count_of(errors as u64, "error"),
        count_of((list.len() - errors) as u64, "warning")
    )
}

/// One line each; cause and remedy only where a code occurs first.
fn plain(list: &[Diagnostic]) -> String {
    let mut seen = Vec::new();
    let one = |d: &Diagnostic| {
        let line = format!("{}: {}\n", d.code.severity().as_str(), printable(&d.to_string()));
        if seen.contains(&d.code.id()) {
            return line;
        }
        seen.push(d.code.id());
        format!("{line}  cause: {}\n  remedy: {}\n", d.code.cause(), d.code.remedy())
    };
    list.iter().map(one).collect()
}

fn annotated<'a>(d: &'a Diagnostic, dir: &Path, sources: &'a Sources) -> Group<'a> {
    let level = match d.code.severity() {
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
