"""What the policies of one layer say to one call, before the layers are weighed against each other."""

from dataclasses import dataclass, field

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import NO, UNKNOWN, YES, Match
from why403.decisions.principal_match import Naming
from why403.decisions.reasons import Reason
from why403.iam.layer import Layer


@dataclass
class LayerVerdict:
    """`account` is whether anything allows; `role` and `direct` whether something names the caller so closely.

    What is as it is mostly stands in the class: there are six of these in each answer.
    """

    layer: Layer
    account: Match = field(default=NO, init=False)
    role: Match = field(default=NO, init=False)
    direct: Match = field(default=NO, init=False)
    deny: Match = field(default=NO, init=False)
    allowed_by: CompiledStatement | None = field(default=None, init=False)
    denied_by: CompiledStatement | None = field(default=None, init=False)
    doubts: tuple[CompiledStatement, ...] = field(default=(), init=False)
    """Statements whose match is unknown."""
    broken: str = field(default="", init=False)
    """A policy of the layer that AWS would refuse, whatever it was meant to say."""
    unread: bool = field(default=False, init=False)
    level: int = field(default=0, init=False)
    override: Reason | None = field(default=None, init=False)
    """A reason that stands above what the statements say."""

    def allow(self, match: Match, naming: Naming, statement: CompiledStatement) -> None:
        """Count an Allow statement in."""
        if match is UNKNOWN:
            self.doubts += (statement,)
        elif self.allowed_by is None or naming > self._naming():
            self.allowed_by = statement
        self.account = match if match is YES else stronger(self.account, match)
        if naming >= Naming.ROLE:
            self.role = match if match is YES else stronger(self.role, match)
        if naming is Naming.DIRECT:
            self.direct = match if match is YES else stronger(self.direct, match)

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
