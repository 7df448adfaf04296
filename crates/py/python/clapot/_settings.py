"""Settings from a dictionary, as the text of the TOML file that would hold them: there is one parser, and it reads TOML."""

from __future__ import annotations

import datetime
import json
import numbers
from collections.abc import Mapping
from decimal import Decimal

from clapot._errors import Diagnostic, InputError


def to_toml(table: str, settings: Mapping[str, object]) -> str:
    """Return the settings as TOML; ``format`` is added where it is missing, and what is ``None`` is left out."""
    if not isinstance(settings, Mapping):
        raise TypeError(f"settings: expected a dictionary, not {type(settings).__qualname__}")
    given = dict(settings)
    given.setdefault("format", 1)
    return "\n".join(f"{_text(key)} = {_value(table, key, value)}" for key, value in given.items() if value is not None)


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
    message = f"{path} is a {type(value).__qualname__}: texts, numbers, truth values, dates and dictionaries are read"
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
