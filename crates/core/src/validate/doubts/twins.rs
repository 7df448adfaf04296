//! Two ids of one table that look the same: they differ by capital letters, by how accented letters are composed, or by blanks.

use std::collections::HashMap;

use super::super::context::{At, Context};
use super::super::fold::{difference, folded, has_blank_end, shown};
use crate::diagnostic::Code;
use crate::index::{IdTable, Idx};
use crate::model::{Row, Table};

/// Warns of ids that look like an earlier one.
pub(super) fn check(context: &mut Context<'_>) {
    let draft = context.draft;
    let ids = &draft.ids;
    twins(context, Table::Nodes, "node_id", &ids.nodes, &draft.nodes, |row| row.id);
    twins(context, Table::Items, "sku", &ids.skus, &draft.items, |row| row.id);
    twins(context, Table::Orders, "order_id", &ids.orders, &draft.orders, |row| {
        row.id
    });
    let services = &draft.services;
    twins(context, Table::Services, "service_id", &ids.services, services, |row| {
        row.id
    });
}

fn twins<I: Idx, T>(
    context: &mut Context<'_>,
    table: Table,
    field: &'static str,
    ids: &IdTable<I>,
    rows: &[Row<T>],
    id: impl Fn(&T) -> I,
) {
    if !has_letters_of_both_kinds(ids.all()) || !may_have_twins(ids.iter()) {
        return;
    }
    let mut first: HashMap<String, I> = HashMap::with_capacity(rows.len());
    for row in rows {
        let id = id(&row.value);
        let before = *first.entry(folded(ids.text(id))).or_insert(id);
        if before != id {
            let (a, b) = (ids.text(before), ids.text(id));
            context.warn(Code::NEARLY_EQUAL_IDS, At { table, row: row.number }, field, || {
                format!("{} and {} differ {}", shown(b), shown(a), difference(a, b))
            });
        }
    }
}

/// Whether there are capital and small letters among all bytes, or what is not plain at all. Looks at all without a branch.
fn has_letters_of_both_kinds(all: &str) -> bool {
    let any = |is: fn(u8) -> bool| all.bytes().fold(false, |any, b| any | is(b));
    let both = any(|b| b.is_ascii_uppercase()) && any(|b| b.is_ascii_lowercase());
    both || any(|b| !b.is_ascii_graphic())
}

/// Whether two ids may look the same. Plain ones that do are of one length and differ at a place where one has a capital and
/// the other a small letter; so it is enough to know which places have both.
fn may_have_twins<'a>(ids: impl Iterator<Item = &'a str>) -> bool {
    let (mut upper, mut lower) = (0u64, 0u64);
    for id in ids {
        let bytes = id.as_bytes();
        if bytes.len() > 64 || !id.is_ascii() || has_blank_end(id) {
            return true;
        }
        let (mut capital, mut small) = (0u64, 0u64);
        for &b in bytes.iter().rev() {
            capital = capital << 1 | u64::from(b.is_ascii_uppercase());
            small = small << 1 | u64::from(b.is_ascii_lowercase());
        }
        (upper, lower) = (upper | capital, lower | small);
    }
    upper & lower != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_letters_of_one_kind_where_ids_are_written_by_a_program() {
        let may = |ids: &[&str]| {
            let may = may_have_twins(ids.iter().copied());
            assert!(!may || has_letters_of_both_kinds(&ids.concat()), "{ids:?}");
            may
        };
        assert!(!may(&["Order-1", "Order-22", "Ordex"]));
        assert!(!may(&["A1", "A2", "7"]));
        assert!(may(&["lamp", "Lamp"]));
        assert!(may(&["lamp", "lamp "]));
        assert!(may(&["caf\u{e9}"]));
    }
}
