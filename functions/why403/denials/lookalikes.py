"""403s that no missing permission explains: credentials, AWS but not IAM, and not AWS at all.

Each is known by its words (wordings/), compared in lower case; the first entry that fits decides. A full AWS
sentence in the line outranks them all, except for reasons that IAM has no part in.
A service or a feature that is not switched on is no permission's matter either. Each service words it in its own way
under the code AccessDenied(Exception): what is not enabled, subscribed to or open, and for whom. Read by the form,
whatever the service: `<service> is not enabled`, or `… is not … for this account`.
https://docs.aws.amazon.com/macie/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/securityhub/1.0/APIReference/CommonErrors.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from why403.denials.contains import holds_any
from why403.denials.denial import Kind, Verdict
from why403.denials.wording import patterns_with_sign, with_sign, wordings
from why403.iam.reference import prefix_of

SIGNS = ("certain", "refusals", "systems", "s3_compatible")
PATTERNS = ("talk", "list", "test", "document", "page", "s3_compatible")
"""Signs that patterns tell: of a text about refusals, none of which it reports, and of stores by where their name stands."""
REASONS_BESIDE_IAM = (Kind.BLOCK_PUBLIC_ACCESS, Kind.ACL_DISABLED)
_NOT = r"(?:(?:is|was|are|has|have)(?:n't| not| no longer)|not)(?: yet)?(?: been)?"
_ON = r"(?:enabled|activated|turned on|switched on|onboarded|subscribed|signed up|opted in|open|available|supported)"
_WHOM = r"(?:account|region|organi[sz]ation|customers?|[a-z]{2}(?:-[a-z]{1,10}){1,2}-\d)"
FOR_WHOM = re.compile(
    rf"\b{_NOT} {_ON}(?: yet)? (?:for|in|to|with)(?: (?:this|the|your|a|new|member|management|aws)){{0,3}} {_WHOM}\b"
)
"""`is not activated for this account`, `hasn't been turned on in us-west-2`, `no longer open to new customers`."""
SERVICE = re.compile(
    rf"(?:^|[:.,\"] |because )(?P<service>[a-z][a-z0-9 -]{{1,40}}?) (?:is|has|was)(?:n't| not)(?: been)? {_ON}\b"
)
"""`Macie is not enabled`: a sentence or a reason of its own, whose subject has to be a service."""


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
        """Whether the line, which says one of this kind's words, has the others too."""
        return all(word in lowered for word in self.all_of) and not holds_any(lowered, self.without)


@cache
def lookalikes() -> tuple[Lookalike, ...]:
    """All of them, in the order in which they are tried."""
    return tuple(
        Lookalike(
            Verdict(one.means["verdict"]),
            Kind(one.means["kind"]),
            one.says,
            one.beside,
            one.without,
            one.only_refused,
        )
        for one in wordings()
        if "kind" in one.means
    )


@cache
def _by_phrase() -> Mapping[str, tuple[int, ...]]:
    """Phrase → the places of the kinds that say it."""
    places: dict[str, list[int]] = {}
    for number, one in enumerate(lookalikes()):
        for phrase in one.says:
            places.setdefault(phrase, []).append(number)
    return {phrase: tuple(numbers) for phrase, numbers in places.items()}


def sayings() -> Iterator[str]:
    """Every phrase, in lower case, that the questions below are about: they are asked of those that a text holds."""
    for one in lookalikes():
        yield from one.says
    for sign in SIGNS:
        yield from sorted(with_sign(sign))
    for sign in PATTERNS:
        for gates, _ in patterns_with_sign(sign):
            yield from gates


def telling_alone() -> Iterator[str]:
    """Those of them that mean something in a line that tells of no refusal."""
    for one in lookalikes():
        if not one.only_refused:
            yield from one.says
    for sign in ("certain", "refusals", "s3_compatible"):
        yield from sorted(with_sign(sign))


def find_lookalike(lowered: str, found: frozenset[str], *, refused: bool) -> Lookalike | None:
    """The kind that a line without a full AWS sentence is, where its words decide it alone."""
    by_phrase = _by_phrase()
    said = sorted({number for phrase in found if phrase in by_phrase for number in by_phrase[phrase]})
    known = (lookalikes()[number] for number in said)
    return next((one for one in known if (refused or not one.only_refused) and one.fits(lowered)), None)


def reason_beside_iam(lowered: str) -> Kind | None:
    """Why AWS's sentence is none about policies of ours: Block Public Access, disabled ACLs."""
    if not holds_any(lowered, ("public", "acl")):
        return None
    known = (one for one in lookalikes() if one.kind in REASONS_BESIDE_IAM)
    return next((one.kind for one in known if holds_any(lowered, one.says) and one.fits(lowered)), None)


def is_certainly_foreign(found: frozenset[str]) -> bool:
    """Whether the line holds a refusal in another system's own grammar, which no answer of AWS has."""
    return not found.isdisjoint(with_sign("certain"))


def is_foreign_refusal(found: frozenset[str]) -> bool:
    """Whether the line holds another system's own words of refusal."""
    return not found.isdisjoint(with_sign("refusals"))


def is_foreign_system(found: frozenset[str]) -> bool:
    """Whether the line names a system that is not AWS."""
    return not found.isdisjoint(with_sign("systems"))


def is_s3_compatible(text: str, found: frozenset[str]) -> bool:
    """Whether an answer like S3's comes from a store that is not S3: its own words; its name, where no host is AWS's."""
    if not found.isdisjoint(with_sign("s3_compatible")):
        return True
    return ".amazonaws.com" not in text and is_said(text, found, "s3_compatible")


def is_said(text: str, found: frozenset[str], sign: str) -> bool:
    """Whether a pattern of the sign fits the text, which holds the phrases `found`."""
    return said_at(text, found, sign) is not None


def said_at(text: str, found: frozenset[str], sign: str) -> int | None:
    """Where the first pattern of the sign fits the text, which holds the phrases `found`; None: nowhere."""
    by_gate = _patterns_by_gate(sign)
    behind = {pattern for gate in found if gate in by_gate for pattern in by_gate[gate]}
    return min((match.start() for pattern in behind if (match := pattern.search(text))), default=None)


@cache
def _patterns_by_gate(sign: str) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    behind: dict[str, tuple[re.Pattern[str], ...]] = {}
    for gates, pattern in patterns_with_sign(sign):
        for gate in gates:
            behind[gate] = (*behind.get(gate, ()), pattern)
    return behind


def service_switched_off(lowered: str) -> str | None:
    """The IAM prefix of the service that a refusal, in lower case, says is not on: `macie2`. None: it says no such thing.

    Empty where it is not there for the account, Region or organization, and the words name no service.
    """
    named = (prefix_of(found["service"]) for found in SERVICE.finditer(lowered))
    service = next(filter(None, named), "")
    return service or ("" if FOR_WHOM.search(lowered) else None)
