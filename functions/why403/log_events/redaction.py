"""Take secrets out of a text before it is stored or sent, and nothing that a person needs.

A secret is known by its own shape (an access key id, a private key), by the name before it (`password=`,
`{"name": "DB_PASSWORD", "value": …}`, a header), or by looking random where nothing harmless looks so. Names
are matched in the text as it reads once its escapes are undone; ARNs, ids of AWS and request ids stay.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator

from why403.log_events.redaction_rules import keyed, prefixed, shapes
from why403.log_events.redaction_value import continues, is_harmless, looks_random, seems_secret
from why403.log_events.redaction_view import View, origin, views

LONGEST = 32_000
"""Characters that are kept of one text; a notice has no use for more."""
Span = tuple[int, int, str]
ARN = re.compile(r"arn:[a-z0-9-]{2,12}:[a-z0-9-]{2,40}:[a-z0-9-]{0,20}:[^:\s\"']{0,14}:[^\s\"'`,;)}\]<>?&=]+")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
HEADER = re.compile(
    r"(?P<name>authorization|cookie)[\"']?\s{0,3}(?:header)?\s{0,3}[\"']?\s{0,3}[:=,]\s{0,3}[\[(]?\s{0,3}[\"']{0,2}"
    r"(?P<value>(?:(?:basic|bearer|digest|token|negotiate|apikey|aws4-[a-z0-9-]+|aws|key|hmac|jwt|oauth)\s)"
    r"[^\r\n\"'`]{3,4000}|[^\s=;\"']{1,100}=[^\r\n\"'`]{3,4000})",
    re.IGNORECASE,
)
SCHEME = re.compile(
    r"\b(?:bearer|basic|token|apikey|geniekey|ssws)\s{1,3}(?P<value>[A-Za-z0-9._~+/=-]{8,4000})",
    re.IGNORECASE,
)
OPTION = re.compile(
    r"(?:(?<=\s)|^)(?:-u|--user|--(?:[a-z-]{0,30}(?:password|passwd|token|secret|api-?key|access-?key|private-?key)))"
    r"[\s=]{1,3}[\"']?(?P<value>[^\s\"']{3,400})"
)
COMMAND = re.compile(
    r"(?:\blogin\s{1,3}\S{1,100}\s{1,3}password|\bsshpass\s{1,3}-p|\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,100}?\s-p)"
    r"\s{0,3}(?P<value>[^\s-][^\s]{3,400})"
)
"""What files and programs take without a separator: .netrc, sshpass, mysql."""
REVERSED = re.compile(
    r"[\"'](?:value|val|data|content)[\"']\s{0,5}:\s{0,5}[\"'](?P<value>[^\"']{3,4000})[\"']\s{0,5},\s{0,40}"
    r"[\"'](?:name|key|header|field)[\"']\s{0,5}:\s{0,5}[\"'][^\"']{0,60}"
    r"(?:passw|pwd|secret|token|api_?key|access_?key|private_?key|credential|auth|cookie)",
    re.IGNORECASE,
)
RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,16000}={0,2}(?![A-Za-z0-9+/=_-])")
REQUEST_ID = re.compile(
    r"(?:hostid|host id|x-amz-id-2|x-amz-cf-id|req(?:uest)?[ _-]?id|extended|trace|root=|self=|digest|etag|sha\d)\W{0,9}.{0,12}$",
    re.IGNORECASE,
)
DONE = "[redacted"
ENCODED = re.compile(r"(?i:failure|encoded)[ _-]?(?i:message)\W{0,9}(?:[A-Za-z0-9_-]{20,4000}\s{0,3}){1,40}")


def redact(text: str, *, emails: bool = False) -> str:
    """The text with each secret replaced by `[redacted:<kind>]`; the same again when it is redacted again.

    At most 32,000 characters are kept, and the number cut is said. `emails`: take e-mail addresses out as well.
    """
    kept = text[:LONGEST]
    spans = [span for reading in views(kept) for span in _in_reading(kept, reading, emails=emails)]
    cut = len(text) - len(kept)
    return _replaced(kept, spans) + (f" … [{cut} more characters]" if cut else "")


def _in_reading(text: str, reading: tuple[View, ...], *, emails: bool) -> Iterator[Span]:
    seen = reading[-1].text if reading else text
    arns = [found.span() for found in ARN.finditer(seen)]
    spans = [*_by_shape(seen), *_by_name(seen, arns), *_by_looks(seen, arns)]
    if emails:
        spans += [(*found.span(), "email") for found in EMAIL.finditer(seen)]
    for start, end, kind in _continued(seen, spans):
        yield origin(reading, start), origin(reading, end), kind


def _by_shape(seen: str) -> Iterator[Span]:
    for kind, pattern in shapes():
        for found in pattern.finditer(seen):
            if found.end() > found.start():
                yield *found.span(), kind
    starts, kinds = prefixed()
    for found in starts.finditer(seen):
        place = found.start()
        for length in range(2, 18):
            for kind, whole in kinds.get(seen[place : place + length], ()):
                match = whole.match(seen, place)
                if match and seems_secret(match[0][length:]):
                    yield *match.span(), kind


def _by_name(seen: str, arns: list[tuple[int, int]]) -> Iterator[Span]:
    for kind in ("certain", "likely", "vendors"):
        for found in keyed(kind).finditer(seen):
            group = str(found.lastgroup)
            start, end = found.span(group)
            if not _within(arns, found.start(), start) and not is_harmless(kind, found, seen):
                yield start, end, re.sub(r"[^a-z]+", "-", found["name"].lower()).strip("-") or "secret"
    for pattern in (HEADER, SCHEME, OPTION, COMMAND, REVERSED):
        for found in pattern.finditer(seen):
            value = found["value"]
            if DONE not in value and (pattern is not SCHEME or seems_secret(value)):
                yield *found.span("value"), "credential"


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
