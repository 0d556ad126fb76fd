"""The layers as a checklist: what each says to the call, and which statement says it."""

from dataclasses import dataclass
from enum import StrEnum

from why403.decisions.decision import (
    ConditionEvidence,
    Decision,
    KeyState,
    LayerFinding,
    Part,
    StatementEvidence,
)
from why403.decisions.reasons import Reason
from why403.iam.layer import Effect
from why403.message import Message
from why403.notices.naming import short
from why403.notices.notice import Notice
from why403.notices.words import say, word

VALUES_SHOWN = 5
"""Patterns or values of a statement that are written out; the rest is counted."""

EMPTY = '""'
"""How a value without a character is written."""

NEAREST = frozenset(
    {
        Reason.OTHER_ACTION,
        Reason.OTHER_RESOURCE,
        Reason.OTHER_PRINCIPAL,
        Reason.CONDITION_NOT_MET,
        Reason.CONDITION_NEVER_MET,
        Reason.NO_STATEMENT,
    }
)
"""Reasons that say of a layer what its near miss says in full."""


class Mark(StrEnum):
    """What a row says at a glance; a word always stands beside it."""

    ALLOWS = "✅"
    DENIES = "❌"
    NEAR_MISS = "⚠️"
    UNKNOWN = "❔"
    NO_SAY = "➖"


DECIDING = (frozenset({Mark.DENIES, Mark.NEAR_MISS}), frozenset({Mark.UNKNOWN}))
"""Rows that say why, and those that are told where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One layer. All texts are in the notice's language and not escaped."""

    mark: Mark
    word: str
    """What the mark says."""
    layer: str
    """The layer's name."""
    policy: str
    statement: str
    reason: str
    """Why; empty where the near miss says it all."""
    near_miss: str
    """The statement that comes close and what it lacks, in a sentence; empty where none does."""
    finding: LayerFinding

    @property
    def where(self) -> str:
        """The policy, and its statement where that one denies; empty where neither is known."""
        denies = self.statement and self.finding.effect is Effect.EXPLICIT_DENY
        return f"{self.policy}: {self.statement}" if denies else self.policy


def rows(notice: Notice) -> tuple[Row, ...]:
    """The layers that have a say, in the order of the decision; none where nothing could be judged."""
    decision = notice.diagnosis.decision
    if decision is None:
        return ()
    return tuple(_row(finding, decision, notice) for finding in decision.layers)


def _row(finding: LayerFinding, decision: Decision, notice: Notice) -> Row:
    mark = _mark(finding, decision)
    close = near_miss(finding.near_miss, notice) if finding.near_miss else ""
    return Row(
        mark=mark,
        word=word(f"notices.mark.{_name(mark, finding)}", notice.language),
        layer=word(f"notices.layer.{finding.layer}", notice.language),
        policy=policy_name(finding.policy, notice),
        statement=finding.statement,
        reason="" if close and finding.reason in NEAREST else reason_of(finding, notice),
        near_miss=close,
        finding=finding,
    )


def policy_name(name: str, notice: Notice) -> str:
    """A policy's own name, or our word for a resource's one policy: `bucket policy`."""
    return say(Message("notices.policy", {"policy": name}), notice.language) if name else ""


def _name(mark: Mark, finding: LayerFinding) -> str:
    if finding.effect is Effect.EXPLICIT_DENY:
        return "forbids"
    return mark.name.lower().replace("_", "-")


def _mark(finding: LayerFinding, decision: Decision) -> Mark:
    match finding.effect:
        case Effect.ALLOW:
            return Mark.ALLOWS
        case Effect.EXPLICIT_DENY:
            return Mark.DENIES
        case Effect.UNKNOWN:
            return Mark.UNKNOWN
        case Effect.NOT_APPLICABLE:
            return Mark.NO_SAY
        case Effect.IMPLICIT_DENY:
            return _mark_of_silence(finding, decision)


def _mark_of_silence(finding: LayerFinding, decision: Decision) -> Mark:
    if finding.layer in decision.denied_by:
        return Mark.DENIES
    return Mark.NEAR_MISS if finding.near_miss else Mark.NO_SAY


def reason_of(finding: LayerFinding, notice: Notice) -> str:
    """Why the layer says what it says."""
    return say(Message(finding.reason, finding.values), notice.language)


def deciding(told: tuple[Row, ...]) -> tuple[Row, ...]:
    """Those that say why; those that could not be read only where no other does."""
    found = (tuple(row for row in told if row.mark in marks) for marks in DECIDING)
    return next((those for those in found if those), ())


def near_miss(evidence: StatementEvidence, notice: Notice) -> str:
    """Which part of a statement does not fit this call, in a sentence."""
    values = {"policy": short(evidence.policy), "statement": short(evidence.statement)}
    part = evidence.misses[0] if evidence.misses else Part.CONDITION
    if part is not Part.CONDITION and evidence.wanted:
        values["wanted"] = listed(evidence.wanted, notice)
        return word(f"notices.near-miss.{part}", notice.language, **values)
    missed = next((one for one in evidence.conditions if one.match != "yes"), None)
    if missed is None:
        return word("notices.near-miss.other", notice.language, **values)
    values |= {
        "key": missed.key,
        "operator": missed.operator,
        "wanted": listed(_wanted(missed, notice), notice),
    }
    values["given"] = listed(missed.given, notice) or word("notices.given.absent", notice.language)
    return word(f"notices.near-miss.condition.{missed.state}", notice.language, **values)


def _wanted(condition: ConditionEvidence, notice: Notice) -> tuple[str, ...]:
    """What the policy wants; a text with a variable with what that is in this call, where it is known."""
    meant = dict(condition.meant)
    return tuple(
        word("notices.value.meant", notice.language, text=text, value=meant[text]) if text in meant else text
        for text in condition.wanted
    )


def given(condition: ConditionEvidence, notice: Notice) -> str:
    """The value that the call gives for a condition's key, or why there is none."""
    if condition.state is KeyState.GIVEN:
        return listed(condition.given, notice)
    return word(f"notices.key.{condition.state}", notice.language)


def listed(values: tuple[str, ...], notice: Notice) -> str:
    """The values, shortened, with the number of those left out."""
    shown = word("notices.list.comma", notice.language).join(
        short(value) or EMPTY for value in values[:VALUES_SHOWN]
    )
    more = len(values) - VALUES_SHOWN
    return shown if more <= 0 else word("notices.list.more", notice.language, shown=shown, count=str(more))
