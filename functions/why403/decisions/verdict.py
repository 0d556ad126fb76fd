"""What the policies of one layer say to one call, before the layers are weighed against each other."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from why403.decisions.decision import Match
from why403.decisions.judged_call import JudgedCall
from why403.decisions.judged_statement import WITH_PRINCIPAL, JudgedStatement
from why403.decisions.principal_match import Naming
from why403.decisions.reasons import Reason
from why403.iam.document import ALLOW, parse_document
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
        self.account = stronger(self.account, match)
        if naming >= Naming.ROLE:
            self.role = stronger(self.role, match)
        if naming is Naming.DIRECT:
            self.direct = stronger(self.direct, match)

    def _naming(self) -> Naming:
        if self.direct is YES:
            return Naming.DIRECT
        return Naming.ROLE if self.role is YES else Naming.ACCOUNT

    def doubt_all(self) -> None:
        """Part of the layer could not be read: what is not surely so is unknown."""
        self.account, self.role, self.direct, self.deny = (
            stronger(match, UNKNOWN) for match in (self.account, self.role, self.direct, self.deny)
        )


def stronger(one: Match, other: Match) -> Match:
    """YES where one is, UNKNOWN where one may be."""
    if YES in (one, other):
        return YES
    return UNKNOWN if UNKNOWN in (one, other) else NO


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """One policy of a layer. `broken`: AWS would refuse the document as a whole; then it has no statements."""

    name: str
    broken: bool
    statements: tuple[JudgedStatement, ...]


def compile_policy(layer: Layer, policy: Policy) -> CompiledPolicy:
    """Parse a policy and compile its statements as `layer` reads them."""
    document = parse_document(policy.document)
    if document.defects:
        return CompiledPolicy(policy.name, broken=True, statements=())
    statements = tuple(
        JudgedStatement(statement, layer=layer, policy=policy.name, variables=document.variables)
        for statement in document.statements
    )
    return CompiledPolicy(policy.name, broken=False, statements=statements)


class LayerPolicies:
    """The policies of one layer, or of one level of an organization, compiled."""

    __slots__ = ("_settled", "_spoken", "broken", "empty", "layer", "statements")

    def __init__(self, layer: Layer, policies: Iterable[CompiledPolicy]) -> None:
        self.layer = layer
        held = tuple(policies)
        self.empty = not held
        self.broken = next((policy.name for policy in held if policy.broken), "")
        self.statements = tuple(statement for policy in held for statement in policy.statements)
        self._settled: dict[str, Verdict] = {}
        self._spoken: dict[str, tuple[list[JudgedStatement], list[JudgedStatement]]] = {}

    def speaking_of(self, action: str) -> tuple[list[JudgedStatement], list[JudgedStatement]]:
        """The statements that mean `action`: those that deny, those that allow. Remembered for each action."""
        found = self._spoken.get(action)
        if found is None:
            if len(self._spoken) >= REMEMBERED_ACTIONS:
                self._spoken.clear()
                self._settled.clear()
            spoken = [statement for statement in self.statements if statement.speaks_of(action)]
            found = (
                [statement for statement in spoken if statement.statement.effect != ALLOW],
                [statement for statement in spoken if statement.statement.effect == ALLOW],
            )
            self._spoken[action] = found
        return found

    def judge(self, call: JudgedCall, *, unread: bool = False) -> Verdict:
        """What these policies say to the call; remembered where it is the same for every call of the action."""
        if unread or self.broken:
            return self._weigh(call, unread=unread)
        settled = self.settled(call.action)
        if settled is not None:
            return settled
        verdict = self._weigh(call, unread=False)
        denying, allowing = self.speaking_of(call.action)
        if not denying and (not allowing or allowing[0].always) and self.layer not in WITH_PRINCIPAL:
            self._settled[call.action] = verdict
        return verdict

    def settled(self, action: str) -> Verdict | None:
        """The remembered verdict on `action`, which is the same for every call of it."""
        return self._settled.get(action)

    def _weigh(self, call: JudgedCall, *, unread: bool) -> Verdict:
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
            verdict.deny = stronger(verdict.deny, UNKNOWN)
        if unread:
            verdict.doubt_all()
        return verdict
