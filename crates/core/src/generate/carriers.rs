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

struct Book<'a> {
    draft: &'a mut Draft,
    land: &'a Geography,
}

impl Book<'_> {
    /// The post: cheap, slow, on Saturdays too, by real weight alone.
    fn economy(&mut self) {
        let service = "economy";
        self.service(service, "Post", "123456", 15, None, Some(30_000), 0);
        self.lane(service, HOME, "", None, "HOME", 3);
        self.terrain_lanes(service, Terrain::Island, "ISLAND", 5);
        for country in ABROAD {
            self.lane(service, country, "", None, "ABROAD", 5);
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

    /// Parcel shops: cheaper still, light parcels, home country only. A full problem has lanes to the islands in a zone
    /// without prices, which says that the service is not offered there.
    fn relay(&mut self, plain: bool) {
        let service = "relay";
        self.service(service, "Shops", "12345", 12, None, Some(20_000), 45_000);
        self.lane(service, HOME, "", None, "HOME", 4);
        if !plain {
            self.terrain_lanes(service, Terrain::Island, "NOT-SERVED", 4);
        }
        let prices = Prices {
            grams: &[250, 500, 1000, 2000, 3000, 5000, 10_000, 20_000],
            cents: &[369, 389, 459, 559, 629, 829, 1199, 1699],
            open: None,
        };
        self.rates(service, "HOME", &prices, 100);
    }

    /// Road: zones by distance, volumetric weight, a surcharge for fuel, no largest weight.
    fn standard(&mut self, sites: &[Site]) {
        let service = "standard";
        self.service(service, "Road", "12345", 17, Some(5000), Some(31_500), 127_500);
        for (km, zone, days) in [
            (Some(150.0), "Z1", 1),
            (Some(400.0), "Z2", 2),
            (Some(800.0), "Z3", 2),
            (None, "Z4", 3),
        ] {
            self.lane(service, HOME, "", km, zone, days);
        }
        for country in ABROAD {
            self.lane(service, country, "", Some(300.0), "Z3", 3);
            self.lane(service, country, "", None, "Z5", 4);
        }
        self.terrain_lanes(service, Terrain::Island, "Z6", 5);
        // The first node, a warehouse, has a better contract for what is near.
        if let Some(first) = sites.first() {
            self.node_lane(service, first, HOME, "", 250.0, "Z1", 1);
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
        self.service(service, "Air", "12345", 16, Some(6000), Some(30_000), 165_000);
        self.lane(service, HOME, "", None, "NATIONAL", 1);
        self.terrain_lanes(service, Terrain::Mountain, "MOUNTAIN", 2);
        self.terrain_lanes(service, Terrain::Island, "ISLAND", 2);
        self.lane(service, ABROAD[0], "", None, "ABROAD", 2);
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
        self.service(service, "Haulage", "12345", 14, Some(4000), None, 98_000);
        self.lane(service, HOME, "", Some(300.0), "A", 2);
        self.lane(service, HOME, "", None, "B", 3);
        self.terrain_lanes(service, Terrain::Island, "D", 6);
        for country in ABROAD {
            self.lane(service, country, "", None, "C", 4);
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
        self.service(service, "Couriers", "1234567", 13, None, Some(15_000), 0);
        let stores = sites.iter().filter(|s| s.kind == NodeKind::Store && s.ships);
        for store in stores.step_by(3) {
            let region = self.land.region(store.area);
            let (country, prefix) = (region.country, region.prefix.clone());
            self.node_lane(service, store, country, "", 30.0, "NEAR", 0);
            self.node_lane(service, store, country, &prefix, 12.5, "TOWN", 0);
        }
        let prices = Prices {
            grams: &[2000, 5000, 15_000],
            cents: &[490, 590, 790],
            open: None,
        };
        self.rates(service, "TOWN", &prices, 100);
        self.rates(service, "NEAR", &prices, 118);
    }

    /// A service; `fuel` is in ten-thousandths of a per cent.
    fn service(
        &mut self,
        id: &str,
        carrier: &str,
        days: &str,
        cutoff_hour: u8,
        divisor: Option<i64>,
        max_parcel_g: Option<i64>,
        fuel: i64,
    ) {
        self.draft.service(ServiceInput {
            service_id: id,
            carrier,
            days: Weekdays::parse(days).unwrap_or_default(),
            cutoff: TimeOfDay::from_hour_minute(cutoff_hour, 0),
            divisor_cm3_per_kg: divisor,
            max_parcel_g,
            fuel_pct: Percent(fuel),
        });
    }

    fn lane(&mut self, service: &str, country: &str, prefix: &str, km: Option<f64>, zone: &str, days: u32) {
        self.draft.lane(LaneInput {
            service_id: service,
            node_id: None,
            country,
            postcode_prefix: prefix,
            max_km: km,
            zone,
            transit_days: days,
        });
    }

    fn node_lane(&mut self, service: &str, site: &Site, country: &str, prefix: &str, km: f64, zone: &str, days: u32) {
        self.draft.lane(LaneInput {
            service_id: service,
            node_id: Some(&site.id),
            country,
            postcode_prefix: prefix,
            max_km: Some(km),
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
            self.lane(service, HOME, &region.prefix, None, zone, days);
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
