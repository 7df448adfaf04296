//! What was perhaps meant by a word that is not known: the known one that takes the fewest slips of
//! the pen.

/// The word among `known` that is nearest to `word`, if it is near: at most one slip for each three
/// letters, and three in all. A slip is a letter too many, too few, another one, or two that
/// changed places (the distance of Damerau and Levenshtein, in which no letter is changed twice).
/// Capital letters, and blanks or hyphens in place of underscores, are no slips. Of equally near
/// ones the first; a word that is known is nearest to itself.
///
/// Takes time in proportion to the product of the lengths for each known word whose length fits.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    const MOST: usize = 3;
    let word = letters(word);
    let mut allowed = (word.len() / 3).min(MOST);
    let (mut best, mut other, mut rows) = (None, Vec::new(), Rows::default());
    for candidate in known {
        // A character has up to four bytes; what cannot fit by its length is not looked at.
        if candidate.len() + allowed < word.len() || candidate.len() > 4 * (word.len() + allowed) + 16 {
            continue;
        }
        other.clear();
        other.extend(candidate.trim().chars().map(plain));
        if other.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let slips = rows.slips(&word, &other);
        if slips > allowed {
            continue;
        }
        best = Some(candidate);
        if slips == 0 {
            break;
        }
        allowed = slips - 1;
    }
    best
}

fn letters(word: &str) -> Vec<char> {
    word.trim().chars().map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        ' ' | '-' => '_',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The last three rows of the table of distances between the beginnings of two words.
#[derive(Default)]
struct Rows([Vec<usize>; 3]);

impl Rows {
    /// How many slips lead from one word to another.
    fn slips(&mut self, a: &[char], b: &[char]) -> usize {
        let [before, last, row] = &mut self.0;
        last.clear();
        last.extend(0..=b.len());
        before.clear();
        for (i, &from) in a.iter().enumerate() {
            row.clear();
            row.push(i + 1);
            for (j, &to) in b.iter().enumerate() {
                let mut least = (last[j] + usize::from(from != to)).min(last[j + 1] + 1).min(row[j] + 1);
                if i > 0 && j > 0 && from == b[j - 1] && a[i - 1] == to {
                    least = least.min(before[j - 1] + 1);
                }
                row.push(least);
            }
            std::mem::swap(before, last);
            std::mem::swap(last, row);
        }
        last[b.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_seen_through() {
        let known = [
            "order_id",
            "max_shipments",
            "deliver_by",
            "sku",
            "qty",
            "lat",
            "lon",
            "safety",
            "reserved",
        ];
        for (word, meant) in [
            ("max_shipment", Some("max_shipments")),
            ("safty", Some("safety")),
            ("deliverby", Some("deliver_by")),
            ("Order ID", Some("order_id")),
            (" SKU ", Some("sku")),
            ("odrer_id", Some("order_id")),
            ("qtty", Some("qty")),
            ("lot", Some("lat")),
            ("loc", Some("lon")),
            ("quantity", None),
            ("price", None),
            ("id", None),
            ("", None),
            ("order_id", Some("order_id")),
        ] {
            assert_eq!(nearest(word, known), meant, "{word:?}");
        }
        assert_eq!(nearest("\u{e9}t\u{e9}s", ["\u{c9}t\u{e9}"]), Some("\u{c9}t\u{e9}"));
    }

    /// The same by its definition.
    fn by_recursion(a: &[char], b: &[char]) -> usize {
        let (Some((x, a1)), Some((y, b1))) = (a.split_last(), b.split_last()) else {
            return a.len() + b.len();
        };
        let mut least = (by_recursion(a1, b1) + usize::from(x != y))
            .min(by_recursion(a1, b) + 1)
            .min(by_recursion(a, b1) + 1);
        if let (Some((x1, a2)), Some((y1, b2))) = (a1.split_last(), b1.split_last())
            && x == y1
            && x1 == y
        {
            least = least.min(by_recursion(a2, b2) + 1);
        }
        least
    }

    #[test]
    fn slips_are_counted_as_defined() {
        let words: Vec<Vec<char>> = (0..200u32)
            .map(|n| {
                (0..n % 6)
                    .map(|k| ['a', 'b', 'c'][((n * 7 + 1) / 3u32.pow(k) % 3) as usize])
                    .collect()
            })
            .collect();
        let mut rows = Rows::default();
        for a in &words {
            for b in words.iter().step_by(3) {
                assert_eq!(rows.slips(a, b), by_recursion(a, b), "{a:?} {b:?}");
            }
        }
    }
}
