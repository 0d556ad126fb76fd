"""A call named in passing, `sqs SendMessage`, `s3/GetObject`, `dynamodb.PutItem`: where nobody else's words name one.

Only what the service authorization reference knows counts: a service, one mark, and an operation of that service.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.iam.reference import actions_of, prefix_of

NAMED = re.compile(
    r"(?<![\w.-])(?P<service>[A-Za-z][A-Za-z0-9-]{1,30})(?P<mark>: |[:./ |])"
    r"(?!\w{2,40}Client\b)(?P<operation>(?:[A-Z]|(?<=\.)[a-z])[a-z0-9]+(?:[A-Z][a-z0-9]+){1,7}|(?<=[a-z0-9]:)[A-Z][A-Za-z0-9]{2,80})\b"
)
"""Two words in one, or an action's: `Lambda Error` and `Config Rule` name no call, `kms:Decrypt` does; a method, `s3.headObject`."""
OF_OBJECTS = re.compile(
    r"(?<![\w./:-])(?:PutObject|GetObject|HeadObject|DeleteObjects?|CopyObject|ListObjectsV2|HeadBucket|UploadPart)(?![\w(])"
)
"""S3's, though its name stands somewhere else in the line."""
S3 = ("bucket", "S3", " s3 ")
DOING = re.compile(
    r"\b(?P<verb>creat|delet|updat|describ|list|gett?|putt?|read|attach|publish|start)(?:e|ing)? (?:the |an? |new )?(?:AWS |Amazon )?"
    r"(?P<service>[A-Z][A-Za-z0-9]{1,20})(?: \([A-Z][A-Za-z ]{2,40}\))?(?P<things>(?: [A-Za-z][A-Za-z-]{1,20}| 53){1,4})"
    r"(?: \([^\s()]{1,200}\)(?P<more>(?: [A-Z][A-Za-z]{1,20}){1,4}))?"
)
"""What was done, to which service's thing: `error creating Lambda Function (x)`, `failed to list SNS topics`.

Terraform writes a service's name out in brackets, and a thing's name in the middle: `reading Amazon S3 (Simple Storage) Bucket (x) Policy`.
"""
VERBS = {
    "creat": ("Create",),
    "delet": ("Delete",),
    "updat": ("Update",),
    "describ": ("Describe",),
    "read": ("Head", "Get", "Describe"),
    "gett": ("Get",),
    "putt": ("Put",),
}
"""A word's stem → how operations begin that do it; others are their own."""
MOST = 200
"""Pairs that are looked up; a line with more is no report of one call."""


def _done(text: str) -> Iterator[FailedCall]:
    """The operations of a verb and a thing, of which the longest name that the service has counts."""
    for _, match in zip(range(MOST), DOING.finditer(text), strict=False):
        words = (match["service"], *match["things"].split(), *(match["more"] or "").split())
        verbs = VERBS.get(match["verb"], (match["verb"].capitalize(),))
        ends = (end for end in range(len(words), 1, -1) if not words[end:] or _is_apart(words, end))
        for verb, end in product(verbs, list(ends)):
            found = _operation(words[:end], verb)
            if found:
                yield FailedCall.at(match, service=found[0], operation=found[1])
                break


def _is_apart(words: Sequence[str], end: int) -> bool:
    """Whether a thing's name may end there: `Bucket` alone is not what `Bucket Policy` is, and `topics in` is cut before its small word."""
    return not (words[end][0].isupper() and words[end - 1][0].isupper())


def _operation(words: Sequence[str], verb: str) -> tuple[str, str] | None:
    """Prefix and operation of `(Secrets, Manager, Secret)`: the service has one word or two, the thing the others, or all."""
    for of in (1, 2):
        prefix, thing = prefix_of(" ".join(words[:of])), "".join(word.capitalize() for word in words[of:])
        whole = "".join(words)
        several = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
        for name in (verb + thing, verb + several, verb + whole) if prefix and thing else ():
            if prefix and (needed := actions_of(prefix, name)):
                spelled = needed[0].partition(":")[2]
                return prefix, spelled if spelled.lower() == name.lower() else name
    return None


def read_named(text: str) -> Iterator[FailedCall]:
    """Every service and operation that stand together; with a colon it is the action, `sqs:SendMessage`; then what was done in words."""
    if holds_any(text, S3):
        for match in OF_OBJECTS.finditer(text):
            yield FailedCall.at(match, service="s3", operation=match[0])
    for _, match in zip(range(MOST), NAMED.finditer(text), strict=False):
        prefix = prefix_of(match["service"].removesuffix("Client"))
        operation = match["operation"][0].upper() + match["operation"][1:]
        actions = actions_of(prefix, operation) if prefix else ()
        if prefix and match["mark"] == ":" and f"{prefix}:{operation}" in actions:
            yield FailedCall.at(match, service=prefix, action=actions[0])
        elif prefix and actions and match["mark"] != ":":
            yield FailedCall.at(match, service=prefix, operation=operation)
    yield from _done(text)
