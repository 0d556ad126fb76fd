"""AWS's full sentence: `User: X is not authorized to perform: A on resource: R because no L policy allows the A action`.

Found in a plain text (plain.py), with every variation of quotes, dialects and cut ends; each occurrence is one sentence.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from why403.denials.arn_text import arn_at, arn_before
from why403.denials.call import FailedCall
from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.denials.layers import deny_kind
from why403.denials.lookalikes import reason_beside_iam
from why403.iam.arn import parse_arn
from why403.iam.reference import actions_of, is_prefix, spell_action

ANCHOR = "authorized to perform"
LEFT, RIGHT = 500, 3500
"""Characters of a sentence before and after the anchor; an S3 key alone may have 1,024."""
ACTION = re.compile(
    r"[:\s]{0,3}(?:the )?(?:following )?(?:action\(?s?\)?|operation|required aws marketplace actions)?[:\s(]{0,3}[`'\"*\[(]{0,4}"
    r"(?P<action>(?!arn:)[A-Za-z][A-Za-z0-9-]{0,40}:\s?(?:[A-Za-z][A-Za-z0-9]{0,80}|\*))",
    re.IGNORECASE,
)
"""What people, translators and services put between verb and action: `: `, ` the following action: "`, ` operation: (`; an ARN behind
it is what a line that did not arrive left there."""
ON = re.compile(
    r"[`'\"*\]),.]{0,4}\s{0,3}(?:on|for|against) (?:the )?(?:following )?resources?\b(?: with ARN)?:?\s*|[`'\"]{0,2} on (?=[`'\"]?arn:)"
)
"""`on resource: `, `against resources `, or only ` on ` where an ARN follows: other words behind ` on ` name no resource."""
KIND_AND_NAME = re.compile(
    r"(role|user|group|policy|instance profile|mfa|server certificate)\s+[`'\"]?(?=\S)"
)
"""IAM alone names what was denied by kind and name: `on resource: role deploy`, `user bob`."""
NO_NAMES = frozenset({"due", "with", "because", "as", "by", "in"})
"""Words that go on where a resource should stand and does not."""
LAYER = re.compile(
    r"(?:(?:identity|resource)-based|(?:service|resource) control|sessions?|VPC endpoint|role trust) policy\b|permissions boundary\b"
)
"""The middle of AWS's reason, where the line between was cut away: no resource's name."""
REASON = re.compile(r" (?:because (?:no|public|the|it|your)|with an explicit deny|as (?:the|it)) ")
"""AWS's words behind a resource, and nothing shorter: ` because ` alone stands in objects' names."""
POLICY_ARN = re.compile(
    r"(?:policy|boundary|\baction)(?:[:\s]|with ARN)+[`'\"]?(arn:[\w-]+:(?:iam|organizations)::[^\s\"'`,;()]+)",
    re.IGNORECASE,
)
"""AWS may name the policy that denied, as `policy: arn:..` or `policy with ARN arn:..`; only IAM's and Organizations' are policies."""
AUTHORIZATION_ID = re.compile(r"authorization id:?\s*[`'\"]?([0-9a-z]{8,256})(?![0-9A-Za-z])", re.IGNORECASE)
"""At the sentence's end; whole only where no letter or digit follows within its most of 256."""
OTHER_ARN = re.compile(r"arn:(?!aws|partition\b)[a-z][a-z-]{1,20}:")
"""A name of the same form in another system's partition; a masked one may be AWS's."""
NEGATION = re.compile(r"(?:\b(?:is|are|was|were|am)\s+not|\bisn't|\bisn’t|\bnot|\bun)\s*$", re.IGNORECASE)
"""`authorized to perform` alone may be a success or a page's text; `not`, `isn't` with either apostrophe, and `un` deny it."""
SUPPOSED = re.compile(r"\b(?:when|if|unless|whether) (?:\w+ ){0,4}$", re.IGNORECASE)
"""Documentation and help texts: `when a user is not authorized to perform`; at most four words stand between, as in `if your own IAM user is`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One denial in AWS's words. `start`, `at` (the verb) and `end` are places in the plain text; None: the sentence does not say."""

    start: int
    at: int
    end: int
    action: str | None
    service: str
    principal: str | None
    resource: str | None
    resource_name: str | None
    deny_kind: DenyKind
    reason: str
    policy_arn: str | None
    authorization_id: str | None


def find_sentences(text: str) -> Iterator[Sentence]:
    """Every enriched message in the plain text, in order. Linear: each piece of text is looked at once per anchor."""
    at = text.find(ANCHOR)
    floor = 0
    while at >= 0:
        following = text.find(ANCHOR, at + len(ANCHOR))
        ceiling = min(len(text), at + RIGHT, following if following >= 0 else len(text))
        sentence = _read(text, max(floor, at - LEFT), at, ceiling)
        if sentence is not None:
            yield sentence
            floor = sentence.end
        at = following


def _read(text: str, floor: int, at: int, ceiling: int) -> Sentence | None:
    left = NEGATION.search(text, max(floor, at - 12), at)
    action = ACTION.match(text, at + len(ANCHOR), ceiling)
    if left is None or action is None:
        return None
    told = action["action"].replace(" ", "")
    is_cut = action.end() == len(text)
    spelled = spell_action(told)
    prefix = told.partition(":")[0].lower()
    principal = arn_before(text, floor, left.start())
    if OTHER_ARN.match(principal or "") or (
        principal is None
        and (not is_prefix(prefix) or SUPPOSED.search(text, max(floor, at - 60), left.start()))
    ):
        return None
    tail = text[action.end() : ceiling]
    value, rest = _resource(tail, closed=ceiling < len(text))
    if ceiling == len(text) and not rest and text.count('"', 0, at) % 2 and '"' not in tail:
        value = ""  # inside a JSON string that the end of the text cuts off
    arn, name = _as_arn(value, principal, prefix)
    policy = POLICY_ARN.search(rest)
    authorization = AUTHORIZATION_ID.search(rest)
    return Sentence(
        start=max(floor, left.start() - 300),
        at=at,
        end=action.end() + len(tail) - len(rest),
        action=spelled or (None if is_cut else f"{prefix}:{told.partition(':')[2]}"),
        service=prefix,
        principal=principal,
        resource=arn,
        resource_name=name,
        deny_kind=deny_kind(rest),
        reason=rest[:400],
        policy_arn=policy[1].rstrip(".") if policy else None,
        authorization_id=authorization[1] if authorization else None,
    )


def _resource(tail: str, *, closed: bool) -> tuple[str, str]:
    """The resource as the text gives it, and what follows it."""
    on = ON.match(tail)
    if on is None:
        return "", tail
    rest = tail[on.end() :]
    quote = rest[:1]
    if quote in "\"'`":
        end = min(
            (place for mark in {quote, "'" if quote == "`" else quote} if (place := rest.find(mark, 1)) > 0),
            default=-1,
        )
        if end > 0:
            return rest[1:end], rest[end + 1 :]
        reason = REASON.search(rest)
        return (rest[1 : reason.start()], rest[reason.start() :]) if reason else ("", "")
    return _bare(rest, closed=closed)


def _bare(rest: str, *, closed: bool) -> tuple[str, str]:
    kind = KIND_AND_NAME.match(rest)
    prefix = f"{kind[1]} " if kind else ""
    value = rest[kind.end() :] if kind else rest
    reason = REASON.search(value)
    arn, end = arn_at(value, reason.start() if reason else -1, closed=closed)
    if arn is not None:
        return arn, value[end:]
    if value.startswith("arn:"):
        return "", value[end:]
    word = value.split(" ", 1)[0]
    if not kind and (word in NO_NAMES or LAYER.match(value)):
        return "", value
    return prefix + word.rstrip("\"'`,;)}").rstrip("."), value[len(word) :]


def _as_arn(value: str, principal: str | None, prefix: str) -> tuple[str | None, str | None]:
    """The value as an ARN where it is one or names an IAM entity of a known account; else None and the name."""
    if value == "*" or value.startswith("arn:"):
        return value, None
    kind, space, name = value.rpartition(" ")
    if not space or prefix != "iam":
        return None, value or None
    parts = (principal or "").split(":")
    if len(parts) < 6 or not parts[4] or not name or name in {"/", "path"} or kind not in IAM_KINDS:  # noqa: PLR2004  # segments of an ARN
        return None, name
    return f"arn:{parts[1]}:iam::{parts[4]}:{IAM_KINDS[kind]}/{name}", None


IAM_KINDS = {
    "role": "role",
    "user": "user",
    "group": "group",
    "policy": "policy",
    "instance profile": "instance-profile",
}


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
    is_of_iam = sentence.deny_kind is not DenyKind.UNKNOWN
    beside_iam = None if is_of_iam else reason_beside_iam(sentence.reason.lower())
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
