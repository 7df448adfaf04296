//! The catalogue of all codes, by id. A code, once released, keeps its id, name and meaning.
//!
//! `E1xx` files and their syntax, `E2xx` single cells and keys, `E3xx` references and duplicates, `E4xx` rules across
//! rows, `W5xx` warnings, `P6xx` plan files, `F7xx` floors.

use std::fmt;

use super::Severity;

/// A kind of problem: stable id and name, cause and remedy.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

struct Entry {
    id: &'static str,
    name: &'static str,
    severity: Severity,
    cause: &'static str,
    remedy: &'static str,
}

/// The id.
#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

macro_rules! codes {
    ($($const:ident $id:literal $name:literal $severity:ident $cause:literal $remedy:literal;)*) => {
        impl Code {
            $(
                #[doc = $cause]
                pub const $const: Self =
                    Self(&Entry { id: $id, name: $name, severity: Severity::$severity, cause: $cause, remedy: $remedy });
            )*
            /// The catalogue, by id.
            pub const ALL: &'static [Self] = &[$(Self::$const),*];
        }
    };
}

codes! {
    FILE_MISSING "E101" "file-missing" Error
        "A required file is not in the directory."
        "Add the file; every table but exclusions, quotes and postcodes is required, if only with its header row.";
    FILE_UNREADABLE "E102" "file-unreadable" Error
        "A file is there, but the system does not let it be read to its end."
        "Make it a plain file that you may read, on a disk that works.";
    FILE_TOO_LARGE "E103" "file-too-large" Error
        "A settings or plan summary file is far larger than its few keys can need."
        "Check that it is the right file; tables belong into CSV files.";
    INVALID_UTF8 "E110" "invalid-utf8" Error
        "A file holds bytes that are not UTF-8."
        "Save the file as UTF-8; spreadsheets often write Windows-1252 or UTF-16 unless told otherwise.";
    NO_HEADER "E111" "no-header" Error
        "A table is empty: not even its header row is there."
        "Write the header row with the names of the columns.";
    DUPLICATE_COLUMN "E112" "duplicate-column" Error
        "A header names a column twice."
        "Keep one of the two columns.";
    MISSING_COLUMN "E113" "missing-column" Error
        "A header lacks a column that every row must give."
        "Add the column, or correct its name: names are in lower case and have no spaces around them.";
    CELL_COUNT "E114" "cell-count" Error
        "A row has more or fewer cells than the header."
        "Write every cell, empty ones too, and put cells that hold a comma between quotes.";
    UNCLOSED_QUOTE "E115" "unclosed-quote" Error
        "A quoted cell does not end before the file or the largest allowed record does."
        "Close the quote; a quote inside a quoted cell is written twice.";
    STRAY_QUOTE "E116" "stray-quote" Error
        "A quote stands inside a cell that does not begin with one."
        "Put the whole cell between quotes and write the inner quote twice.";
    DATA_AFTER_QUOTE "E117" "data-after-quote" Error
        "Something follows the closing quote of a cell."
        "End the cell after its closing quote; a quote inside a quoted cell is written twice.";
    STRAY_CARRIAGE_RETURN "E118" "stray-carriage-return" Error
        "A carriage return stands alone, neither before a line feed nor inside quotes."
        "End lines with a line feed, or with carriage return and line feed.";
    RECORD_TOO_LONG "E119" "record-too-long" Error
        "A row is longer than 1 MiB."
        "Check the line ends of the file; no row of this format is that long.";
    FIELD_TOO_LONG "E120" "field-too-long" Error
        "A cell is longer than 64 KiB."
        "Check the quotes and separators around the cell; no cell of this format is that long.";
    TOO_MANY_ROWS "E121" "too-many-rows" Error
        "A table has more rows than can be numbered (2^32 - 2)."
        "Split the problem into several.";
    ROWS_SKIPPED "E122" "rows-skipped" Error
        "A program filled a draft, left out rows that it could not read, and went on all the same."
        "Report to the user what was wrong with those rows; this cannot come from files.";
    TOO_MANY_COLUMNS "E123" "too-many-columns" Error
        "A header has more than 1,024 columns."
        "Check the line ends and separators of the file; no table of this format has more than 16.";
    TWO_FILES "E124" "two-files" Error
        "A table is there twice, as CSV and as Parquet."
        "Remove the file that is out of date.";
    BAD_PARQUET "E125" "bad-parquet" Error
        "A Parquet file is damaged, or uses what is not read here: encryption, or another compression than Snappy or Zstandard."
        "Write the file again with Snappy, Zstandard or no compression.";
    COLUMN_TYPE "E126" "column-type" Error
        "A column of a table, in memory or in Parquet, holds what no cell can be, such as lists, records or instants with a time zone."
        "Write texts, numbers, decimals, dates, times of day or truth values.";
    WRONG_SEPARATOR "E127" "wrong-separator" Error
        "The cells of a table are parted by something else than commas."
        "Write it with commas and decimal points, by a program or a spreadsheet whose system has these as its separators; what else is wrong with it is told with it.";
    NOT_CSV "E128" "not-csv" Error
        "A file that is named like a CSV file is something else: a workbook, a Parquet file, an archive."
        "Export the table as CSV, or give the file its right name.";
    TOML_SYNTAX "E130" "toml-syntax" Error
        "The settings are not valid TOML."
        "Correct the syntax at the place shown; text needs quotes, numbers and dates may have them.";
    MISSING_KEY "E131" "missing-key" Error
        "The settings lack a key that has no default."
        "Add the key.";
    WRONG_TYPE "E132" "wrong-type" Error
        "A key of the settings holds a value of another type than it should."
        "Give text in quotes, a plain number, or a table, as the description of the key says.";
    UNSUPPORTED_FORMAT "E133" "unsupported-format" Error
        "The settings name a version of the format that this program does not know."
        "Write format = 1, or use a program that knows the version.";

    MISSING_VALUE "E201" "missing-value" Error
        "A cell or key that every row must give is empty."
        "Fill it in; ids are never empty.";
    NOT_AN_INTEGER "E202" "not-an-integer" Error
        "A cell should hold a whole number, and holds something else."
        "Write digits only, without separators, decimals, units or spaces.";
    NOT_A_DECIMAL "E203" "not-a-decimal" Error
        "A cell should hold a decimal number, and holds something else."
        "Write digits with at most one decimal point, without separators, currency, units or spaces.";
    TOO_MANY_DECIMALS "E204" "too-many-decimals" Error
        "A number has more decimals than are kept exactly: 4 for money and per cent, 9 for hours, 3 for metres and seconds."
        "Round the number yourself; it is never rounded silently.";
    OUT_OF_RANGE "E205" "out-of-range" Error
        "A number or date is smaller or larger than it may be."
        "Keep it within the range shown.";
    BAD_DATE "E206" "bad-date" Error
        "A cell should hold a date, and holds something else or a day that does not exist."
        "Write year, month and day as YYYY-MM-DD.";
    BAD_TIME "E207" "bad-time" Error
        "A cell should hold a time of day, and holds something else."
        "Write hours and minutes as HH:MM, from 00:00 to 23:59.";
    BAD_BOOLEAN "E208" "bad-boolean" Error
        "A cell should say yes or no, and holds something else."
        "Write true or false; True, TRUE, False and FALSE are read too.";
    BAD_KIND "E209" "bad-kind" Error
        "A node is of a kind that does not exist."
        "Write warehouse, store or supplier.";
    BAD_WEEKDAYS "E210" "bad-weekdays" Error
        "The days of a service, shift or departure are not a set of ISO weekdays."
        "Write digits from 1 (Monday) to 7 (Sunday), such as 12345; at least one day.";
    INCOMPLETE_COORDINATES "E211" "incomplete-coordinates" Error
        "A row gives only one of latitude and longitude."
        "Give both or neither.";
    BAD_INSTANT "E212" "bad-instant" Error
        "The planning instant is not a date and time with an offset."
        "Write it like 2026-03-03T10:30:00+01:00; the offset from UTC is required.";
    UNKNOWN_TIMEZONE "E213" "unknown-timezone" Error
        "A time zone is not in the IANA database."
        "Write its IANA name, such as Europe/Paris, in the usual case.";
    BAD_CURRENCY "E214" "bad-currency" Error
        "The currency is not three capital letters."
        "Write its ISO 4217 code, such as EUR.";
    ID_TOO_LONG "E215" "id-too-long" Error
        "An id is longer than 256 bytes."
        "Use a shorter id, the same in every table.";
    RESERVED_ID "E216" "reserved-id" Error
        "An id has a meaning of its own in this format."
        "Rename it: * means any node in lanes, and pickup is the built-in service of orders with a pickup node.";
    BAD_MOMENT "E217" "bad-moment" Error
        "A cell should hold a date and a time of day, and holds something else."
        "Write both, such as 2026-03-02T14:30 in a table of shipments and 2026-03-02T14:30:00+01:00 in a plan.";
    NO_SUCH_MOMENT "E218" "no-such-moment" Error
        "The clock of the node skips a time, or shows it twice, in a night in which it is changed."
        "Add the offset from UTC, such as 2026-10-25T02:30+01:00.";
    TWO_NAMES "E219" "two-names" Error
        "A table has a column under both names that it may have, such as `shipment` and `shipment_id`."
        "Keep one of the two columns.";

    UNKNOWN_REFERENCE "E301" "unknown-reference" Error
        "A row names a node, SKU, order, line, service or pick location that its own table does not define."
        "Correct the id, or add the missing row to the table that defines it.";
    DUPLICATE_ID "E302" "duplicate-id" Error
        "An id is defined twice: of a node, SKU, order or service, or of a line, pick location, cart or shift where it belongs."
        "Remove one of the two rows, or rename it.";
    DUPLICATE_STOCK "E303" "duplicate-stock" Error
        "Two rows give the stock of the same SKU at the same node."
        "Add the two up into one row.";
    DUPLICATE_BAND "E304" "duplicate-band" Error
        "Two rates of a service and zone have the same weight limit."
        "Remove one of them, or correct its limit.";
    SECOND_OPEN_BAND "E305" "second-open-band" Error
        "Two rates of a service and zone have no weight limit."
        "Keep one open band, and give the other a limit.";
    DUPLICATE_QUOTE "E306" "duplicate-quote" Error
        "Two quotes are for the same order, node and service."
        "Keep the one that holds.";
    DUPLICATE_PREFIX "E307" "duplicate-prefix" Error
        "Two rows give the coordinates of the same country and prefix of postcodes."
        "Keep the one that holds.";

    GROUP_AND_DIVISIBLE "E401" "group-and-divisible" Error
        "A line is in a group and divisible: it would have to stay together and could come apart."
        "Clear one of the two cells.";
    PICKUP_NOT_OFFERED "E402" "pickup-not-offered" Error
        "An order is to be collected at a node that offers no pickup."
        "Set pickup = true for the node, or choose another one.";
    ORDER_TOO_LARGE "E404" "order-too-large" Error
        "An order weighs more than 10^15 grams, fills more than 10^15 cm3 or holds more than 4,294,967,295 units."
        "Check the quantities of its lines and the measures of their items.";
    AMOUNTS_TOO_LARGE "E405" "amounts-too-large" Error
        "Prices, penalties and quantities are so large that the cost of a plan could not be counted exactly."
        "Use smaller penalties (they need only be dearer than what they are to prevent), or check the quantities.";
    TOO_MUCH_STOCK "E406" "too-much-stock" Error
        "The stock rows of a node and SKU, of all dates together, are of more than 1,000,000,000 units."
        "Check the quantities; leave out what comes long after all orders have left.";

    UNKNOWN_COLUMN "W501" "unknown-column" Warning
        "A table has a column that the format does not know. It is ignored."
        "Correct its name, or remove it.";
    UNKNOWN_KEY "W502" "unknown-key" Warning
        "The settings have a key that the format does not know. It is ignored."
        "Correct its name, or remove it.";
    ORDER_WITHOUT_LINES "W503" "order-without-lines" Warning
        "An order has no lines, so nothing will ship for it."
        "Remove the order, or add its lines.";
    PER_KG_IGNORED "W504" "per-kg-ignored" Warning
        "A rate with a weight limit gives a price per kilogram. Only the open band has one, so it is ignored."
        "Clear one of the two cells.";
    UNUSUAL_COUNTRY "W505" "unusual-country" Warning
        "A country is not two capital letters. It is compared as it stands."
        "Write the ISO 3166 alpha-2 code, the same in every table.";
    UNUSED_FLOOR_SETTINGS "W506" "unused-floor-settings" Warning
        "The settings of the floors name a node that has no floor."
        "Add its layout, or remove the settings.";
    ZONE_WITHOUT_RATES "W507" "zone-without-rates" Warning
        "A lane leads into a zone in which its service has no rates, so the service is not offered there."
        "Add the rates, or correct the zone; where the service is not offered on purpose, write the zone as -.";
    ZONE_WITHOUT_LANES "W508" "zone-without-lanes" Warning
        "A service has rates in a zone into which none of its lanes leads, so they are never used."
        "Add the lanes, or correct the zone.";
    SERVICE_WITHOUT_LANES "W509" "service-without-lanes" Warning
        "A service has no lane and is named by no quote, so it goes nowhere."
        "Add its lanes, or remove the service.";
    BLANK_AT_END "W510" "blank-at-end" Warning
        "A key begins or ends with a blank. It is compared as it stands, so it is another key than the same without it."
        "Remove the blank, unless it is in every table.";
    NULL_WORD "W511" "null-word" Warning
        "A zone, prefix, postcode or group is a word by which programs write that there is nothing, such as NULL, nan or None."
        "Leave the cell empty.";
    NEARLY_EQUAL_IDS "W512" "nearly-equal-ids" Warning
        "Two ids of one table differ only by capital letters, by how accented letters are composed, or by blanks at the ends."
        "Write the id the same everywhere, and define it once.";
    SHORT_POSTCODE "W513" "short-postcode" Warning
        "A postcode has fewer digits than those of its country: a leading zero is lost where a spreadsheet took it for a number."
        "Write all digits; in a spreadsheet make the column a text before the file is read.";
    ODD_POSTCODE "W514" "odd-postcode" Warning
        "A postcode is not of the form that those of its country have, so lanes may not match it."
        "Write it as the others, without the country in front.";
    NO_COUNTRY "W515" "no-country" Warning
        "An order has no country, no pickup node and no quote, so no lane matches it and nothing ships."
        "Fill in the country.";
    COUNTRY_WITHOUT_LANES "W516" "country-without-lanes" Warning
        "An order goes to a country that no lane has, so nothing ships."
        "Correct the country (its ISO 3166 alpha-2 code, in capital letters), or add lanes.";
    UNSERVABLE_LINE "W517" "unservable-line" Warning
        "Nothing can ship a line, whatever else is ordered: no node has enough, or none of those that do may or can send it."
        "Look at the reason given; correct the stock, pin, exclusion or lane, or take the line as unfilled.";
    DELIVER_BY_PAST "W518" "deliver-by-past" Warning
        "An order is promised for a date before the planning instant, so it is late however it ships."
        "Correct the date, or the planning instant.";
    DAMAGED_ID "W519" "damaged-id" Warning
        "A key is a long number of which only the first digits are left, such as 3.76E+12, a whole number with .0 at its end, or holds a control character."
        "Export the column as text, and remove what cannot be printed.";
    STOCK_OWED "W520" "stock-owed" Warning
        "A row of stock owes more than it has, while the same node has the SKU on other dates. Each row counts by itself, so these units are promised twice."
        "Take what is owed off the next receipts yourself.";
    PARCELS_TOO_FEW "W521" "parcels-too-few" Warning
        "The units of an order do not fit into the parcels as which a service bills their weight, so more parcels will leave than are paid for."
        "Raise max_parcel_g, or the price of the service, or list the heavy items apart.";
    STOCK_OF_UNKNOWN_SKU "W522" "stock-of-unknown-sku" Warning
        "A row of stock is of a SKU that no item is. It is ignored."
        "Correct the id, add the item, or remove the row.";
    EMPTY_ROWS "W523" "empty-rows" Warning
        "A table has rows in which every cell is empty. They are skipped like blank lines."
        "Remove them; spreadsheets write them for rows that once were filled.";
    NO_COORDINATES "W524" "no-coordinates" Warning
        "A method goes by distance, and orders or nodes have no coordinates: they count as farther than all others."
        "Fill in lat and lon, add the table postcodes, or use another method.";
    MISSPELT_COLUMN "W530" "misspelt-column" Warning
        "A table has a column that the format does not know, with a name like that of a column that the table lacks. It is ignored."
        "Correct its name; or remove it, if it is something else.";
    MORE_DIAGNOSTICS "W599" "more-diagnostics" Warning
        "So much is wrong that not everything is listed."
        "Correct what is listed and check again.";

    PLAN_SYNTAX "P601" "plan-syntax" Error
        "The summary of a plan is not a JSON object."
        "Correct the syntax at the place shown.";
    PLAN_VALUE_MISSING "P602" "plan-value-missing" Error
        "The summary of a plan lacks a value that has no default."
        "Add the value.";
    PLAN_VALUE_WRONG "P603" "plan-value-wrong" Error
        "A value in the summary of a plan is not of the kind that it should be."
        "Write the format as 1, the status as optimal, feasible or infeasible, money as a decimal text, and counts as numbers.";
    PLAN_CONTRADICTS "P604" "plan-contradicts" Error
        "A figure in the summary of a plan is not what its other figures, its tables or the problem give."
        "Correct the figure, or leave it out where it may be left out.";
    NOT_IN_PROBLEM "P605" "not-in-problem" Error
        "A row of a plan names an order, line, node, SKU or service that the problem does not have."
        "Correct the id, or use the problem that the plan was made for.";
    DUPLICATE_SHIPMENT "P606" "duplicate-shipment" Error
        "Two shipments of a plan have the same id."
        "Give each its own id.";
    UNKNOWN_SHIPMENT "P607" "unknown-shipment" Error
        "An assignment names a shipment that is not among the plan's shipments."
        "Correct the id, or add the shipment.";
    BAD_RESOURCE "P608" "bad-resource" Error
        "A price or cut is for a resource that does not exist, or names a SKU where there is none to name."
        "Write stock with its SKU, or shipments, lines or units without one; cuts are over stock or units.";
    DUPLICATE_PRICE "P609" "duplicate-price" Error
        "Two prices are for the same resource."
        "Keep the one that holds.";
    DUPLICATE_CUT "P610" "duplicate-cut" Error
        "Two cuts of a plan have the same id."
        "Give each its own id.";
    UNKNOWN_CUT "P611" "unknown-cut" Error
        "A term belongs to a cut that is not among the plan's cuts."
        "Correct the id, or add the cut.";
    DUPLICATE_ROW "P612" "duplicate-row" Error
        "Two waves or two batches of a plan have the same id."
        "Give each its own id.";
    UNKNOWN_WAVE "P613" "unknown-wave" Error
        "A row of a plan names a wave or batch that the plan does not have."
        "Correct the id, or add its row.";
    NOT_IN_FLOOR "P614" "not-in-floor" Error
        "A row of a plan names a pick location, cart or shift that the floor does not have, or a node without a floor."
        "Correct the id, or use the floors that the plan was made for.";
    DECISION_WITHOUT_QTY "P615" "decision-without-qty" Error
        "Two decisions for one line give no quantity, so nobody knows how much of it each one takes."
        "Write the units of each.";
    TWO_SERVICES "P616" "two-services" Error
        "Two decisions of one shipment name different services, and a shipment travels by one."
        "Correct the service, or give the shipments ids of their own.";

    BAD_WORD "F701" "bad-word" Error
        "A cell or key should be one of a few words, and is something else."
        "Write one of the words that the description of the floor files lists for it.";
    BAD_LAYOUT "F702" "bad-layout" Error
        "The numbers of a layout do not make one: no aisle or cell, more than 2^24 of them, too long aisles, or a depot outside."
        "Check the counts, the distances and the depot of the layout.";
    UNREACHABLE_VERTEX "F703" "unreachable-vertex" Error
        "No way leads from the depot to a vertex of a layout that is a graph."
        "Add the missing way, or correct the ids of the vertices.";
    EDGE_WITHOUT_GRAPH "F704" "edge-without-graph" Error
        "A way is given for a node whose layout is not a graph."
        "Remove it, or make the layout a graph.";
    NOT_IN_LAYOUT "F705" "not-in-layout" Error
        "A pick location has no place in the layout of its node."
        "Give aisle and cell within the layout's counts, or in a graph a vertex that a way names.";
    DUPLICATE_LOCATION_STOCK "F706" "duplicate-location-stock" Error
        "Two rows give the stock of the same SKU in the same pick location."
        "Add the two up into one row.";
    DAYS_OR_DATE "F707" "days-or-date" Error
        "A shift or departure has both weekdays and a date, or neither."
        "Give one of the two.";
    BIN_WITHOUT_BINS "F708" "bin-without-bins" Error
        "A cart has no bins, and yet says what one of them holds."
        "Give the number of bins, or clear the limits of a bin.";
    PRIORITY_OF_WHAT "F709" "priority-of-what" Error
        "A priority is of nothing, or of an order and of a channel or service besides."
        "Give an order, or else a channel, a service or both.";
    DUPLICATE_PRIORITY "F710" "duplicate-priority" Error
        "Two rows give the priority of the same order."
        "Keep the one that holds.";
    INCOMPLETE_FLOOR "F711" "incomplete-floor" Error
        "A node has a layout, but no cart or no shift."
        "Add a row for the node, or remove its layout.";
    MODE_MISMATCH "F712" "mode-mismatch" Error
        "The mode of release lacks what it needs, or has what only another one uses."
        "Give releases in the mode fixed and only there, and max_open in the mode waveless.";
    NO_FLOOR "F713" "no-floor" Error
        "A row is of a node that has no layout."
        "Add the layout of the node, or remove the row.";
    UNNAMED_SHIPMENT "F714" "unnamed-shipment" Error
        "A row of a table of shipments names neither a shipment nor an order."
        "Fill in one of the two; a shipment without an id has that of its order.";
    SHIPMENT_CONTRADICTS "F715" "shipment-contradicts" Error
        "Two rows of one shipment say that it is of different orders, nodes or services, or due at different times."
        "Write the same in all its rows, or give what is packed apart a shipment of its own.";
    LINE_CONTRADICTS "F716" "line-contradicts" Error
        "Two rows of one line of an order have different SKUs."
        "Number the lines of an order, or leave the column line out: then every row is a line.";
    DUPLICATE_LINE_ROW "F717" "duplicate-line-row" Error
        "Two rows give units of the same line to the same shipment."
        "Add the two up into one row, or correct the number of the line.";
    WHICH_NODE "F718" "which-node" Error
        "A row of a table of shipments names no node, and the floor directory has floors of several nodes, or of none."
        "Fill in the column node; where there is one floor it may be left out.";
    MEASURES_CONTRADICT "F719" "measures-contradict" Error
        "Two rows of a table of shipments give units of one SKU different weights or volumes."
        "Write weight and volume of one unit, not of the row, and the same in every row of the SKU.";
}

impl Code {
    /// Stable id, such as `E301`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.0.id
    }

    /// Stable name, such as `unknown-reference`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// Why it happens.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        self.0.cause
    }

    /// What to do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        self.0.remedy
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Code {}

/// `E301 unknown-reference`.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.id, self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_tell_the_severity() {
        for pair in Code::ALL.windows(2) {
            let key = |c: Code| (["E", "W", "P", "F"].iter().position(|p| c.id().starts_with(p)), c.id());
            assert!(key(pair[0]) < key(pair[1]), "{:?} {:?}", pair[0], pair[1]);
        }
        for code in Code::ALL {
            assert_eq!(
                code.id().starts_with('W'),
                code.severity() == Severity::Warning,
                "{code:?}"
            );
            assert!(
                code.name()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{code:?}"
            );
            assert!(code.cause().ends_with('.') && code.remedy().ends_with('.'), "{code:?}");
        }
    }
}
