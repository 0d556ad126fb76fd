"""Whether a value is a secret, seen beside its name and by its own looks."""

import re
from itertools import pairwise

from why403.log_events.redaction_rules import names

DONE = re.compile(r"\[?redacted:")
"""What an earlier redaction left: redacting again must change nothing."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
"""An id of a request, trace or key by the standard's form; under a secret's name it still counts as one."""
PLACEHOLDER = re.compile(
    r"[$#%]?[{(]{1,2}\s?(?:[A-Z_][A-Z0-9_]*|[a-z][a-z_.:-]*)\s?[})]{0,2}s?|<[A-Za-z][a-z_ -]{0,40}>?|\*{2,}|\.{3}|x{4,}|\$[A-Z_]+"
)
"""What a template, a mask or a manual has in a secret's place, taken whole."""
MASKED = "****"
NAMED_BY_AWS = re.compile(
    r"arn:[a-z0-9-]{2,12}:[a-z0-9-]{2,40}:[a-z0-9-]{0,20}:[0-9]{0,12}:\S+|(?:AROA|AIDA|AGPA|ANPA|AIPA)[A-Z0-9]{16,17}(?::\S*)?|/aws/[a-z-]+/\S*"
    r"|https?://[a-z0-9.-]+\.[a-z]{2,24}(?::\d+)?(?:/[^?@]*)?|AWS::\S+|[a-z]{2,3}-[a-z]+-\d"
)
"""ARNs, ids of roles and users, AWS's own paths, pseudo parameters, Regions, and URLs without a user or a query."""
DATE = re.compile(r"^\d{4}-?\d{2}-?\d{2}(?![A-Za-z0-9_-]*[A-SU-Za-z])")
"""`2025-01-31`, `20250131`: at its start a date makes a value an id or a time; letters behind it beyond T and Z do not."""
ACTION = re.compile(r"(?<![a-z0-9-])[a-z0-9-]+:[A-Z][A-Za-z]+$")
"""The end of `secretsmanager:GetSecretValue`: an action's name holds the word and no value."""
WORDS = re.compile(r"(?![a-z]{16})[a-z]*(?:[A-Z][a-z]+|[_.-][a-z]*)*[A-Z]?\(?")
"""camelCase, snake_case or words with points, perhaps a call: a variable's name; 16 small letters in a row are a token's."""
FETCHED = re.compile(
    r"(?:fetch|get|read|retriev|load|access|find|describ)\w{0,3} (?:the |a )?$", re.IGNORECASE
)
"""Behind such a verb `secret` is a thing that was read, and what follows is its name."""
NEXT_NAME = re.compile(r"[\"']\s{0,3}:")
"""A quote and a colon behind a value make it the next field's name."""
NEXT_PART = re.compile(
    r"(?:[\"']\s{0,5},\s{0,40}[\"'][^\"']{1,60}[2-9][\"']\s{0,5}:\s{0,5}[\"']"
    r"|[\"']?\\?\s{0,5}[+.]?\s{0,3}\n[\s|>]{0,40}[\"']?|[\"']\s{0,3}[+.,]\s{0,3}[\"']"
    r"|[&;,\s]\s{0,2}[A-Za-z0-9_]{1,40}[2-9]=)(?P<more>[A-Za-z0-9+/=_.~$-]{6,4000})"
)
"""Numbered fields (`KEY_2=`), a string joined by `+`, `.` or `,`, or a wrapped line: from 6 letters on, shorter are words."""
PROSE = re.compile(r"(?:[A-Za-z][a-z']*[\s.,:;!()-]*){0,8}(?:[^A-Za-z0-9].*)?", re.DOTALL)
"""What follows a harmless first word where a sentence goes on: words, not letters and digits mixed."""
LOGICAL_ID = re.compile(r"[0-9A-F]{8}$")
"""What the CDK puts behind a word."""
NAME_CHANCE = range(8, 15)
"""How many characters of chance CloudFormation puts behind a name."""
LONGEST_NAME = 128
"""Characters: CloudFormation cuts a stack's and a resource's names to fit 128 or less; longer runs are not split."""
KEY_NAME = re.compile(r"(?:encryption|master|crypt|kms)[_. -]?key$", re.IGNORECASE)
"""Where a UUID is the id of a KMS key."""
CAMEL_CASE = re.compile(
    r"[a-z]*(?:[A-Z][a-z]+(?:(?<=[a-z]{3})\d[a-z](?=[A-Z]))?|[A-Z]{1,4}\d{1,4}(?=[A-Z]|$))*\d{0,8}"
)
"""A name of words, with a version or year in it: OrdersByCustomerAndDay2025, Jets3tNativeFileSystemStore."""
PART = re.compile(r"[+_-]")
"""base64 and base64url letters that also part the words of names: chance is looked for between them."""
RARE_CHANGES = 0.4
"""Of neighbouring characters in a random text six in ten differ in class; in CamelCase names some three."""
SHORT, LONG, DIGITS_ALONE, LONG_PART = 8, 16, 14, 12
"""Characters: a key's least; letters alone beyond English words; past a time's digits; where chance shows in a part."""


def seems_secret(value: str) -> bool:
    """Whether it could be no ordinary word: it has a digit or a capital inside, and is not one of AWS's names."""
    if _is_named(value):
        return False
    inner = value[1:]
    return any(letter.isdigit() for letter in value) or inner.lower() != inner != inner.upper()


def is_token(value: str) -> bool:
    """Whether it is no ordinary word: as `seems_secret`, or long and of letters alone."""
    return seems_secret(value) or (len(value) >= LONG and value.isalnum() and not WORDS.fullmatch(value))


def _is_named(value: str) -> bool:
    whole = NAMED_BY_AWS.fullmatch(value) or PLACEHOLDER.fullmatch(value) or DONE.match(value)
    return bool(whole) or MASKED in value or value.startswith("**")


def _is_generated_name(value: str) -> bool:
    """Whether CloudFormation or the CDK would name so what has no name: words, then characters of chance."""
    *words, last = re.split(r"[-_]", value[: LONGEST_NAME + 1])
    return (
        len(value) <= LONGEST_NAME
        and bool(words)
        and len(last) in NAME_CHANCE
        and all(CAMEL_CASE.fullmatch(LOGICAL_ID.sub("", word)) for word in words)
    )


def looks_random(value: str) -> bool:
    """Whether the letters, capitals and digits of its longest part change places as only chance does."""
    segments = [part for part in value.rstrip("=").split("/") if not _is_generated_name(part)]
    body = max((part for segment in segments for part in PART.split(segment)), key=len, default="")
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in body]
    if not {"d", "u", "l"} <= set(kinds) or len(kinds) < LONG_PART or CAMEL_CASE.fullmatch(body):
        return False
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes / max(1, len(kinds) - 1) >= RARE_CHANGES


def is_harmless(kind: str, found: re.Match[str], text: str) -> bool:
    """Whether a named value is nothing to hide: `kind` is the list that the name is in."""
    value = found[str(found.lastgroup)]
    first_word, *rest = re.split(r"[\s.:!]+", value, maxsplit=1)
    if not value.strip() or (
        first_word.lower() in names()["harmless_values"] and PROSE.fullmatch("".join(rest))
    ):
        return True
    if _is_named(value) or (KEY_NAME.search(found["name"]) and UUID.fullmatch(value)):
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
    if text[found.end() : found.end() + 2].lstrip(" ").startswith(":"):
        return None  # a word that introduces the next line: PowerShell puts a blank between
    more = found["more"]
    digits_among_letters = any(c.isdigit() for c in more) and any(c.isalpha() for c in more)
    mixed = digits_among_letters or (len(more) >= LONG_PART and not WORDS.fullmatch(more))
    return found.span("more") if mixed and seems_secret(more) else None
