"""Settings from a dictionary, as the text of the TOML file that would hold them: there is one parser, and it reads TOML."""

from __future__ import annotations

import datetime
import json
import numbers
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal

from clapot._errors import Diagnostic, InputError


def to_toml(table: str, settings: Mapping[str, object]) -> str:
    """Return the settings as TOML; ``format`` is added where it is missing, and what is ``None`` is left out."""
    given = dict(_mapping(settings))
    given.setdefault("format", 1)
    return "\n".join(f"{_text(key)} = {_value(table, key, value)}" for key, value in given.items() if value is not None)


def merged(settings: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return the settings with the changes, key by key; a key that is ``None`` is taken away."""
    result = dict(settings)
    for key, value in _mapping(changes).items():
        before = result.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            result[key] = merged(before, value)
        else:
            result[key] = value
    return result


def clock(settings: Mapping[str, object]) -> datetime.tzinfo | None:
    """Return the zone in which dates are meant: ``timezone`` where it is given, else the offset of ``now``."""
    if not isinstance(settings, Mapping):
        return None
    zone, now = settings.get("timezone"), settings.get("now")
    if isinstance(zone, datetime.tzinfo):
        return zone
    try:
        if isinstance(zone, str):
            return zoneinfo.ZoneInfo(zone)
        return now.tzinfo if isinstance(now, datetime.datetime) else datetime.datetime.fromisoformat(str(now)).tzinfo
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        return None  # the parser of the settings says what is wrong with them


def _mapping(settings: Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(settings, Mapping):
        raise TypeError(f"settings: expected a dictionary, not {type(settings).__qualname__}")
    return settings


def _value(table: str, path: str, value: object) -> str:
    if isinstance(value, Mapping):
        inner = (f"{_text(k)} = {_value(table, f'{path}.{k}', v)}" for k, v in value.items() if v is not None)
        return "{ " + ", ".join(inner) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(table, path, item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return _text(format(value, "f"))
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return _number(float(value))
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return _text(value.isoformat())
    if isinstance(value, zoneinfo.ZoneInfo):
        return _text(value.key)
    message = f"{path} is a {type(value).__qualname__}: texts, numbers, truth values, dates, zones and dictionaries are read"
    raise InputError([
        Diagnostic(
            "E132", "wrong-type", "error", table, None, path, message,
            "Give a text, a number, a date or a dictionary, as the description of the key says.", None,
        )
    ])


def _number(value: float) -> str:
    """The shortest decimal that reads back as the same float, without an exponent."""
    text = repr(value)
    return _text(format(Decimal(text), "f")) if "e" in text else text


def _text(text: object) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def clock_name(settings: Mapping[str, object]) -> str:
    """Return the name of that zone: of the IANA, or an offset such as ``+01:00``."""
    zone = clock(settings)
    if isinstance(zone, zoneinfo.ZoneInfo):
        return zone.key
    ahead = zone.utcoffset(None) if zone is not None else None
    minutes = int(ahead.total_seconds()) // 60 if ahead is not None else 0
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def moment(seconds: int, zone: str) -> datetime.datetime:
    """Return an instant as the clock of a zone shows it."""
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[4:6])
        offset = datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes)
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone(offset))
    return datetime.datetime.fromtimestamp(seconds, zoneinfo.ZoneInfo(zone))
