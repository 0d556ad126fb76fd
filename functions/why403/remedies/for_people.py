"""Denials that no draft can mend: only a person can, and knows by what follows what to do."""

from why403.decisions.decision import Outcome
from why403.iam.layer import Layer
from why403.remedies.case import Case, Judged
from why403.remedies.layers import explicit_deny
from why403.remedies.proposal import Proposal
from why403.remedies.target_missing import target_missing
from why403.remedies.unsolved import (
    NO_GRANT_HELPS,
    allowed_now,
    asks_elsewhere,
    caller_gone,
    pod_on_node_role,
    protected_by_caller,
)
from why403.remedies.untouchable import untouchable


def for_people(case: Case, denied: Judged) -> tuple[Proposal, ...]:  # noqa: PLR0911  # one for each that only people mend
    """Playbooks instead of drafts: what only AWS changes, explicit denials, callers that are gone or must do more.

    Empty where a draft is what helps.
    """
    fixed = untouchable(denied.request)
    if fixed is not None:
        return (fixed,)
    for judged in (denied, *case.needed_besides):
        if explicit_deny.is_explicit(case, judged):
            return explicit_deny.playbooks(case, judged)
    if case.caller is not None and case.caller.exists is False:
        return (caller_gone(case, denied),)
    missing = target_missing(case, denied)
    if missing is not None:
        return (missing,)
    elsewhere = asks_elsewhere(case, denied)
    if elsewhere is not None and (
        elsewhere.title.id == NO_GRANT_HELPS or denied.decision.outcome is Outcome.ALLOWED
    ):
        return (elsewhere,)
    if denied.decision.outcome is Outcome.ALLOWED:
        return (allowed_now(case, denied),)
    on_node = pod_on_node_role(case, denied)
    if on_node is not None:
        return (on_node,)
    guarded = protected_by_caller(case, denied)
    return (guarded,) if guarded is not None and guarded.layer is Layer.IDENTITY else ()
