"""All layers that must change before a denied call is allowed.

Where one account needs only one side, identity stands for both, unless only the resource's side can help.
"""

from collections.abc import Iterator

from why403.decisions.decision import Match
from why403.decisions.granting import Standing
from why403.decisions.relation import Relation
from why403.iam.layer import Layer

YES, NO = Match.YES, Match.NO
LAYERS = tuple(Layer)


def denied_by(standing: Standing, relation: Relation) -> tuple[Layer, ...]:
    """The layers that surely deny and whose consent the call needs, in the order of the enum."""
    denying = {layer for layer, verdict in standing.verdicts.items() if verdict.deny is YES}
    denying.update(_silent(standing, relation))
    return tuple(layer for layer in LAYERS if layer in denying) if denying else ()


def _silent(standing: Standing, relation: Relation) -> Iterator[Layer]:
    """The layers whose missing allow matters."""
    for layer in (Layer.SCP, Layer.VPC_ENDPOINT):
        if standing.limit(layer) is NO:
            yield layer
    anyhow, role, direct = standing.named()
    if relation is Relation.OUTSIDE:
        yield from () if anyhow is not NO else (standing.target,)
        return
    if relation is Relation.SAME:
        yield from _within_account(standing, anyhow, role, direct)
        return
    yield from _callers_side(standing)
    if anyhow is NO and relation is Relation.CROSS:
        yield standing.target


def _within_account(standing: Standing, anyhow: Match, role: Match, direct: Match) -> Iterator[Layer]:
    if direct is YES:
        return
    if role is YES:
        yield from _limits(standing)
    elif standing.target_must_allow and anyhow is NO:
        yield from () if standing.root else _limits(standing)
        yield standing.target
    else:
        yield from _callers_side(standing)


def _callers_side(standing: Standing) -> Iterator[Layer]:
    if standing.root:
        return
    identity = standing.verdicts.get(Layer.IDENTITY)
    if identity is None or identity.account is NO:
        yield Layer.IDENTITY
    yield from _limits(standing)


def _limits(standing: Standing) -> Iterator[Layer]:
    for layer in (Layer.BOUNDARY, Layer.SESSION):
        if standing.limit(layer) is NO:
            yield layer
