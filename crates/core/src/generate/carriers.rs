//! Carrier services with their calendars, lanes and prices.

use super::geography::{ABROAD, Geography, HOME, Terrain};
use super::sites::{Site, cents};
use super::{GenerateOptions, Profile};
use crate::model::{Draft, LaneInput, NodeKind, RateInput, ServiceInput, Weekdays};
use crate::quantity::{Percent, TimeOfDay};

/// Writes `services.csv`, `lanes.csv` and `rates.csv`.
pub(super) fn write(options: &GenerateOptions, land: &Geography, sites: &[Site], draft: &mut Draft) {
    let mut book = Book { draft, land };
    book.economy();
    if options.profile == Profile::B2c {
        book.relay(options.plain);
    }
    book.standard(sites);
    book.express();
    match options.profile {
        Profile::B2b => book.freight(),
        Profile::B2c if !options.plain => book.courier(sites),
        Profile::B2c => {}
    }
}

/// A price list: bands in grams with their price in cents, and beyond them an open band (price, price per kilogram).
struct Prices<'a> {
    grams: &'a [i64],
    cents: &'a [i64],
    open: Option<(i64, i64)>,
}

/// Where a lane goes, and from which node.
#[derive(Clone, Copy)]
struct To<'a> {
    country: &'a str,
    prefix: &'a str,
    km: Option<f64>,
    node: Option<&'a str>,
}

impl<'a> To<'a> {
    const fn country(country: &'a str) -> Self {
        Self {
            country,
            prefix: "",
            km: None,
            node: None,
        }
    }

    fn prefix(self, prefix: &'a str) -> Self {
        Self { prefix, ..self }
    }

    fn within(self, km: f64) -> Self {
        Self { km: Some(km), ..self }
    }

    fn from(self, site: &'a Site) -> Self {
        Self {
            node: Some(&site.id),
            ..self
        }
    }
}

/// A service that collects on these days until this hour, with no further terms.
fn calendar<'a>(id: &'a str, carrier: &'a str, days: &str, cutoff_hour: u8) -> ServiceInput<'a> {
    ServiceInput {
        service_id: id,
        carrier,
        days: Weekdays::parse(days).unwrap_or_default(),
        cutoff: TimeOfDay::from_hour_minute(cutoff_hour, 0),
        divisor_cm3_per_kg: None,
        max_parcel_g: None,
        fuel_pct: Percent(0),
    }
}

struct Book<'a> {
    draft: &'a mut Draft,
    land: &'a Geography,
}

impl Book<'_> {
    /// The post: cheap, slow, on Saturdays too, by real weight alone.
    fn economy(&mut self) {
        let service = "economy";
        self.draft.service(ServiceInput {
            max_parcel_g: Some(30_000),
            ..calendar(service, "Post", "123456", 15)
        });
        self.lane(service, To::country(HOME), "HOME", 3);
        self.terrain_lanes(service, Terrain::Island, "ISLAND", 5);
        for country in ABROAD {
            self.lane(service, To::country(country), "ABROAD", 5);
        }
        let prices = Prices {
            grams: &[250, 500, 1000, 2000, 3000, 5000, 10_000, 15_000, 30_000],
            cents: &[455, 525, 615, 685, 755, 895, 1295, 1645, 2295],
            open: None,
        };
        for (zone, percent) in [("HOME", 100), ("ISLAND", 135), ("ABROAD", 190)] {
            self.rates(service, zone, &prices, percent);
        }
    }

    /// Parcel shops: cheaper still, light parcels, home country only. A full problem has lanes to the islands in the zone `-`,
    /// which says that the service is not offered there.
    fn relay(&mut self, plain: bool) {
        let service = "relay";
        self.draft.service(ServiceInput {
            max_parcel_g: Some(20_000),
            fuel_pct: Percent(45_000),
            ..calendar(service, "Shops", "12345", 12)
        });
        self.lane(service, To::country(HOME), "HOME", 4);
        if !plain {
            self.terrain_lanes(service, Terrain::Island, "-", 4);
        }
        let prices = Prices {
            grams: &[250, 500, 1000, 2000, 3000, 5000, 10_000, 20_000],
            cents: &[369, 389, 459, 559, 629, 829, 1199, 1699],
            open: None,
        };
        self.rates(service, "HOME", &prices, 100);
    }

    /// Road: zones by distance, volumetric weight, a surcharge for fuel, any number of parcels.
    fn standard(&mut self, sites: &[Site]) {
        let service = "standard";
        self.draft.service(ServiceInput {
            divisor_cm3_per_kg: Some(5000),
            max_parcel_g: Some(31_500),
            fuel_pct: Percent(127_500),
            ..calendar(service, "Road", "12345", 17)
        });
        for (km, zone, days) in [
            (Some(150.0), "Z1", 1),
            (Some(400.0), "Z2", 2),
            (Some(800.0), "Z3", 2),
            (None, "Z4", 3),
        ] {
            self.lane(
                service,
                To {
                    km,
                    ..To::country(HOME)
                },
                zone,
                days,
            );
        }
        for country in ABROAD {
            self.lane(service, To::country(country).within(300.0), "Z3", 3);
            self.lane(service, To::country(country), "Z5", 4);
        }
        self.terrain_lanes(service, Terrain::Island, "Z6", 5);
        // The first node, a warehouse, has a better contract for what is near.
        if let Some(first) = sites.first() {
            self.lane(service, To::country(HOME).within(250.0).from(first), "Z1", 1);
        }
        let prices = Prices {
            grams: &[1000, 3000, 5000, 10_000, 20_000],
            cents: &[520, 610, 715, 930, 1290],
            open: Some((1290, 48)),
        };
        for (zone, percent) in [
            ("Z1", 100),
            ("Z2", 118),
            ("Z3", 141),
            ("Z4", 166),
            ("Z5", 215),
            ("Z6", 260),
        ] {
            self.rates(service, zone, &prices, percent);
        }
    }

    /// The next day, dearer in the mountains and on the islands; of the neighbours only one.
    fn express(&mut self) {
        let service = "express";
        self.draft.service(ServiceInput {
            divisor_cm3_per_kg: Some(6000),
            max_parcel_g: Some(30_000),
            fuel_pct: Percent(165_000),
            ..calendar(service, "Air", "12345", 16)
        });
        self.lane(service, To::country(HOME), "NATIONAL", 1);
        self.terrain_lanes(service, Terrain::Mountain, "MOUNTAIN", 2);
        self.terrain_lanes(service, Terrain::Island, "ISLAND", 2);
        self.lane(service, To::country(ABROAD[0]), "ABROAD", 2);
        let prices = Prices {
            grams: &[500, 1000, 2000, 3000, 5000, 10_000, 15_000, 30_000],
            cents: &[990, 1090, 1190, 1390, 1690, 2290, 2890, 4390],
            open: None,
        };
        for (zone, percent) in [("NATIONAL", 100), ("MOUNTAIN", 130), ("ISLAND", 170), ("ABROAD", 185)] {
            self.rates(service, zone, &prices, percent);
        }
    }

    /// Pallets: one price to 50 kg, then by started kilograms; no largest parcel.
    fn freight(&mut self) {
        let service = "freight";
        self.draft.service(ServiceInput {
            divisor_cm3_per_kg: Some(4000),
            fuel_pct: Percent(98_000),
            ..calendar(service, "Haulage", "12345", 14)
        });
        self.lane(service, To::country(HOME).within(300.0), "A", 2);
        self.lane(service, To::country(HOME), "B", 3);
        self.terrain_lanes(service, Terrain::Island, "D", 6);
        for country in ABROAD {
            self.lane(service, To::country(country), "C", 4);
        }
        let prices = Prices {
            grams: &[50_000, 100_000, 200_000],
            cents: &[3900, 5600, 8800],
            open: Some((8800, 34)),
        };
        for (zone, percent) in [("A", 100), ("B", 135), ("C", 180), ("D", 240)] {
            self.rates(service, zone, &prices, percent);
        }
    }

    /// Couriers from every third store on the same day, any day of the week; cheaper within the store's own region.
    fn courier(&mut self, sites: &[Site]) {
        let service = "courier";
        self.draft.service(ServiceInput {
            max_parcel_g: Some(15_000),
            ..calendar(service, "Couriers", "1234567", 13)
        });
        let stores = sites.iter().filter(|s| s.kind == NodeKind::Store && s.ships);
        for store in stores.step_by(3) {
            let region = self.land.region(store.area);
            let (country, prefix) = (region.country, region.prefix.clone());
            self.lane(service, To::country(country).within(30.0).from(store), "NEAR", 0);
            self.lane(
                service,
                To::country(country).prefix(&prefix).within(12.5).from(store),
                "TOWN",
                0,
            );
        }
        let prices = Prices {
            grams: &[2000, 5000, 15_000],
            cents: &[490, 590, 790],
            open: None,
        };
        self.rates(service, "TOWN", &prices, 100);
        self.rates(service, "NEAR", &prices, 118);
    }

    fn lane(&mut self, service: &str, to: To<'_>, zone: &str, days: u32) {
        self.draft.lane(LaneInput {
            service_id: service,
            node_id: to.node,
            country: to.country,
            postcode_prefix: to.prefix,
            max_km: to.km,
            zone,
            transit_days: days,
        });
    }

    /// A lane to every region of the home country with this terrain, by its prefix.
    fn terrain_lanes(&mut self, service: &str, terrain: Terrain, zone: &str, days: u32) {
        let land = self.land;
        for region in land
            .regions
            .iter()
            .filter(|r| r.country == HOME && r.terrain == terrain)
        {
            self.lane(service, To::country(HOME).prefix(&region.prefix), zone, days);
        }
    }

    /// A price list in one zone, at a percentage of its prices, rounded half up to the cent.
    fn rates(&mut self, service: &str, zone: &str, prices: &Prices<'_>, percent: i64) {
        let at = |n: i64| cents((n * percent + 50) / 100);
        let bands = prices
            .grams
            .iter()
            .zip(prices.cents)
            .map(|(&g, &c)| (Some(g), at(c), at(0)));
        let open = prices.open.map(|(price, per_kg)| (None, at(price), at(per_kg)));
        for (max_g, price, per_kg) in bands.chain(open) {
            self.draft.rate(RateInput {
                service_id: service,
                zone,
                max_g,
                price,
                per_kg,
            });
        }
    }
}
