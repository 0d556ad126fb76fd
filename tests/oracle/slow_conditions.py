"""Conditions, the obvious way: one value against one value, by regular expression where there are wildcards.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import ipaddress
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

Context = dict[str, list[str]]
SEVERAL = {"aws:tagkeys", "aws:principalorgpaths"}
"""Keys that hold several values, of those in the worlds."""
HIDDEN = {"*": "\ue000", "?": "\ue001", "$": "\ue002"}


def hide(text: str) -> str:
    for plain, hidden in HIDDEN.items():
        text = text.replace(plain, hidden)
    return text


def show(text: str) -> str:
    for plain, hidden in HIDDEN.items():
        text = text.replace(hidden, plain)
    return text


def substitute(text: str, context: Context, *, version: str | None) -> str | None:
    """The text with its variables' values; what was a value, or `${*}`, is hidden from wildcard matching."""
    if version != "2012-10-17":
        return text

    lacking = False

    def value(found: re.Match[str]) -> str:
        nonlocal lacking
        inside = found.group(1)
        if inside in HIDDEN:
            return HIDDEN[inside]
        name, comma, default = inside.partition(",")
        values = context.get(name.strip().lower())
        if values is not None and len(values) == 1 and name.strip().lower() not in SEVERAL:
            return hide(values[0])
        if comma:
            return hide(default.strip()[1:-1])
        lacking = True
        return ""

    filled = re.sub(r"\$\{([^{}]*)\}", value, text)
    return None if lacking else filled


def wild(pattern: str, text: str) -> bool:
    """`*` and `?` in `pattern`, everything else itself."""
    regex = "".join(".*" if c == "*" else "." if c == "?" else re.escape(show(c)) for c in pattern)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def same_arn(pattern: str, text: str) -> bool:
    if not text.startswith("arn:") or text.count(":") < 5:
        return False
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), text.split(":", 5)
    return len(wanted) == 6 and all(wild(w, g) for w, g in zip(wanted, given, strict=True))


def number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", text) else None


def moment(text: str) -> float | None:
    if re.fullmatch(r"\d{4}", text):
        text += "-01-01"
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (
        parsed
        if parsed.tzinfo
        else datetime.fromisoformat(text + "+00:00" if "T" in text else text + "T00:00+00:00")
    ).timestamp()


def inside(network: str, text: str) -> bool:
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None


def same_truth(wanted: str, given: str) -> bool:
    return given.lower() in {"true", "false"} and show(wanted).lower() == given.lower()


def same_bytes(wanted: str, given: str) -> bool:
    return decoded(given) is not None and decoded(wanted) == decoded(given)


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: show(wanted) == given,
    "StringEqualsIgnoreCase": lambda wanted, given: show(wanted).casefold() == given.casefold(),
    "StringLike": wild,
    "ArnEquals": same_arn,
    "ArnLike": same_arn,
    "Bool": same_truth,
    "BinaryEquals": same_bytes,
    "IpAddress": inside,
}


def compare(base: str, wanted: str, given: str) -> bool:
    """One value of the policy against one of the request."""
    comparison = COMPARISONS.get(base)
    return ordered(base, wanted, given) if comparison is None else comparison(wanted, given)


def ordered(base: str, wanted: str, given: str) -> bool:
    read = number if base.startswith("Numeric") else moment
    one, other = read(given), read(wanted)
    if one is None or other is None:
        return False
    return {
        "Equals": one == other,
        "LessThan": one < other,
        "LessThanEquals": one <= other,
        "GreaterThan": one > other,
        "GreaterThanEquals": one >= other,
    }[re.sub("^(Numeric|Date)", "", base)]


def positive(base: str) -> str:
    return {
        "StringNotEquals": "StringEquals",
        "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
        "StringNotLike": "StringLike",
        "NumericNotEquals": "NumericEquals",
        "DateNotEquals": "DateEquals",
        "NotIpAddress": "IpAddress",
        "ArnNotEquals": "ArnEquals",
        "ArnNotLike": "ArnLike",
    }.get(base, base)


def as_texts(values: Any) -> list[str]:
    listed = values if isinstance(values, list) else [values]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in listed]


WITH_VARIABLES = ("String", "Arn", "Bool")


def one_condition(  # noqa: PLR0913 - what the page speaks of
    operator: str, key: str, values: Any, context: Context, *, version: str | None, doubt: bool
) -> bool:
    """Whether the request meets one operator on one key; `doubt` where no page tells."""
    given = context.get(key.lower()) or None
    if operator == "Null":
        return ("true" if given is None else "false") in [text.lower() for text in as_texts(values)]
    over, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    negated = positive(base) != base
    if given is None:
        if name.endswith("IfExists") or over == "ForAllValues":
            return True
        return negated and over == ""
    if over == "" and (len(given) > 1 or key.lower() in SEVERAL):
        return doubt
    wanted = [
        substitute(text, context, version=version) if positive(base).startswith(WITH_VARIABLES) else text
        for text in as_texts(values)
    ]

    def met(value: str) -> bool:
        return (
            any(text is not None and compare(positive(base), text, value) for text in wanted) is not negated
        )

    if over == "":
        return met(given[0])
    if given == [""]:
        given = []
    return all(map(met, given)) if over == "ForAllValues" else any(map(met, given))
