"""ARNs as they stand in a text: masked, quoted, followed by punctuation, or cut off by its end."""

import re

from why403.denials.masked import is_masked
from why403.iam.arn import SEGMENTS

BODY = re.compile(
    r"arn:(?:<(?!/)[^<>]{0,80}>|\{[^{}\s]{0,80}\}|\$\{[^{}\s]{0,80}\}|\[[\w .-]{1,40}\]|[^\s\"'`<>{}\[\](),;|\\])+"
)
"""Up to what ends a name in a sentence; a placeholder such as `<account id>` or `${AWS::Region}` belongs to it, spaces included."""
BEFORE = re.compile(r"arn:(?:<(?!/)[^<>]{0,80}>|\{[^{}]{0,80}\}|[^\s\"'`<>{}(),;|])+(?=[\"'`)]{0,2}\s*$)")
"""The text's last name, with what closes its quote; a user's name may hold brackets, so only the sentence's own marks end it."""
OBJECT = re.compile(r"arn:[a-z-]{3,12}:s3:::[^/\s]{1,63}/")
"""Of all resources only an object's key may hold any character; a bucket's name has at most 63."""
CLOSERS = 2
"""Marks that may close what the name stands in: a quote, and a bracket around it."""
ROLE = re.compile(r"arn:[\w-]+:iam::[^\s:]{1,30}:role/[^\s\"'`,;)<>{}\[\]]{1,200}")
"""A path and a name, up to what may close a value around them; 200 characters hold those seen, and keep a line of a million letters cheap."""
ENDS_WITH_COLON = ":log-stream:"
WITHOUT_SPACES = frozenset(
    {"kms", "sqs", "sns", "dynamodb", "lambda", "secretsmanager", "ssm", "states", "kinesis", "firehose", "ecr", "iam", "sts", "events"}
)  # fmt: skip
"""Services whose names hold no space: what stands behind one is another line's, or a word."""
BROKEN = re.compile(r" ?\S+(?:(?<=[:/-]) \S+){0,3}")
"""A name that a wrapped line broke behind a mark of its own, or before it; two breaks at most were seen."""
GOES_ON = frozenset({"in", "at", "for", "by", "from", "with", "and", "via", "using", "as"})
"""What a sentence goes on with behind a name."""
MASKS = ("...", "…")
MASK = re.compile(r"\.{3}|…|\*|X{3}")
"""What people write over an id before they share a line: `arn:aws:s3:::...`, three capital X in an account's place."""


def arn_at(text: str, end: int = -1, *, closed: bool = True) -> tuple[str | None, int]:
    """The ARN that `text` starts with, and where it ends.

    `end` is where a reason begins: up to there an ARN may hold spaces. Not `closed`: the text's end is the event's
    end, so an ARN that is incomplete there, or stands in an open quote, is half an ARN and told as None.
    """
    if not text.startswith("arn:"):
        return None, 0
    if end > 0 and _may_span(text[:end]):
        return _spanning(text[:end]), end
    match = BODY.match(text)
    if match is None:
        return None, len(text)
    if (key := _whole_key(text, match.end(), end)) is not None:
        return key, len(key)
    arn = _trim(match[0])
    if not closed and match.end() == len(text) and not is_whole(arn):
        return None, match.end()
    return arn, match.end()


def _whole_key(text: str, stop: int, end: int) -> str | None:
    """An object's name with marks that end other names: what is cut there is another object. None where nothing is.

    AWS's reason follows the name directly, so what stands between belongs to it, but for what closes a quote.
    """
    if not OBJECT.match(text):
        return None
    if end <= 0 and not text.startswith("{{", stop):
        return None
    value = (text[:end] if end > 0 else text.split(" ", 1)[0]).rstrip()
    if " " in value or "<" in value:
        return None
    cut = value[stop:]
    is_closed = len(cut) <= CLOSERS and all(mark in "\"'`)]},;|" for mark in cut)
    return value if value.endswith("?") or not is_closed else None


def is_whole(arn: str) -> bool:
    """Whether it has all segments and something in the last, or is masked by who wrote the line."""
    parts = arn.split(":", SEGMENTS - 1)
    return MASK.search(arn) is not None or (len(parts) == SEGMENTS and bool(parts[-1]))


def arn_before(text: str, start: int, end: int) -> str | None:
    """The ARN that ends just before `end`, not further left than `start`: the caller of a sentence."""
    piece = text[start:end]
    at = piece.rfind("arn:")
    if at > 0 and piece[at - 1].isalnum():
        return None
    match = BEFORE.match(piece, at) if at >= 0 else None
    return match[0].rstrip(",") if match and not match[0].endswith(":") else None


def _may_span(value: str) -> bool:
    """A value up to the reason is one ARN where nothing in it ends an ARN: an S3 key may hold spaces."""
    return " " in value and not any(mark in value for mark in ('"', "`", " (", ". ", " arn:", " on ", ", "))


def _spanning(value: str) -> str | None:
    """The ARN with spaces; where its service's names hold none, the part before a word that goes on, or None."""
    parts = value.split(":", SEGMENTS - 1)
    if len(parts) < SEGMENTS or parts[2] not in WITHOUT_SPACES or BROKEN.fullmatch(parts[-1]):
        return _trim(value)
    arn, _, rest = value.partition(" ")
    return _trim(arn) if rest.split(" ", 1)[0] in GOES_ON and is_whole(arn) else None


def _trim(arn: str) -> str:
    if arn.endswith(MASKS):
        return arn
    trimmed = arn.rstrip(".,;!?")
    return trimmed if trimmed.endswith(ENDS_WITH_COLON) or ":logs:" in trimmed else trimmed.rstrip(":")


def as_arn(resource: str) -> str | None:
    """The resource where it is `*` or an ARN by an ARN's grammar, mended where a wrapped line broke it; else None.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if not resource.startswith("arn:"):
        return resource or None
    parts = resource.split(":", SEGMENTS - 1)
    if len(parts) < SEGMENTS:
        is_placeholder = MASK.search(resource) or len(parts) < 3  # noqa: PLR2004  # `arn:ofTheTable`: who shared the line hid it
        return resource if is_placeholder else None
    if "<" in resource:
        return resource
    head, last = parts[:-1], parts[-1]
    name = (
        last.replace(" ", "")
        if head[2] in WITHOUT_SPACES
        else last
        if head[2] == "s3"
        else last.replace(": ", ":")
    )
    return ":".join([*(part.replace(" ", "") for part in head), name]) if name.strip(":/") else None


def only_role(text: str, other_than: str | None) -> str | None:
    """The one role whose ARN stands in the text, besides the caller's; None where there are more or none, or its account is masked."""
    roles = {match[0].rstrip(".:'") for match in ROLE.finditer(text)} - {other_than}
    return roles.pop() if len(roles) == 1 and not any(map(is_masked, roles)) else None
