"""403s that no missing permission explains: credentials, AWS but not IAM, and not AWS at all.

Each is known by its words (words/*.json), compared in lower case. Which comes first when a line holds several is
decided here; a full AWS sentence in the line outranks them all and never gets here.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from why403.denials.denial import Kind, Verdict

WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """The words that show one kind; some of them mean it only beside a refusal or a 403."""

    kind: Kind
    says: tuple[str, ...]
    only_refused: bool


@cache
def _words(name: str) -> tuple[Lookalike, ...]:
    entries = json.loads((WORDS / name).read_text(encoding="utf-8"))
    return tuple(
        Lookalike(Kind(entry["kind"]), tuple(entry["says"]), entry.get("refused", False)) for entry in entries
    )


@cache
def _foreign(group: str) -> tuple[str, ...]:
    return tuple(json.loads((WORDS / "foreign.json").read_text(encoding="utf-8"))[group])


def _first(entries: tuple[Lookalike, ...], lowered: str, *, refused: bool) -> Kind | None:
    fitting = (entry for entry in entries if refused or not entry.only_refused)
    return next((entry.kind for entry in fitting if any(word in lowered for word in entry.says)), None)


def credentials_kind(lowered: str, *, refused: bool = True) -> Kind | None:
    """What is wrong with the credentials, if that is what the line says."""
    return _first(_words("credentials.json"), lowered, refused=refused)


def not_iam_kind(lowered: str, *, refused: bool = True) -> Kind | None:
    """Which refusal of AWS's it is that no policy causes, if it is one."""
    return _first(_words("not_iam.json"), lowered, refused=refused)


def is_foreign_refusal(lowered: str) -> bool:
    """Whether the line holds another system's own words of refusal."""
    return any(word in lowered for word in _foreign("refusals"))


def is_foreign_system(lowered: str) -> bool:
    """Whether the line names a system that is not AWS."""
    return any(word in lowered for word in _foreign("systems"))


def is_s3_compatible(lowered: str) -> bool:
    """Whether an answer in S3's XML comes from a store that is not S3."""
    return any(word in lowered for word in _foreign("s3_compatible"))


def verdict_of(lowered: str, *, refused: bool) -> tuple[Verdict, Kind] | None:
    """The verdict on a line without a full AWS sentence, where its words decide it alone."""
    kind = not_iam_kind(lowered, refused=refused)
    if kind is not None:
        return Verdict.AWS_403_NOT_IAM, kind
    kind = credentials_kind(lowered, refused=refused)
    return (Verdict.CREDENTIALS, kind) if kind is not None else None
