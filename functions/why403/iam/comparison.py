"""How a condition compares one value of a request with the policy's values, by the operator's kind.

A value that cannot be read as the operator's kind matches nothing.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from ipaddress import ip_address, ip_network

from why403.iam.arn import SEGMENTS
from why403.iam.patterns import condition_pattern
from why403.iam.template import Lookup, NoValue, Template, parse_template

Comparison = Callable[[str, Lookup], bool | NoValue]
"""Whether a value of the request matches any value of the policy."""
Ordering = Callable[[float, float], bool]
ORDERINGS: dict[str, Ordering] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}
NO_ADDRESS = (0, 0)
"""Version 0 is none of IP's: what is no address is like no other and in no network."""
_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
"""W3C's profile ends after a year, a month, a day or a minute; IAM takes offsets with and without a colon."""
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)", re.ASCII | re.IGNORECASE)
"""ISO 8601's basic form, as X-Amz-Date has it: 20250131T235959Z."""
_EPOCH = re.compile(r"-?\d{1,18}(?:\.\d+)?", re.ASCII)
"""Eighteen digits reach beyond every date; a longer one is a mistake, and no time."""
_MICRO_DIGITS = 6
"""Of a second's fraction; datetime holds no finer one."""


def any_of(results: Iterable[bool | NoValue]) -> bool | NoValue:
    """True where one is; else UNKNOWN where one is; else False: a variable without a value matches nothing."""
    unknown = False
    for result in results:
        if result is True:
            return True
        unknown = unknown or result is NoValue.UNKNOWN
    return NoValue.UNKNOWN if unknown else False


def compare_text(values: Sequence[str], *, variables: bool, wildcards: bool) -> Comparison:
    """StringEquals, and StringLike where `wildcards`."""
    templates = [parse_template(value, variables=variables, wildcards=wildcards) for value in values]
    if not wildcards and all(template.test is not None for template in templates):
        wanted = frozenset("".join(map(str, template.parts)) for template in templates)
        return lambda value, _lookup: value in wanted
    return lambda value, lookup: any_of(template.matches(value, lookup) for template in templates)


def compare_folded(values: Sequence[str], *, variables: bool) -> Comparison:
    """StringEqualsIgnoreCase."""
    templates = [_folded(parse_template(value, variables=variables, wildcards=False)) for value in values]

    def compare(value: str, lookup: Lookup) -> bool | NoValue:
        def folded_lookup(key: str) -> str | NoValue:
            found = lookup(key)
            return found.casefold() if isinstance(found, str) else found

        return any_of(template.matches(value.casefold(), folded_lookup) for template in templates)

    return compare


def _folded(template: Template) -> Template:
    parts = tuple(part.casefold() if isinstance(part, str) else part for part in template.parts)
    return Template(template.text, parts)


def compare_arns(values: Sequence[str], *, variables: bool) -> Comparison:
    """ArnEquals and ArnLike, which behave identically."""
    patterns = [condition_pattern(value, variables=variables) for value in values]

    def compare(value: str, lookup: Lookup) -> bool | NoValue:
        segments = value.split(":", SEGMENTS - 1)
        if len(segments) != SEGMENTS or segments[0] != "arn":
            return False
        return any_of(pattern.matches(value, segments, lookup) for pattern in patterns)

    return compare


def compare_order(
    values: Sequence[str], ordering: Ordering, parse: Callable[[str], float | None]
) -> Comparison:
    """The Numeric and Date operators: `parse` gives None for what is no number or date."""
    wanted = [number for number in map(parse, values) if number is not None]

    def compare(value: str, _lookup: Lookup) -> bool | NoValue:
        given = parse(value)
        return given is not None and any(ordering(given, number) for number in wanted)

    return compare


def parse_number(text: str) -> float | None:
    """A decimal number, or None; neither infinity nor NaN is one."""
    digits = text.strip().lstrip("+-")
    if not digits or not digits[0].isascii() or digits[0] not in "0123456789.":
        return None
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def parse_date(text: str) -> float | None:
    """Epoch seconds of an ISO 8601 date or of epoch seconds, or None."""
    return _parse_moment(text)


def compare_bool(values: Sequence[str], *, variables: bool) -> Comparison:
    """Bool: `true` or `false`, in any case."""
    truths = {value.lower() for value in values} & {"true", "false"}
    templates = [parse_template(value.lower(), variables=variables, wildcards=False) for value in values]
    variable = [template for template in templates if template.test is None]

    def compare(value: str, lookup: Lookup) -> bool | NoValue:
        given = value.lower()
        if given in truths or given not in {"true", "false"}:
            return given in truths
        return any_of(template.matches(given, lookup) for template in variable)

    return compare


def compare_binary(values: Sequence[str]) -> Comparison:
    """BinaryEquals: base64 on both sides, compared byte for byte."""
    wanted = {decoded for decoded in map(_decode, values) if decoded is not None}
    return lambda value, _lookup: _decode(value) in wanted


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def compare_addresses(values: Sequence[str]) -> Comparison:
    """IpAddress: each value a network or one address; an address is only ever in a network of its family."""
    networks = [network for network in map(_network, values) if network is not None]

    def compare(value: str, _lookup: Lookup) -> bool | NoValue:
        family, number = address(value)
        return any(family == version and number & mask == base for version, base, mask in networks)

    return compare


def _network(text: str) -> tuple[int, int, int] | None:
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.netmask)


@lru_cache(maxsize=1024)
def address(text: str) -> tuple[int, int]:
    """The family (4 or 6) and the number of an address; family 0 where it is none."""
    try:
        parsed = ip_address(text.strip())
    except ValueError:
        return NO_ADDRESS
    return parsed.version, int(parsed)


def _parse_moment(text: str) -> float | None:
    """Epoch seconds, or None where `text` is no date. Without an offset it is UTC; four digits are a year."""
    trimmed = text.strip()
    iso = _ISO.fullmatch(trimmed)
    if iso:
        return _seconds(iso.groups())
    basic = _BASIC.fullmatch(trimmed)
    if basic:
        *fields, offset = basic.groups()
        return _seconds((*fields, None, offset))
    return float(trimmed) if _EPOCH.fullmatch(trimmed) else None


def _seconds(fields: tuple[str | None, ...]) -> float | None:
    year, month, day, hour, minute, second, fraction, offset = fields
    micro = int((fraction or "0")[:_MICRO_DIGITS].ljust(_MICRO_DIGITS, "0"))
    try:
        moment = datetime(
            int(year or 0), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            micro, tzinfo=_zone(offset),
        )  # fmt: skip
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in {"Z", "z"}:
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=minutes if offset[0] == "+" else -minutes))
