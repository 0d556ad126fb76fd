"""Whether the layers together grant a call, explicit denies aside: the evaluation logic as a formula.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from why403.decisions.decision import NO, UNKNOWN, YES, Match, either, every
from why403.decisions.layer_verdict import LayerVerdict
from why403.decisions.relation import Relation
from why403.iam.layer import Layer


class Standing(NamedTuple):
    """What each layer says, for the formula. A layer that does not apply limits nothing."""

    verdicts: Mapping[Layer, LayerVerdict]
    target: Layer
    """RESOURCE or TRUST."""
    target_must_allow: bool
    root: bool

    def limit(self, layer: Layer) -> Match:
        """Whether a limiting layer lets the call through."""
        verdict = self.verdicts.get(layer)
        return YES if verdict is None else verdict.account

    def named(self) -> tuple[Match, Match, Match]:
        """Whether the resource's side allows: anyhow, naming the role or closer, naming the caller itself."""
        target, grant = self.verdicts.get(self.target), self.verdicts.get(Layer.GRANT)
        if grant is None:
            return (NO, NO, NO) if target is None else (target.account, target.role, target.direct)
        sides = [verdict for verdict in (target, grant) if verdict is not None]
        return (
            either(side.account for side in sides),
            either(side.role for side in sides),
            either(side.direct for side in sides),
        )

    def identity_path(self) -> Match:
        """Identity-based policies, boundary and session policy all allow; the root user needs none of them."""
        if self.root:
            return YES
        identity = self.verdicts.get(Layer.IDENTITY)
        return every((NO if identity is None else identity.account, self.limits()))

    def limits(self) -> Match:
        """Boundary and session policy allow."""
        return every((self.limit(Layer.BOUNDARY), self.limit(Layer.SESSION)))


def granted(standing: Standing, relation: Relation) -> Match:
    """Whether the call is granted. Where the owner's account is unknown, only what holds either way is sure."""
    around = every((standing.limit(Layer.SCP), standing.limit(Layer.VPC_ENDPOINT)))
    match relation:
        case Relation.SAME:
            inner = _within_account(standing)
        case Relation.CROSS:
            inner = every((standing.identity_path(), standing.named()[0]))
        case Relation.OUTSIDE:
            inner = standing.named()[0]
        case Relation.UNKNOWN:
            same, cross = granted(standing, Relation.SAME), granted(standing, Relation.CROSS)
            return same if same is cross else UNKNOWN
        case _:
            assert_never(relation)
    return every((inner, around))


def _within_account(standing: Standing) -> Match:
    anyhow, role, direct = standing.named()
    identity = standing.identity_path()
    if standing.target_must_allow:
        identity = every((identity, anyhow))
    return either((direct, every((role, standing.limits())), identity))
