"""An organization's chain of policies, root first: every level must allow, any may deny.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from collections.abc import Iterable, Sequence

from why403.decisions.decision import Match
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_policies import LayerPolicies
from why403.decisions.layer_verdict import LayerVerdict, stronger
from why403.decisions.three_valued import every
from why403.iam.layer import Layer

YES, NO, UNKNOWN = Match.YES, Match.NO, Match.UNKNOWN


class Chain:
    """The levels of one kind of organization policy, compiled. An RCP level allows by itself: RCPFullAWSAccess."""

    __slots__ = ("_settled", "layer", "levels")

    def __init__(self, layer: Layer, levels: Iterable[LayerPolicies]) -> None:
        self.layer = layer
        self.levels = tuple(levels)
        self._settled: dict[str, LayerVerdict] = {}

    def evaluate(self, call: EvaluationContext, *, unread: bool) -> LayerVerdict:
        """What the chain says; remembered where every level says the same to every call of the action."""
        settled = self._settled.get(call.action)
        if settled is not None and not unread:
            return settled
        verdicts = [level.evaluate(call) for level in self.levels]
        found = self._sum_up(verdicts, unread=unread)
        if not unread and all(level.settled(call.action) for level in self.levels):
            self._settled[call.action] = found
        return found

    def _sum_up(self, verdicts: Sequence[LayerVerdict], *, unread: bool) -> LayerVerdict:
        found = LayerVerdict(self.layer, unread=unread)
        found.account = every(verdict.account for verdict in verdicts) if verdicts else NO
        for number, verdict in enumerate(verdicts):
            found.deny = stronger(found.deny, verdict.deny)
            found.broken = found.broken or verdict.broken
            found.doubts += verdict.doubts
            if verdict.denied_by is not None and found.denied_by is None:
                found.denied_by, found.level = verdict.denied_by, number
        if found.denied_by is None:
            found.level = _deciding_level(verdicts)
            found.allowed_by = verdicts[found.level].allowed_by if verdicts else None
        if unread:
            found.account = UNKNOWN if found.account is YES else found.account
            found.deny = stronger(found.deny, UNKNOWN)
        if self.layer is Layer.RCP:
            found.account = YES
        return found


def _deciding_level(verdicts: Sequence[LayerVerdict]) -> int:
    """The first level that does not allow, else the last."""
    for wanted in (NO, UNKNOWN):
        for number, verdict in enumerate(verdicts):
            if verdict.account is wanted:
                return number
    return len(verdicts) - 1 if verdicts else 0
