"""Take secrets out of a text before it is stored or sent, and nothing that a person needs.

A secret is known by its own shape (an access key id, a private key), by the name before it (`password=`,
`{"name": "DB_PASSWORD", "value": …}`, a header), or by looking random where nothing harmless looks so. Names
are matched in the text as it reads once its escapes are undone; ARNs, ids of AWS and request ids stay.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator

from why403.log_events.redaction_columns import in_columns
from why403.log_events.redaction_forms import ARN, FORMS, WORDLIKE, without_protected
from why403.log_events.redaction_rules import keyed, prefixed, shapes
from why403.log_events.redaction_value import continues, is_harmless, is_token, looks_random
from why403.log_events.redaction_view import View, origin, views

LONGEST = 32_000
"""Characters that are kept of one text; a notice has no use for more."""
Span = tuple[int, int, str]
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
"""64 letters before the `@` and 63 a label are the standard's most; five dots keep it linear."""
RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,16000}={0,2}(?![A-Za-z0-9+/=_-])")
"""Letters of base64 and base64url: from 20 on chance shows, shorter ones are words and ids; 16,000 bound the work."""
REQUEST_ID = re.compile(
    r"(?:hostid|host id|x-amz-id-2|x-amz-cf-id|req(?:uest)?[ _-]?id|extended|version[ _-]?id|trace|root=|self=|digest|etag|sha\d)\W{0,9}.{0,12}$",
    re.IGNORECASE,
)
"""What random ids stand behind that a person needs for support; S3's host id is as random as a secret."""
DONE = "[redacted"
ENCODED = re.compile(r"(?i:failure|encoded)[ _-]?(?i:message)\W{0,9}(?:[A-Za-z0-9_-]{20,4000}\s{0,3}){1,40}")
"""EC2's encoded message: random by its looks, but only who may decode it can read it; loggers break it into lines."""


def redact(text: str, *, emails: bool = False, names: frozenset[str] = frozenset()) -> str:
    """The text with each secret replaced by `[redacted:<kind>]`; the same again when it is redacted again.

    At most 32,000 characters are kept, and the number cut is said. `emails`: take e-mail addresses out as well.
    `names` stay wherever they stand: what AWS's own answers named, never what only a line did.
    """
    kept = text[:LONGEST]
    known = tuple(name for name in names if name in kept)
    spans = [
        span for reading in views(kept) for span in _in_reading(kept, reading, emails=emails, names=known)
    ]
    cut = len(text) - len(kept)
    return _replaced(kept, spans) + (f" … [{cut} more characters]" if cut else "")


def _in_reading(
    text: str, reading: tuple[View, ...], *, emails: bool, names: tuple[str, ...]
) -> Iterator[Span]:
    seen = reading[-1].text if reading else text
    arns = [found.span() for found in ARN.finditer(seen)]
    spans = [*_by_shape(seen), *_by_name(seen, arns), *_by_looks(seen, arns), *in_columns(seen)]
    if emails:
        spans += [(*found.span(), "email") for found in EMAIL.finditer(seen)]
    for start, end, kind in without_protected(seen, _continued(seen, spans), names):
        yield origin(reading, start), origin(reading, end), kind


def _by_shape(seen: str) -> Iterator[Span]:
    for kind, pattern in shapes():
        for found in pattern.finditer(seen):
            if found.end() > found.start():
                yield *found.span(), kind
    starts, kinds = prefixed()
    for found in starts.finditer(seen):
        place = found.start()
        for length in range(2, max(map(len, kinds)) + 1):
            for kind, whole in kinds.get(seen[place : place + length], ()):
                match = whole.match(seen, place)
                if match and is_token(match[0][length:]):
                    yield *match.span(), kind


def _by_name(seen: str, arns: list[tuple[int, int]]) -> Iterator[Span]:
    for kind in ("certain", "likely", "vendors"):
        for found in keyed(kind).finditer(seen):
            group = str(found.lastgroup)
            start, end = found.span(group)
            if not _within(arns, found.start(), start) and not is_harmless(kind, found, seen):
                yield start, end, re.sub(r"[^a-z]+", "-", found["name"].lower()).strip("-") or "secret"
    for pattern in FORMS:
        for found in pattern.finditer(seen):
            value = found["value"]
            if DONE not in value and (pattern not in WORDLIKE or is_token(value)):
                yield *found.span("value"), "unnamed"


def _within(spans: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether one of the spans, which stand in order and apart, holds both places."""
    before = bisect_right(spans, (first, sys.maxsize)) - 1
    return before >= 0 and last < spans[before][1]


def _by_looks(seen: str, arns: list[tuple[int, int]]) -> Iterator[Span]:
    encoded = [found.span() for found in ENCODED.finditer(seen)]
    for found in RUN.finditer(seen):
        start, end = found.span()
        if _within(arns, start, start) or _within(encoded, start, start) or not looks_random(found[0]):
            continue
        if not REQUEST_ID.search(seen[max(0, start - 40) : start]):
            yield start, end, "random"


def _continued(seen: str, spans: list[Span]) -> Iterator[Span]:
    """Each span, and what follows it on the next line or in the next field where a secret was cut in two."""
    for start, end, kind in spans:
        yield start, end, kind
        more = None if kind == "email" else continues(seen, end)
        if more:
            yield *more, kind


def _replaced(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    end = 0
    for first, last, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if last <= end:
            continue
        if first >= end:
            pieces += [text[end:first], f"{DONE}:{kind}]"]
        end = last
    return "".join([*pieces, text[end:]])
