//! A made-up country with two neighbours: regions, towns by population, and the postcodes in which customers live.
//!
//! The frame is that of south-western Europe, for its distances, islands and two time zones. Places and postcodes
//! within it are invented. Coordinates are counted in ten-thousandths of a degree.

use crate::model::Place;
use crate::search::Random;

/// What kind of land a region is; carriers charge for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terrain {
    Plain,
    Mountain,
    Island,
}

/// A country's frame and how many regions it has.
struct Country {
    code: &'static str,
    timezone: &'static str,
    lat: (i64, i64),
    lon: (i64, i64),
    /// Number of the first region, which is the first two digits of its postcodes.
    first_region: u32,
    regions: u32,
    /// People, relative to the other countries.
    people: u64,
}

const COUNTRIES: [Country; 3] = [
    Country {
        code: "ES",
        timezone: "Europe/Madrid",
        lat: (371_000, 429_000),
        lon: (-62_000, -4_000),
        first_region: 1,
        regions: 36,
        people: 84,
    },
    Country {
        code: "PT",
        timezone: "Europe/Lisbon",
        lat: (372_000, 417_000),
        lon: (-87_000, -71_000),
        first_region: 10,
        regions: 8,
        people: 9,
    },
    Country {
        code: "FR",
        timezone: "Europe/Paris",
        lat: (434_000, 462_000),
        lon: (-10_000, 46_000),
        first_region: 30,
        regions: 10,
        people: 7,
    },
];

/// Two regions of the first country lie in the sea, each at its own place and time.
const ISLANDS: [(&str, i64, i64); 2] = [
    ("Europe/Madrid", 396_000, 29_500),
    ("Atlantic/Canary", 281_500, -155_000),
];

/// Every ninth region of the mainland is mountainous.
const MOUNTAIN_EVERY: u32 = 9;

/// The first country's code, where most customers and nodes are.
pub(super) const HOME: &str = COUNTRIES[0].code;

/// The other countries' codes.
pub(super) const ABROAD: [&str; 2] = [COUNTRIES[1].code, COUNTRIES[2].code];

/// A region: the first two digits of its postcodes.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) country: &'static str,
    pub(super) timezone: &'static str,
    pub(super) terrain: Terrain,
    pub(super) prefix: String,
    lat: i64,
    lon: i64,
    people: u64,
}

/// A place with a postcode, in which customers live and nodes stand.
#[derive(Clone, Debug)]
pub(super) struct Area {
    pub(super) region: usize,
    pub(super) postcode: String,
    pub(super) lat: i64,
    pub(super) lon: i64,
}

impl Area {
    pub(super) fn place(&self) -> Place {
        Place {
            lat: self.lat as f64 / 1e4,
            lon: self.lon as f64 / 1e4,
        }
    }

    /// A measure of the distance, good for comparing: squared, with a degree of longitude as three quarters of one of
    /// latitude.
    pub(super) fn apart(&self, other: &Self) -> i64 {
        let (dy, dx) = (self.lat - other.lat, (self.lon - other.lon) * 3 / 4);
        dy * dy + dx * dx
    }
}

/// The made-up land.
pub(super) struct Geography {
    pub(super) regions: Vec<Region>,
    pub(super) areas: Vec<Area>,
    /// Running sums of the people of the areas.
    pub(super) people: Vec<u64>,
}

impl Geography {
    /// The land of a seed; it depends on nothing else.
    pub(super) fn new(seed: u64) -> Self {
        let regions: Vec<Region> = COUNTRIES.iter().flat_map(|c| country_regions(c, seed)).collect();
        let (mut areas, mut people, mut sum) = (Vec::new(), Vec::new(), 0);
        for (number, region) in regions.iter().enumerate() {
            for (area, inhabitants) in region_areas(number, region, seed) {
                areas.push(area);
                sum += inhabitants;
                people.push(sum);
            }
        }
        Self { regions, areas, people }
    }

    pub(super) fn region(&self, area: usize) -> &Region {
        &self.regions[self.areas[area].region]
    }

    /// An area, each as likely as it has people.
    pub(super) fn anywhere(&self, random: &mut Random) -> usize {
        random.weighted(&self.people)
    }
}

fn country_regions(country: &'static Country, seed: u64) -> impl Iterator<Item = Region> {
    let home = country.code == HOME;
    (0..country.regions).map(move |n| {
        let number = country.first_region + n;
        let mut random = Random::stream(seed, "region", u64::from(number));
        let island = if home {
            n.checked_sub(country.regions - ISLANDS.len() as u32)
        } else {
            None
        };
        let (timezone, lat, lon) = match island {
            Some(i) => ISLANDS[i as usize],
            None => (
                country.timezone,
                random.between(country.lat.0, country.lat.1),
                random.between(country.lon.0, country.lon.1),
            ),
        };
        let terrain = match island {
            Some(_) => Terrain::Island,
            None if n % MOUNTAIN_EVERY == MOUNTAIN_EVERY - 1 => Terrain::Mountain,
            None => Terrain::Plain,
        };
        // The n-th region of a country has about 1 / (n + 2) of the people of the largest; sea and mountains have few.
        let people = country.people * 100_000 / u64::from(n + 2) / if terrain == Terrain::Plain { 1 } else { 2 };
        Region {
            country: country.code,
            timezone,
            terrain,
            prefix: format!("{number:02}"),
            lat,
            lon,
            people,
        }
    })
}

/// The areas of a region and their people: eight towns, larger ones with more postcodes.
fn region_areas(number: usize, region: &Region, seed: u64) -> Vec<(Area, u64)> {
    const TOWNS: i64 = 8;
    let spread = if region.terrain == Terrain::Island {
        2_000
    } else {
        6_000
    };
    let mut random = Random::stream(seed, "towns", number as u64);
    let mut areas = Vec::new();
    for town in 0..TOWNS {
        // The sum of two even draws crowds around the centre.
        let mut offset = |reach: i64| random.between(-reach, reach) + random.between(-reach, reach);
        let (lat, lon) = (region.lat + offset(spread), region.lon + offset(spread));
        let postcodes = (TOWNS - town) / 2 + 1;
        let people = region.people / (town as u64 + 1);
        for n in 0..postcodes {
            let postcode = postcode(region, town * 100 + n * 10);
            let area = Area {
                region: number,
                postcode,
                lat: lat + offset(250),
                lon: lon + offset(250),
            };
            areas.push((area, (people / postcodes as u64).max(1)));
        }
    }
    areas
}

fn postcode(region: &Region, rest: i64) -> String {
    match region.country {
        "PT" => format!(
            "{}{:02}-{:03}",
            region.prefix,
            rest / 10 % 100,
            rest % 10 * 100 + rest / 100
        ),
        _ => format!("{}{rest:03}", region.prefix),
    }
}
