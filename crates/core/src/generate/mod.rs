//! Synthetic routing problems from a seed, and floors for their nodes: for fixtures, tests, benchmarks, and for trying the program out.
//!
//! They are made to feel like real ones. Customers live in towns of very different size, warehouses are cheap and far,
//! stores dear and near. A few SKUs make most of the demand, weights are skewed, stock and capacity are a little above
//! the demand and so bind here and there. Carriers have zones, islands, cut-offs and surcharges. Unless the problem is
//! `plain`, every rule of the file format occurs in a realistic share of the orders. Places, postcodes and prices are
//! invented.
//!
//! ```
//! use clapot::generate::{GenerateOptions, generate};
//!
//! let draft = generate(&GenerateOptions { orders: 50, nodes: 6, seed: 7, ..GenerateOptions::default() })?;
//! # let _ = draft;
//! # Ok::<(), clapot::Error>(())
//! ```
//!
//! The same options give the same bytes on every machine: numbers come from integers and tables alone. This is the one
//! module of its rank that uses [`search`](crate::search), for its random numbers.

mod carriers;
mod catalogue;
mod flash;
mod floors;
mod geography;
mod options;
mod quantiles;
mod quotes;
mod sales;
mod sites;
mod stock;

pub use flash::{Alike, FlashSale, generate_flash_sale};
pub use floors::{FloorOptions, generate_floors};
pub use options::{GenerateOptions, Profile};

use catalogue::Catalogue;
use geography::Geography;
use sales::{Sale, Seller};
use sites::{Site, cents};
use stock::{Demand, Range};

use crate::Error;
use crate::model::{Draft, ExclusionInput, LineInput, OrderInput, QuoteInput, SettingsInput};
use crate::quantity::Date;

/// Makes a problem.
///
/// # Errors
/// An option is outside its range.
///
/// # Complexity
/// Orders are made twice, in time proportional to their lines; memory is that of the draft.
pub fn generate(options: &GenerateOptions) -> Result<Draft, Error> {
    options.check()?;
    let land = Geography::new(options.seed);
    let catalogue = Catalogue::new(options.seed, options.sku_count());
    let sites = sites::sites(options, &land);
    let range = Range::new(options, &sites);
    let seller = Seller {
        options,
        land: &land,
        catalogue: &catalogue,
        sites: &sites,
        range: &range,
    };
    let demand = demand(&seller);

    let today = today(options.seed);
    let mut draft = Draft::new(settings(options, today));
    sites::write(options, &land, &sites, &demand.total, &mut draft);
    catalogue.write(&mut draft);
    stock::write(options, &sites, &catalogue, &range, &demand, today, &mut draft);
    carriers::write(options, &land, &sites, &mut draft);
    for number in 0..options.orders {
        write_sale(&seller, number, &seller.sale(number), today, &mut draft);
    }
    Ok(draft)
}

/// The planning date: a weekday of one week in March 2026, by the seed.
fn today(seed: u64) -> Date {
    const MONDAY: i32 = 20_514; // 2026-03-02
    Date::from_days(MONDAY + (seed % 5) as i32)
}

fn settings(options: &GenerateOptions, today: Date) -> SettingsInput {
    SettingsInput {
        name: options.name(),
        currency: "EUR".to_owned(),
        now: format!("{today}T10:30:00+01:00"),
        timezone: Some(sites::TIMEZONE.to_owned()),
        split_penalty: cents(100),
        late_penalty_per_day: cents(250),
        unfilled_penalty: cents(1500),
    }
}

/// What all orders ask for: the first of the two times that they are made.
fn demand(seller: &Seller<'_>) -> Demand {
    let mut demand = Demand::new(seller.catalogue.products.len());
    for number in 0..seller.options.orders {
        let sale = seller.sale(number);
        demand.total.orders += 1;
        for line in &sale.lines {
            let qty = u64::from(line.qty);
            demand.add_line(line.sku, qty);
            if let Some(node) = sale.pickup.or(line.pin).filter(|_| line.promised) {
                demand.promise(line.sku, node, qty);
            }
        }
    }
    demand
}

/// Writes an order, its lines, exclusions and quotes.
fn write_sale(seller: &Seller<'_>, number: u32, sale: &Sale, today: Date, draft: &mut Draft) {
    let order_id = format!("O{:04}", number + 1);
    let day = |days: i64| Date::from_days(today.days() + days as i32);
    let node_id = |node: u32| -> &str {
        let site: &Site = &seller.sites[node as usize];
        &site.id
    };
    let area = &seller.land.areas[sale.area];
    draft.order(OrderInput {
        channel: sale.channel,
        place: sale.located.then(|| area.place()),
        deliver_by: sale.deliver_in.map(day),
        max_shipments: sale.max_shipments,
        ship_complete: sale.ship_complete,
        pickup_node: sale.pickup.map(node_id),
        ..OrderInput::new(&order_id, seller.land.region(sale.area).country, &area.postcode)
    });
    for (line, id) in sale.lines.iter().zip(1..) {
        draft.line(LineInput {
            unfilled_penalty: line.penalty.map(cents),
            node_id: line.pin.map(node_id),
            group: line.grouped.then_some("set"),
            divisible: line.divisible,
            ..LineInput::new(
                &order_id,
                &id.to_string(),
                &seller.catalogue.products[line.sku].sku,
                line.qty,
            )
        });
    }
    for &(line, node) in &sale.exclusions {
        let line_id = line.map(|n| (n + 1).to_string());
        draft.exclusion(ExclusionInput {
            order_id: &order_id,
            line_id: line_id.as_deref(),
            node_id: node_id(node),
        });
    }
    for q in &sale.quotes {
        draft.quote(QuoteInput {
            order_id: &order_id,
            node_id: node_id(q.node),
            service_id: q.service,
            price: cents(q.price),
            deliver_on: q.deliver_in.map(day),
            workload: q.workload,
        });
    }
}
