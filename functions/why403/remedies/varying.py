"""What differs in a name from call to call: numbers, dates, ids and hashes in the paths that a workload makes up.

Only paths inside a resource vary: an object's key, a parameter's hierarchy, an API's path. The resource's own name
stays, be it an id. Of several names seen, where they differ is known without a guess.
"""

import re
from collections.abc import Iterable, Sequence

from why403.iam.arn import Arn, parse_arn
from why403.incidents.normalized_resource import normalized_resource

PATHS = {
    "s3": r"[^/]+/",
    "s3 of an account": r"accesspoint/[^/]+/object/",
    "s3-outposts": r"outpost/[^/]+/(?:bucket|accesspoint)/[^/]+/object/",
    "ssm": r"parameter/",
    "secretsmanager": r"secret:",
    "execute-api": r"[^/]+/[^/]+/[^/]+/",
    "es": r"domain/[^/]+/",
    "iot": r"(?:topic|topicfilter)/",
    "sns": r"endpoint/[^/]+/[^/]+/",
    "kafka-cluster": r"(?:topic|group|transactional-id)/[^/]+/[^/]+/",
}
"""What of an ARN's resource part names the resource itself, before a path that callers make up."""
TAILS = {
    "batch": r"job/|job-definition/",
    "cloudformation": r"stack/|changeSet/|stackset/",
    "codebuild": r"build/|build-batch/|report/",
    "dynamodb": r"table/",
    "ecs": r"task/|task-set/|container-instance/|task-definition/",
    "lambda": r"function:|layer:",
    "logs": r"log-group:",
    "states": r"execution:|express:",
}
"""Kinds whose ARNs end in an id that each run, revision or version makes anew, as the fingerprint knows it."""
NONE = r"(?!)"
CONSTANT = re.compile(
    r"\b(?:[a-z]{2}(?:-[a-z]+){1,2}-\d[a-z]?|\d{12})\b"  # a Region or zone; an account
    r"|(?<![A-Za-z0-9])(?:v\d{1,3}|sha\d{1,3}|md5|base(?:32|58|64)|utf(?:8|16|32)|h26[45]|x86_64|x86|x64|i386|arm64|amd64"
    r"|win(?:32|64)|ipv[46]|oauth2|http2|web3|log4j)(?![A-Za-z0-9])",  # words of the trade, and versions
    re.IGNORECASE,
)
"""Digits that say the same in each call."""
NUMBER = r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])|[A-Za-z]\d{2,}(?![A-Za-z0-9])|\d{4,}"  # alone, at a word's end, or long
MIXED = (
    r"(?<![A-Za-z0-9])(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])(?:[0-9a-fA-F]{8,}|(?=(?:[A-Za-z]*[0-9]){2})[A-Za-z0-9]{16,})"
    r"(?![A-Za-z0-9])"  # hexadecimal of eight, or letters and digits of sixteen
)
VARYING = re.compile(f"{MIXED}|{NUMBER}")
"""Either shows that a segment is made anew; both are named above with their reasons."""
DATE_AND_ID = re.compile(r"[0-9A-Za-z]*\d[0-9A-Za-z]*(?:[-_.:T][0-9A-Za-z]*\d[0-9A-Za-z]*)*")
"""Everything with a digit that hangs together: a whole date, a whole UUID."""
WILD = re.compile(r"[*?$]")
"""What IAM would read: such a segment is already a pattern, or was written to become one."""
MOST_SEEN, MOST_PATTERNS = 50, 10
"""More names than these are not compared, and more patterns not drafted."""
VARIES = "\0"
"""Where something varies inside a segment."""
DIGITS = frozenset("0123456789")
Path = tuple[str | None, ...]
"""A path's segments; None is one that varies."""


def head_of(arn: Arn) -> str:
    """What of the ARN stands before a path that varies, empty where none does: `arn:aws:s3:::bucket/`."""
    service = "s3 of an account" if arn.service == "s3" and arn.account else arn.service
    found = re.match(PATHS.get(service, NONE), arn.resource)
    if found is None or found.end() == len(arn.resource):
        return ""
    return str(arn).removesuffix(arn.resource) + found[0]


def patterns_of(head: str, resources: Iterable[str]) -> tuple[Path, ...]:
    """The paths behind `head` with what varies in them taken out; of more than ten the first ten."""
    named = dict.fromkeys(each for each in resources if each.startswith(head))
    folded = [_folded(each.removeprefix(head).split("/")) for each in list(named)[:MOST_SEEN]]
    paths = _merged(folded) if ":s3:" in head else folded
    return tuple(dict.fromkeys(paths))[:MOST_PATTERNS]


def _folded(segments: Sequence[str]) -> Path:
    path = tuple(None if varies(each) else each for each in segments)
    if any(path):
        return path
    kept = tuple(_inside(each) for each in segments)
    return kept if any(kept) else path


def varies(segment: str) -> bool:
    """Whether a path's segment is made anew for each call. A wildcard in it is a line's, and stays what it is."""
    return not WILD.search(segment) and VARYING.search(CONSTANT.sub("", segment)) is not None


def _inside(segment: str) -> str | None:
    """`9041.jpg` as `*.jpg`: where nothing else is left to name, what stays of the segment does."""
    if not varies(segment):
        return segment
    left = DATE_AND_ID.sub(VARIES, segment)
    return left if left.strip(f"{VARIES}-_.:") else None


def _merged(paths: list[Path]) -> list[Path]:
    """Paths that differ in one segment alone vary there. The first never does: it keeps whole areas apart."""
    for length in {len(path) for path in paths}:
        for position in range(1 if length > 1 else 0, length):
            alike: dict[Path, set[str | None]] = {}
            for path in (each for each in paths if len(each) == length):
                alike.setdefault(_without(path, position), set()).add(path[position])
            merged = {path for path, own in alike.items() if len(own) > 1 and any(path)}
            paths = [
                _without(each, position)
                if len(each) == length and _without(each, position) in merged
                else each
                for each in paths
            ]
    return paths


def _without(path: Path, position: int) -> Path:
    return (*path[:position], None, *path[position + 1 :])


def without_tail(arn: Arn) -> str:
    """`…:task/main/*` for `…:task/main/0a1b…`; empty where the ARN does not end in what each run makes anew."""
    shared = normalized_resource(str(arn))
    separator = str(arn)[len(shared) : len(shared) + 1]
    made_anew = re.match(TAILS.get(arn.service, NONE), arn.resource) is not None
    ends_anew = made_anew and str(arn).startswith(shared) and separator in (":", "/")
    return f"{shared}{separator}*" if ends_anew else ""


def another(resource: str) -> str:
    """The resource as another call would name it: of what varies in it each digit is the next one."""
    arn = parse_arn(resource)
    if arn is None:
        return resource
    kept = without_tail(arn).removesuffix("*") or head_of(arn)
    if not kept:
        return resource
    path = resource.removeprefix(kept).split("/")
    return kept + "/".join(_next(each) if without_tail(arn) or varies(each) else each for each in path)


def _next(segment: str) -> str:
    """Constant digits stay: the next call is in the same Region and account."""
    kept = [found.span() for found in CONSTANT.finditer(segment)]
    return "".join(
        str((int(each) + 1) % 10)
        if each in DIGITS and not any(start <= at < end for start, end in kept)
        else each
        for at, each in enumerate(segment)
    )
