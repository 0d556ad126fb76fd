"""KMS grants: permission for one principal, beside the key's policy.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from collections.abc import Iterable

from why403.decisions.decision import NO, UNKNOWN, YES, KeyState, Match, either, every
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_verdict import LayerVerdict
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind
from why403.services.reading import Grant

ENCRYPTION_CONTEXT = "kms:encryptioncontext:"


def evaluate_grants(grants: Iterable[Grant], call: EvaluationContext) -> LayerVerdict:
    """What the key's grants allow the caller: as closely as a key policy that names the grantee."""
    match = either(_match(grant, call) for grant in grants)
    direct = match if call.caller.kind in {PrincipalKind.USER, PrincipalKind.SERVICE} else NO
    verdict = LayerVerdict(Layer.GRANT)
    verdict.account, verdict.role, verdict.direct = match, match, direct
    return verdict


def _match(grant: Grant, call: EvaluationContext) -> Match:
    operations = {operation.lower() for operation in grant.operations}
    if call.action.partition(":")[2] not in operations or not _is_grantee(grant.grantee, call):
        return NO
    if not grant.encryption_context_equals and not grant.encryption_context_subset:
        return YES
    wanted = (*grant.encryption_context_equals, *grant.encryption_context_subset)
    pairs = every(_carries(key, value, call) for key, value in wanted)
    return every((pairs, _nothing_else(grant, call)))


def _is_grantee(grantee: str, call: EvaluationContext) -> bool:
    return grantee in {call.request.principal, call.caller.iam_arn}


def _carries(key: str, value: str, call: EvaluationContext) -> Match:
    state, values = call.key(ENCRYPTION_CONTEXT + key.lower())
    if state is KeyState.UNKNOWN:
        return UNKNOWN
    return YES if values == (value,) else NO


def _nothing_else(grant: Grant, call: EvaluationContext) -> Match:
    """EncryptionContextEquals: the call's encryption context holds these pairs and no other."""
    if not grant.encryption_context_equals:
        return YES
    carried = sum(key.lower().startswith(ENCRYPTION_CONTEXT) for key in call.request.context)
    if carried > len(grant.encryption_context_equals):
        return NO
    return YES if call.request.context_complete or carried else UNKNOWN
