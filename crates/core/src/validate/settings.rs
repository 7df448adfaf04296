//! Rules of the settings: name, currency, planning instant, penalties.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::context::{Context, money_fault};
use crate::diagnostic::Code;
use crate::quantity::Date;

/// Zone of a node where neither it nor the settings give one.
pub(super) const DEFAULT_TIMEZONE: &str = "UTC";

/// Checks the settings; the planning instant, if it is sound.
pub(super) fn check(context: &mut Context<'_>) -> Option<Timestamp> {
    let settings = &context.draft.settings;
    if settings.name.is_empty() {
        context.report_setting(Code::MISSING_VALUE, "name", "the name is empty");
    }
    if settings.currency.len() != 3 || !settings.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        context.report_setting(Code::BAD_CURRENCY, "currency", "not three capital letters");
    }
    for (field, value) in [
        ("objective.split_penalty", settings.split_penalty),
        ("objective.late_penalty_per_day", settings.late_penalty_per_day),
        ("objective.unfilled_penalty", settings.unfilled_penalty),
    ] {
        if let Some(message) = money_fault(value) {
            context.report_setting(Code::OUT_OF_RANGE, field, message);
        }
    }
    if settings
        .timezone
        .as_deref()
        .is_some_and(|zone| timezone(zone).is_none())
    {
        context.report_setting(
            Code::UNKNOWN_TIMEZONE,
            "timezone",
            "not a time zone of the IANA database",
        );
    }
    now(context)
}

fn now(context: &mut Context<'_>) -> Option<Timestamp> {
    let text = &context.draft.settings.now;
    // Jiff also reads a zone in brackets, which RFC 3339 does not have.
    let parsed = if text.contains('[') {
        None
    } else {
        text.parse::<Timestamp>().ok()
    };
    let Some(now) = parsed else {
        context.report_setting(Code::BAD_INSTANT, "now", "not a date and time with an offset");
        return None;
    };
    if !context.knows(Date::from_civil(now.to_zoned(TimeZone::UTC).date())) {
        context.report_setting(Code::OUT_OF_RANGE, "now", "must be from 1900 to 2999");
        return None;
    }
    Some(now)
}

/// The zone of this exact IANA name. Jiff ignores case, which other readers of the same file may not.
pub(crate) fn timezone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name))
}
