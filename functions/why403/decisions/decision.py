"""The call that is evaluated, what the policies say to it, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from why403.iam.layer import Effect, Layer


class Match(StrEnum):
    """Three-valued: UNKNOWN where a value that decides is not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


YES, NO, UNKNOWN = Match.YES, Match.NO, Match.UNKNOWN


class Outcome(StrEnum):
    """What AWS would answer."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit-deny"
    EXPLICIT_DENY = "explicit-deny"
    UNKNOWN = "unknown"


class KeyState(StrEnum):
    """What is known of a condition key of this call."""

    GIVEN = "given"
    ABSENT = "absent"
    NEVER = "never"
    """This kind of call never carries it."""
    UNKNOWN = "unknown"


class Part(StrEnum):
    """The parts of a statement that must match."""

    ACTION = "action"
    RESOURCE = "resource"
    PRINCIPAL = "principal"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEvidence:
    """One operator on one key: what the policy wants, what the call gives."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    given: tuple[str, ...]
    state: KeyState
    match: Match
    meant: tuple[tuple[str, str], ...] = ()
    """Of what is wanted each text with a variable, and what it means in this call; only where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEvidence:
    """Why one statement applies to the request, or not."""

    layer: Layer
    policy: str
    """The policy's name."""
    statement: str
    """The Sid, or `#1` for the first statement where it has none."""
    index: int
    effect: str
    """`Allow` or `Deny`."""
    action: Match
    resource: Match
    principal: Match
    conditions: tuple[ConditionEvidence, ...]
    match: Match
    misses: tuple[Part, ...]
    """The parts that do not match (NO), in the order of the enum; a near miss has one."""
    wanted: tuple[str, ...] = ()
    """What the first missing part asks for: the action, resource or principal patterns."""


NO_VALUES: Mapping[str, str] = {}


class LayerFinding(NamedTuple):
    """What one layer says, and the policy and statement that decide it. A named tuple: each answer has some five.

    `reason` is an id of decisions/reasons.py, worded in notices/words; `values` fill it. Where nothing decides,
    `policy` and `statement` are those of the near miss, else empty.
    """

    layer: Layer
    effect: Effect
    reason: str
    policy: str = ""
    statement: str = ""
    values: Mapping[str, str] = NO_VALUES
    near_miss: StatementEvidence | None = None
    evidence: Sequence[StatementEvidence] = ()
    """Every statement that spoke of the action or the resource; all of them for small sets."""
    level: int = 0
    """SCP and RCP: the level that decides, 0 for the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As `why403 evaluate` reads it.

    `principal` is an ARN, a service principal's name or `anonymous`; `resource` an ARN, or `*` for an action
    without resource types. Context keys as the policy reference spells them; a value is one string or several.
    `context_complete` False makes a key that is not given unknown instead of absent, unless the kind of call
    settles it.
    """

    principal: str
    action: str
    resource: str
    resource_account: str = ""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    context_complete: bool = True


def denying_statement(finding: LayerFinding) -> StatementEvidence | None:
    """The Deny that the finding names, and that the call meets or may meet; None where nobody read such a one."""
    read: list[StatementEvidence] = [*finding.evidence, *([finding.near_miss] if finding.near_miss else [])]
    for each in read:
        named = (each.policy, each.statement) == (finding.policy, finding.statement)
        if named and each.effect == "Deny" and each.match is not Match.NO:
            return each
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`settles` are the condition keys whose values would turn an unknown decision into a sure one."""

    outcome: Outcome
    layers: tuple[LayerFinding, ...]
    denied_by: tuple[Layer, ...] = ()
    """All layers that must change before the call is allowed."""
    settles: tuple[str, ...] = ()


def every(matches: Iterable[Match]) -> Match:
    """YES where all are, NO where one is not."""
    result = YES
    for match in matches:
        if match is NO:
            return NO
        if match is UNKNOWN:
            result = UNKNOWN
    return result


def either(matches: Iterable[Match]) -> Match:
    """YES where one is, NO where none is."""
    result = NO
    for match in matches:
        if match is YES:
            return YES
        if match is UNKNOWN:
            result = UNKNOWN
    return result


def negate(match: Match) -> Match:
    """The other of YES and NO; UNKNOWN stays."""
    if match is UNKNOWN:
        return UNKNOWN
    return NO if match is YES else YES
