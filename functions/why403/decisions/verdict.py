"""What the policies of one layer say to one call, before the layers are weighed against each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from why403.decisions.decision import Match
from why403.decisions.judged_call import JudgedCall
from why403.decisions.judged_statement import JudgedStatement
from why403.decisions.principal_match import Naming
from why403.decisions.reasons import Reason
from why403.decisions.three_valued import every
from why403.iam.document import ALLOW, Document, parse_document
from why403.iam.layer import Layer
from why403.iam.policy import Policy

YES, NO, UNKNOWN = Match.YES, Match.NO, Match.UNKNOWN
REMEMBERED_ACTIONS = 4096


@dataclass(slots=True)
class Verdict:
    """`account` is whether anything allows; `role` and `direct` whether something names the caller so closely."""

    layer: Layer
    account: Match = NO
    role: Match = NO
    direct: Match = NO
    deny: Match = NO
    allowed_by: JudgedStatement | None = None
    denied_by: JudgedStatement | None = None
    doubts: list[JudgedStatement] = field(default_factory=list)
    """Statements whose match is unknown."""
    broken: str = ""
    """A policy of the layer that AWS would refuse, whatever it was meant to say."""
    unread: bool = False
    level: int = 0
    override: Reason | None = None
    """A reason that stands above what the statements say."""

    def allow(self, match: Match, naming: Naming, statement: JudgedStatement) -> None:
        """Count an Allow statement in."""
        if match is UNKNOWN:
            self.doubts.append(statement)
        elif self.allowed_by is None or naming > self._naming():
            self.allowed_by = statement
        self.account = _stronger(self.account, match)
        if naming >= Naming.ROLE:
            self.role = _stronger(self.role, match)
        if naming is Naming.DIRECT:
            self.direct = _stronger(self.direct, match)

    def _naming(self) -> Naming:
        if self.direct is YES:
            return Naming.DIRECT
        return Naming.ROLE if self.role is YES else Naming.ACCOUNT

    def doubt_all(self) -> None:
        """Part of the layer could not be read: what is not surely so is unknown."""
        self.account, self.role, self.direct, self.deny = (
            _stronger(match, UNKNOWN) for match in (self.account, self.role, self.direct, self.deny)
        )


def _stronger(one: Match, other: Match) -> Match:
    if YES in (one, other):
        return YES
    return UNKNOWN if UNKNOWN in (one, other) else NO


class LayerPolicies:
    """The policies of one layer, or of one level of an organization, compiled."""

    __slots__ = ("_spoken", "broken", "empty", "layer", "statements")

    def __init__(self, layer: Layer, policies: Iterable[Policy]) -> None:
        self.layer = layer
        named = [(policy.name, parse_document(policy.document)) for policy in policies]
        self.empty = not named
        self.broken = next((name for name, document in named if document.defects), "")
        self.statements = tuple(
            statement for name, document in named for statement in self._compile(name, document)
        )
        self._spoken: dict[str, tuple[list[JudgedStatement], list[JudgedStatement]]] = {}

    def _compile(self, name: str, document: Document) -> Iterable[JudgedStatement]:
        if document.defects:
            return
        for statement in document.statements:
            yield JudgedStatement(statement, layer=self.layer, policy=name, variables=document.variables)

    def speaking_of(self, action: str) -> tuple[list[JudgedStatement], list[JudgedStatement]]:
        """The statements that mean `action`: those that deny, those that allow. Remembered for each action."""
        found = self._spoken.get(action)
        if found is None:
            if len(self._spoken) >= REMEMBERED_ACTIONS:
                self._spoken.clear()
            spoken = [statement for statement in self.statements if statement.speaks_of(action)]
            found = (
                [statement for statement in spoken if statement.statement.effect != ALLOW],
                [statement for statement in spoken if statement.statement.effect == ALLOW],
            )
            self._spoken[action] = found
        return found

    def judge(self, call: JudgedCall, *, unread: bool = False) -> Verdict:
        """What these policies say to the call."""
        verdict = Verdict(self.layer, broken=self.broken, unread=unread)
        denying, allowing = self.speaking_of(call.action)
        for statement in denying:
            match, _ = statement.judge(call)
            if match is YES:
                verdict.deny, verdict.denied_by = YES, statement
                break
            if match is UNKNOWN:
                verdict.deny = UNKNOWN
                verdict.doubts.append(statement)
        for statement in allowing:
            match, naming = statement.judge(call)
            if match is not NO:
                verdict.allow(match, naming, statement)
                if verdict.direct is YES:
                    break
        if self.broken:
            verdict.deny = _stronger(verdict.deny, UNKNOWN)
        if unread:
            verdict.doubt_all()
        return verdict


def judge_levels(levels: tuple[LayerPolicies, ...], call: JudgedCall, *, unread: bool) -> Verdict:
    """An organization's chain, root first: every level must allow, any may deny.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
    """
    verdicts = [level.judge(call) for level in levels]
    found = Verdict(levels[0].layer if levels else Layer.SCP, unread=unread)
    found.account = every(verdict.account for verdict in verdicts) if verdicts else NO
    for number, verdict in enumerate(verdicts):
        found.deny = _stronger(found.deny, verdict.deny)
        found.broken = found.broken or verdict.broken
        found.doubts += verdict.doubts
        if verdict.denied_by is not None and found.denied_by is None:
            found.denied_by, found.level = verdict.denied_by, number
    if found.denied_by is None:
        found.level = _deciding_level(verdicts)
        found.allowed_by = verdicts[found.level].allowed_by if verdicts else None
    if unread:
        found.account, found.deny = (
            UNKNOWN if found.account is YES else found.account,
            _stronger(found.deny, UNKNOWN),
        )
    return found


def _deciding_level(verdicts: list[Verdict]) -> int:
    """The first level that does not allow, else the last."""
    for wanted in (NO, UNKNOWN):
        for number, verdict in enumerate(verdicts):
            if verdict.account is wanted:
                return number
    return len(verdicts) - 1 if verdicts else 0
