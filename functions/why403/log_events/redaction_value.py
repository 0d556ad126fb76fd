"""Whether a value is a secret, seen beside its name and by its own looks."""

import re
from itertools import pairwise

from why403.log_events.redaction_rules import names

DONE = re.compile(r"\[?redacted:")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
PLACEHOLDER = re.compile(r"^(?:\$\{|\{\{|<|%[({]|\*{2,}|\.{3}|#\{|x{4,}$)|\*{4,}")
NAMED_BY_AWS = re.compile(r"^(?:arn:|AROA|AIDA|AGPA|ANPA|/aws/|https?://[^?@]*$|AWS::|[a-z]{2,3}-[a-z]+-\d$)")
DATE = re.compile(r"^\d{4}-?\d{2}-?\d{2}[T ]?")
ACTION = re.compile(r"(?<![a-z0-9-])[a-z0-9-]+:[A-Z][A-Za-z]+$")
WORDS = re.compile(r"(?![a-z]{16})[a-z]*(?:[A-Z][a-z]+|[_.-][a-z]*)*[A-Z]?\(?")
FETCHED = re.compile(
    r"(?:fetch|get|read|retriev|load|access|find|describ)\w{0,3} (?:the |a )?$", re.IGNORECASE
)
NEXT_NAME = re.compile(r"[\"']\s{0,3}:")
NEXT_PART = re.compile(
    r"(?:[\"']\s{0,5},\s{0,40}[\"'][^\"']{1,60}[\"']\s{0,5}:\s{0,5}[\"']|[\"']?\\?\s{0,5}[+.]?\s{0,3}\n[\s|>]{0,40}[\"']?|[\"']\s{0,3}[+.,]\s{0,3}[\"']|[&;,]\s{0,2}[A-Za-z0-9_]{1,40}=|\s[A-Za-z0-9_]{1,40}=)(?P<more>[A-Za-z0-9+/=_.~$-]{6,4000})"
)
CAMEL_CASE = re.compile(r"[a-z]*(?:[A-Z][a-z]+|[A-Z]{1,4}\d{1,4}(?=[A-Z]|$))*\d{0,8}")
"""A name of words, with a version or year in it: OrdersByCustomerAndDay2025."""
PART = re.compile(r"[/+_-]")
RARE_CHANGES = 0.4
"""Of neighbouring characters in a random text six in ten differ in class; in CamelCase names some three."""
SHORT, LONG, DIGITS_ALONE, LONG_PART = 8, 16, 14, 12


def seems_secret(value: str) -> bool:
    """Whether it could be no ordinary word: it has a digit or a capital inside, and is not one of AWS's names."""
    if NAMED_BY_AWS.match(value) or PLACEHOLDER.search(value) or DONE.match(value):
        return False
    inner = value[1:]
    return any(letter.isdigit() for letter in value) or inner.lower() != inner != inner.upper()


def looks_random(value: str) -> bool:
    """Whether the letters, capitals and digits of its longest part change places as only chance does."""
    body = max(PART.split(value.rstrip("=")), key=len)
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in body]
    if not {"d", "u", "l"} <= set(kinds) or len(kinds) < LONG_PART or CAMEL_CASE.fullmatch(body):
        return False
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes / max(1, len(kinds) - 1) >= RARE_CHANGES


def is_harmless(kind: str, found: re.Match[str], text: str) -> bool:
    """Whether a named value is nothing to hide: `kind` is the list that the name is in."""
    value = found[str(found.lastgroup)]
    first_word = re.split(r"[\s.:!]", value, maxsplit=1)[0].lower()
    if first_word in names()["harmless_values"] or not value.strip():
        return True
    if PLACEHOLDER.search(value) or NAMED_BY_AWS.match(value) or DONE.match(value):
        return True
    if _names_a_thing(found, text) or NEXT_NAME.match(text, found.end(str(found.lastgroup))):
        return True
    match kind:
        case "certain":
            return value.endswith("(") or (value.startswith("/") and found["name"].lower() == "pwd")
        case "likely":
            return not _could_be_token(value)
        case _:
            return not _could_be_vendors(value)


def _names_a_thing(found: re.Match[str], text: str) -> bool:
    """`SecretId`, `secret_name`, `secretsmanager:GetSecretValue`: the name of a thing, not the thing."""
    tail = re.split(r"[_.-]", re.sub(r"([a-z])([A-Z])", r"\1_\2", found["tail"]))[-1].lower()
    whole = re.sub(r"[_.-]", "", found["tail"]).lower()
    harmless = names()["harmless_tails"]
    if tail in harmless or whole in harmless:
        return True
    head = text[max(0, found.start() - 60) : found.start()]
    if found["name"].lower() == "secret" and not found["tail"] and FETCHED.search(head):
        return True
    return bool(ACTION.search(head.rsplit(" ", 1)[-1] + found["name"] + found["tail"]))


def _could_be_token(value: str) -> bool:
    if DATE.match(value) or " " in value.strip() or WORDS.fullmatch(value):
        return False
    return len(value) >= SHORT and (seems_secret(value) or len(value) >= LONG)


def _could_be_vendors(value: str) -> bool:
    bare = value.strip()
    if DATE.match(bare) or not re.fullmatch(r"[A-Za-z0-9_=+/.~:-]{12,400}", bare) or "://" in bare:
        return False
    if bare.isdigit():
        return len(bare) > DIGITS_ALONE
    if UUID.fullmatch(bare):
        return True
    if re.search(r"[0-9]", bare):
        return seems_secret(bare)
    return len(bare) >= LONG and bare.isalnum() and not WORDS.fullmatch(bare)


def continues(text: str, end: int) -> tuple[int, int] | None:
    """Where a secret that ends at `end` goes on, on the next line or in the next field; None where it does not."""
    found = NEXT_PART.match(text, end)
    if not found or UUID.fullmatch(found["more"]) or DATE.match(found["more"]):
        return None
    more = found["more"]
    digits_among_letters = any(c.isdigit() for c in more) and any(c.isalpha() for c in more)
    mixed = digits_among_letters or (len(more) >= LONG_PART and not WORDS.fullmatch(more))
    return found.span("more") if mixed and seems_secret(more) and not more.endswith(":") else None
