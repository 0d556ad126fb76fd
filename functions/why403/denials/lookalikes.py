"""403s that no missing permission explains: credentials, AWS but not IAM, and not AWS at all.

Each is known by its words (words/*.json), compared in lower case. Which comes first when a line holds several is
decided here; a full AWS sentence in the line outranks them all and never gets here.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from why403.denials.denial import Kind, Verdict

WORDS = Path(__file__).parent / "words"


@cache
def _words(name: str) -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    entries = json.loads((WORDS / name).read_text(encoding="utf-8"))
    return tuple((Kind(entry["kind"]), tuple(entry["says"])) for entry in entries)


@cache
def _foreign() -> tuple[str, ...]:
    return tuple(json.loads((WORDS / "foreign.json").read_text(encoding="utf-8"))["always"])


def _first(entries: Iterable[tuple[Kind, tuple[str, ...]]], lowered: str) -> Kind | None:
    return next((kind for kind, says in entries if any(word in lowered for word in says)), None)


def credentials_kind(lowered: str) -> Kind | None:
    """What is wrong with the credentials, if that is what the line says."""
    return _first(_words("credentials.json"), lowered)


def not_iam_kind(lowered: str) -> Kind | None:
    """Which refusal of AWS's it is that no policy causes, if it is one."""
    return _first(_words("not_iam.json"), lowered)


def is_foreign(lowered: str) -> bool:
    """Whether the line has the words of another system than AWS."""
    return any(word in lowered for word in _foreign())


def verdict_of(lowered: str) -> tuple[Verdict, Kind] | None:
    """The verdict on a line without a full AWS sentence, where its words decide it alone."""
    kind = not_iam_kind(lowered)
    if kind is not None:
        return Verdict.AWS_403_NOT_IAM, kind
    kind = credentials_kind(lowered)
    return (Verdict.CREDENTIALS, kind) if kind is not None else None
