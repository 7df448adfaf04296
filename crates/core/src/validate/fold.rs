//! Texts as people take them: two that look the same on paper are often not the same bytes.

use unicode_normalization::UnicodeNormalization as _;

/// Marks that no reader sees: of byte order, of no width, and those that join or part letters.
const UNSEEN: [char; 5] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}'];

/// Whether a character leaves nothing on paper.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || UNSEEN.contains(&c)
}

/// The text without blanks at its ends, in lower case, its letters composed.
pub(super) fn folded(text: &str) -> String {
    let text = text.trim_matches(is_blank);
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase().nfc().collect()
    }
}

/// Whether a text begins or ends with a blank.
pub(super) fn has_blank_end(text: &str) -> bool {
    let is_plain = |b: Option<&u8>| b.is_none_or(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_plain(bytes.first()) && is_plain(bytes.last()) {
        return false;
    }
    text.starts_with(is_blank) || text.ends_with(is_blank)
}

/// Where the blanks of a text are, as the end of a message; empty where there are none.
pub(super) fn blank_ends(text: &str) -> &'static str {
    match (text.starts_with(is_blank), text.ends_with(is_blank)) {
        (true, true) => " (with blanks at both ends)",
        (true, false) => " (with a blank at its beginning)",
        (false, true) => " (with a blank at its end)",
        (false, false) => "",
    }
}

/// An id as a message shows it. What a reader could not see is escaped or told.
pub(super) fn shown(id: &str) -> String {
    let mut text = String::with_capacity(id.len() + 2);
    text.push('`');
    for c in id.chars() {
        match c {
            '\'' | '"' | '\\' => text.push(c),
            c if UNSEEN.contains(&c) || c == '\u{a0}' => text.extend(c.escape_unicode()),
            c => text.extend(c.escape_debug()),
        }
    }
    text.push('`');
    text.push_str(blank_ends(id));
    text
}

/// In what two texts differ that are the same when folded.
pub(super) fn difference(a: &str, b: &str) -> &'static str {
    let (x, y) = (a.trim_matches(is_blank), b.trim_matches(is_blank));
    if x == y {
        "in blanks at the ends only"
    } else if x.nfc().eq(y.nfc()) {
        "in how accented letters are composed only"
    } else {
        "in capital and small letters only"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (a, b, why) in [
            ("lamp", "Lamp", "in capital and small letters only"),
            ("lamp", "lamp ", "in blanks at the ends only"),
            ("caf\u{e9}", "cafe\u{301}", "in how accented letters are composed only"),
            (
                "\u{c9}T\u{c9}",
                "e\u{301}te\u{301}",
                "in capital and small letters only",
            ),
            ("a\u{a0}", "a", "in blanks at the ends only"),
        ] {
            assert_eq!((folded(a), difference(a, b)), (folded(b), why), "{a:?} {b:?}");
        }
        assert_ne!(folded("a b"), folded("ab"));
    }

    #[test]
    fn blanks_are_seen() {
        for (text, shows, blank) in [
            ("lamp", "`lamp`", false),
            ("lamp ", "`lamp ` (with a blank at its end)", true),
            ("\u{a0}x", "`\\u{a0}x` (with a blank at its beginning)", true),
            ("\tx ", "`\\tx ` (with blanks at both ends)", true),
            ("\u{feff}x", "`\\u{feff}x` (with a blank at its beginning)", true),
            ("\u{e9}t\u{e9}", "`\u{e9}t\u{e9}`", false),
        ] {
            assert_eq!((shown(text).as_str(), has_blank_end(text)), (shows, blank));
        }
    }
}
