"""403s that no missing permission explains: credentials, AWS but not IAM, and not AWS at all.

Each is known by its words (words/lookalikes.json, words/foreign.json), compared in lower case; the first entry that
fits decides. A full AWS sentence in the line outranks them all, except for reasons that IAM has no part in.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from why403.denials.contains import holds_any
from why403.denials.denial import Kind, Verdict

WORDS = Path(__file__).parent / "words"
REASONS_BESIDE_IAM = (Kind.BLOCK_PUBLIC_ACCESS, Kind.ACL_DISABLED)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One kind and its words: any of `says`, all of `all_of`, none of `without`.

    `only_refused`: they mean it only beside a refusal or a 403.
    """

    verdict: Verdict
    kind: Kind
    says: tuple[str, ...]
    all_of: tuple[str, ...]
    without: tuple[str, ...]
    only_refused: bool

    def fits(self, lowered: str) -> bool:
        """Whether the line has this kind's words."""
        return (
            holds_any(lowered, self.says)
            and all(word in lowered for word in self.all_of)
            and not holds_any(lowered, self.without)
        )


@cache
def lookalikes() -> tuple[Lookalike, ...]:
    """All of them, in the order in which they are tried."""
    return tuple(
        Lookalike(
            Verdict(entry["verdict"]),
            Kind(entry["kind"]),
            tuple(entry["says"]),
            tuple(entry.get("with", ())),
            tuple(entry.get("without", ())),
            entry.get("refused", False),
        )
        for entry in json.loads((WORDS / "lookalikes.json").read_text(encoding="utf-8"))
    )


@cache
def _foreign(group: str) -> tuple[str, ...]:
    return tuple(json.loads((WORDS / "foreign.json").read_text(encoding="utf-8"))[group])


def find_lookalike(lowered: str, *, refused: bool) -> Lookalike | None:
    """The kind that a line without a full AWS sentence is, where its words decide it alone."""
    return next(
        (one for one in lookalikes() if (refused or not one.only_refused) and one.fits(lowered)), None
    )


def reason_beside_iam(lowered: str) -> Kind | None:
    """Why AWS's sentence is none about policies of ours: Block Public Access, disabled ACLs."""
    return next(
        (one.kind for one in lookalikes() if one.kind in REASONS_BESIDE_IAM and one.fits(lowered)), None
    )


def is_foreign_refusal(lowered: str) -> bool:
    """Whether the line holds another system's own words of refusal."""
    return holds_any(lowered, _foreign("refusals"))


def is_foreign_system(lowered: str) -> bool:
    """Whether the line names a system that is not AWS."""
    return holds_any(lowered, _foreign("systems"))


def is_s3_compatible(lowered: str) -> bool:
    """Whether an answer in S3's XML comes from a store that is not S3."""
    return holds_any(lowered, _foreign("s3_compatible"))
