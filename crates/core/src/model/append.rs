//! Appending one draft to another: what was read in pieces becomes what would have been read in one.

use super::draft::{Draft, Ids, Row, Table};
use crate::index::{IdTable, Idx, OrderIdx};

/// Where the numbers of one draft's ids are in another.
struct Moved<I>(Vec<I>);

impl<I: Idx> Moved<I> {
    /// Adds the ids in their order, so that each new one gets the number that it would have got row by row.
    fn new(to: &mut IdTable<I>, from: &IdTable<I>) -> Self {
        let mut last = None;
        let mut moved = Vec::with_capacity(from.len());
        for id in from.iter() {
            let known = to.intern_after(last, id);
            moved.push(known);
            last = Some(known);
        }
        Self(moved)
    }

    fn of(&self, index: I) -> I {
        self.0[index.get()]
    }

    fn maybe(&self, index: Option<I>) -> Option<I> {
        index.map(|index| self.of(index))
    }
}

impl Draft {
    /// Adds the rows of another draft after those of this one. The settings of the other are dropped.
    pub(crate) fn append(&mut self, other: Self) {
        let Ids {
            nodes,
            skus,
            orders,
            services,
            texts,
        } = &mut self.ids;
        let nodes = Moved::new(nodes, &other.ids.nodes);
        let skus = Moved::new(skus, &other.ids.skus);
        let orders = Moved::new(orders, &other.ids.orders);
        let services = Moved::new(services, &other.ids.services);
        let texts = Moved::new(texts, &other.ids.texts);
        let first = self.next_row;
        let number = |table: Table| first[table as usize];
        extend(&mut self.nodes, other.nodes, number(Table::Nodes), |r| {
            r.id = nodes.of(r.id);
            (r.country, r.postcode) = (texts.of(r.country), texts.of(r.postcode));
            r.timezone = texts.maybe(r.timezone);
        });
        extend(&mut self.items, other.items, number(Table::Items), |r| {
            r.id = skus.of(r.id);
        });
        extend(&mut self.stock, other.stock, number(Table::Stock), |r| {
            (r.node, r.sku) = (nodes.of(r.node), skus.of(r.sku));
        });
        extend(&mut self.orders, other.orders, number(Table::Orders), |r| {
            r.id = orders.of(r.id);
            (r.channel, r.country, r.postcode) = (texts.of(r.channel), texts.of(r.country), texts.of(r.postcode));
            r.pickup_node = nodes.maybe(r.pickup_node);
        });
        extend(&mut self.lines, other.lines, number(Table::Lines), |r| {
            (r.order, r.id, r.sku) = (orders.of(r.order), texts.of(r.id), skus.of(r.sku));
            (r.node, r.group) = (nodes.maybe(r.node), texts.maybe(r.group));
        });
        extend(&mut self.exclusions, other.exclusions, number(Table::Exclusions), |r| {
            (r.order, r.line, r.node) = (orders.of(r.order), texts.maybe(r.line), nodes.of(r.node));
        });
        extend(&mut self.services, other.services, number(Table::Services), |r| {
            (r.id, r.carrier) = (services.of(r.id), texts.of(r.carrier));
        });
        extend(&mut self.lanes, other.lanes, number(Table::Lanes), |r| {
            (r.service, r.node) = (services.of(r.service), nodes.maybe(r.node));
            (r.country, r.postcode_prefix) = (texts.of(r.country), texts.of(r.postcode_prefix));
            r.zone = texts.of(r.zone);
        });
        extend(&mut self.rates, other.rates, number(Table::Rates), |r| {
            (r.service, r.zone) = (services.of(r.service), texts.of(r.zone));
        });
        extend(&mut self.quotes, other.quotes, number(Table::Quotes), |r| {
            (r.order, r.node, r.service) = (orders.of(r.order), nodes.of(r.node), services.of(r.service));
        });
        extend(&mut self.postcodes, other.postcodes, number(Table::Postcodes), |r| {
            (r.country, r.prefix) = (texts.of(r.country), texts.of(r.prefix));
        });
        for (next, rows) in self.next_row.iter_mut().zip(other.next_row) {
            *next += rows;
        }
        for (skipped, rows) in self.skipped.iter_mut().zip(other.skipped) {
            *skipped += rows;
        }
    }

    /// Takes out every row of some orders, by their ids. Where `all_known`, every row that was skipped is of one of them.
    pub(crate) fn leave_out<'a>(&mut self, orders: impl Iterator<Item = &'a str>, all_known: bool) {
        let mut out = vec![false; self.ids.orders.len()];
        for order in orders.filter_map(|id| self.ids.orders.find(id)) {
            out[order.get()] = true;
        }
        let stays = |order: OrderIdx| !out[order.get()];
        self.orders.retain(|row| stays(row.value.id));
        self.lines.retain(|row| stays(row.value.order));
        self.exclusions.retain(|row| stays(row.value.order));
        self.quotes.retain(|row| stays(row.value.order));
        if all_known {
            for table in Table::OF_ORDERS {
                self.skipped[table as usize] = 0;
            }
        }
    }

    /// Id of the order that a row of a table is of; `None` where it is of none.
    pub(crate) fn order_of(&self, table: Table, row: u32) -> Option<&str> {
        let order = match table {
            Table::Orders => find(&self.orders, row)?.id,
            Table::Lines => find(&self.lines, row)?.order,
            Table::Exclusions => find(&self.exclusions, row)?.order,
            Table::Quotes => find(&self.quotes, row)?.order,
            _ => return None,
        };
        Some(self.ids.orders.text(order))
    }
}

/// A row by its number.
fn find<T>(rows: &[Row<T>], number: u32) -> Option<&T> {
    let at = rows.binary_search_by_key(&number, |row| row.number).ok()?;
    Some(&rows[at].value)
}

fn extend<T>(to: &mut Vec<Row<T>>, from: Vec<Row<T>>, first: u32, change: impl Fn(&mut T)) {
    to.extend(from.into_iter().map(|mut row| {
        row.number += first;
        change(&mut row.value);
        row
    }));
}
