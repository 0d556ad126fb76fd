"""Denials that AWS's full sentence tells, joined with the calls that SDK wrappers name around it."""

from collections.abc import Iterable, Sequence

from why403.denials.call import FailedCall
from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.denials.enriched import Sentence
from why403.denials.lookalikes import reason_beside_iam
from why403.iam.arn import parse_arn
from why403.iam.reference import actions_of


def denials_told(sentences: Sequence[Sentence], calls: Sequence[FailedCall]) -> Iterable[Denial]:
    """One denial for each sentence that says something new; where one is repeated, as it tells the operation."""
    told: dict[tuple[object, ...], Denial] = {}
    for number, sentence in enumerate(sentences):
        low = sentences[number - 1].end if number else 0
        high = sentences[number + 1].start if number + 1 < len(sentences) else None
        denial = _denial(sentence, _call_of(sentence, calls, low, high))
        key = (denial.action, denial.resource, denial.principal, denial.deny_kind)
        if key not in told or not told[key].operation:
            told[key] = denial
    return told.values()


def _call_of(
    sentence: Sentence, calls: Sequence[FailedCall], low: int, high: int | None
) -> FailedCall | None:
    """The call that this sentence answers: the last one named before it, else the first after it."""
    named = [call for call in calls if call.operation]
    before = [call for call in named if low <= call.start < sentence.at]
    if before:
        return max(before, key=lambda call: call.start)
    after = [call for call in named if call.start >= sentence.at and (high is None or call.start < high)]
    return min(after, key=lambda call: call.start, default=None)


def _denial(sentence: Sentence, call: FailedCall | None) -> Denial:
    beside_iam = reason_beside_iam(sentence.reason.lower())
    operation = call.operation if call else None
    needed = actions_of(sentence.service, operation) if operation else ()
    others = tuple(action for action in needed if action != sentence.action)
    via = call.service if call and call.service and call.service != sentence.service else None
    arn = parse_arn(sentence.resource or "")
    caller = parse_arn(sentence.principal or "")
    return Denial(
        verdict=Verdict.AWS_403_NOT_IAM if beside_iam else Verdict.MISSING_PERMISSION,
        kind=beside_iam or Kind.NONE,
        service=sentence.service,
        operation=operation,
        action=sentence.action,
        actions=(sentence.action, *others) if sentence.action else (),
        resource=sentence.resource,
        resource_name=sentence.resource_name,
        principal=sentence.principal,
        deny_kind=None if beside_iam else DenyKind(sentence.deny_kind),
        policy_arn=sentence.policy_arn,
        authorization_id=sentence.authorization_id,
        region=(arn.region if arn else "") or None,
        account=(arn.account if arn else "") or (caller.account if caller else "") or None,
        via_service=via,
    )
