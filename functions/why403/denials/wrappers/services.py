"""What a service says when a role of its own user's fails it: ECS at a task's start, Lambda, CodePipeline, API Gateway."""

import re
from collections.abc import Iterator
from functools import cache

from why403.denials.arn_text import ROLE
from why403.denials.call import FailedCall, Wrapper
from why403.denials.contains import holds_any
from why403.denials.masked import is_masked
from why403.denials.signs import CODES_OF_ANOTHER, CODES_OF_ONE, has_code, has_refusal
from why403.denials.stated import TAKES, role_not_taken
from why403.denials.wording import Wording, wordings
from why403.iam.reference import actions_of, prefix_of, spell_action

TO_CALL = re.compile(
    r"(?:does not have|doesn't have|lacks|without|have no)(?: sufficient| the| enough)?"
    r" permissions? to (?:call|perform) (?P<operation>[A-Za-z]{3,60}) on (?P<service>[A-Za-z0-9]{2,40})",
    re.IGNORECASE,
)
"""Lambda's words, and what others make of them; an operation and a service's short name follow."""
SECRET = re.compile(r"arn:[\w-]+:(?:secretsmanager|ssm|ecr|logs|kms|lambda):[^\s\"'`,;)<>{}\[\]]{5,400}")
"""What a service fetches for its user: a secret, parameter, image, log group, key or function; names of others are not the resource."""

TO_PERFORM = re.compile(
    r"permissions? to perform (?:this|the|the following) (?:action|operation)s?:? ?['\"`(]?(?P<action>[a-z0-9-]{2,40}:[A-Z]\w{2,80})"
)
"""Services that name the action itself: `permission to perform this action: kms:Decrypt`."""
NEEDS = re.compile(
    r"\b(?:has|have|needs?|requires?|lacks?|missing|without)(?: the)?(?: following| required| necessary)?(?: permissions?:?)? ?[\"'`(\[]?"
    r"(?P<action>[a-z0-9-]{2,40}:[A-Z]\w{2,80})[\"'`)\]]? (?:permissions?|access)\b"
)
"""Which permission a service says to give: `ensure that the role has "s3:GetObject" permissions`."""
OF_CLASSES = {code: of for code, of in {**CODES_OF_ANOTHER, **CODES_OF_ONE}.items() if of}
CLASS = re.compile(rf"(?<![\w.'\"])(?P<code>{'|'.join(map(re.escape, OF_CLASSES))}): (?=[A-Z])")
"""Of the codes those that name one service or what refused it: no application has a class of such a name."""
NOT_ABLE = (
    "ould not ", "annot ", "an't ", "nable to ", "ailed to ", "ot able to ", "denied", "not authorized",
)  # fmt: skip
"""One of these before it tells that it was missed, in lower case but for the first letter."""
SUPPOSED = re.compile(r"\b[Ii]f (?:[\w-]+ ){0,5}$")
"""What is only supposed: `if the service is unable to assume the role`; a subject has five words at most."""
NEAR = 80
"""Characters in which those stand."""
LEFT = 700
"""Characters before a phrase in which its caller stands; an ARN has at most some 600."""
CALLER = re.compile(r"User:? (?P<arn>arn:[\w-]{1,20}:(?:iam|sts)::[^\s\"'`,;]{5,600}) (?:is )?$")
"""Up to the phrase, which begins behind `is ` where that stands; the ARN of a role or session with a name of 64 and a path of 512."""
PRINCIPAL = re.compile(
    r"Principal \[(?P<principal>[^\]]{0,600})\] is not allowed to execute \[(?P<action>[\w:-]{5,80})\] on the resource:? ?\[?"
    r"(?P<arn>arn:[^\s\"'`,;)<>\]]{5,600})?"
)
"""In square brackets AWS writes the principal's id, certificate or ARN, which may be empty; the resource is not always told."""


@cache
def phrases() -> tuple[tuple[str, Wording], ...]:
    """The phrases of the wordings that name an action, each with its wording."""
    return tuple((phrase, one) for one in wordings() if one.action for phrase in one.says)


def says() -> tuple[str, ...]:
    """The phrases alone."""
    return tuple(phrase for phrase, _ in phrases())


def read(text: str) -> Iterator[FailedCall]:
    """The first phrase that the text holds; one that tells of any failure counts beside a refusal alone."""
    lowered = text.lower()
    for phrase, one in phrases():
        at = lowered.find(phrase)
        if at >= 0 and _is_meant(text, at, lowered, one):
            pattern = {"role": ROLE, "arn": SECRET}.get(one.resource)
            found = (pattern.search(text, at) or pattern.search(text)) if pattern else None
            yield FailedCall(
                start=at,
                end=at + len(phrase),
                service=one.action.partition(":")[0],
                action="" if one.action.endswith(":") else one.action,
                resource=found[0].rstrip(".:'") if found and not is_masked(found[0]) else "",
                principal=_caller(text, at),
                code="AccessDenied",
            )
            return


def _is_meant(text: str, at: int, lowered: str, one: Wording) -> bool:
    """Whether what stands around its phrase, at `at`, lets the wording count."""
    return (
        all(word in text for word in one.beside)
        and not holds_any(lowered, one.without)
        and (not one.only_refused or has_code(text) or has_refusal(text))
        and SUPPOSED.search(text, max(0, at - NEAR), at) is None
    )


def _caller(text: str, end: int) -> str:
    """`User arn:.. is not authorized to encrypt`: the ARN just before the phrase."""
    found = CALLER.search(text, max(0, end - LEFT), end)
    return found["arn"] if found else ""


def read_role(text: str) -> Iterator[FailedCall]:
    """Whatever the service: a role that it could not take, which its trust policy may be the cause of."""
    place = role_not_taken(text)
    if place:
        found = ROLE.search(text, place[0]) or ROLE.search(text)
        yield FailedCall(
            start=place[0],
            end=place[1],
            service="sts",
            action="sts:AssumeRole",
            resource=found[0].rstrip(".:'") if found and not is_masked(found[0]) else "",
            code="AccessDenied",
        )


def read_class(text: str) -> Iterator[FailedCall]:
    """An exception that only AWS has, by its class and its message: `InsufficientIAMAccessPermissionException: The task …`."""
    found = ((match, match["code"]) for match in CLASS.finditer(text))
    return (FailedCall.at(match, service=OF_CLASSES[code], code=code) for match, code in found)


def read_to_call(text: str) -> Iterator[FailedCall]:
    """Lambda: `The provided execution role does not have permissions to call ReceiveMessage on SQS`."""
    for match in TO_CALL.finditer(text):
        prefix = prefix_of(match["service"]) or ""
        name = match["operation"]
        actions = actions_of(prefix, name[0].upper() + name[1:])
        if actions:
            yield FailedCall.at(match, service=prefix, action=actions[0], code="AccessDenied")
    for match in (*TO_PERFORM.finditer(text), *_missed(text)):
        action = spell_action(match["action"])
        if action:
            prefix = action.partition(":")[0]
            yield FailedCall.at(match, service=prefix, action=action, code="AccessDenied")


def _missed(text: str) -> Iterator[re.Match[str]]:
    for match in NEEDS.finditer(text):
        if holds_any(text[max(0, match.start() - LEFT) : match.start()], NOT_ABLE):
            yield match


def read_principal(text: str) -> Iterator[FailedCall]:
    """API Gateway and IoT: `Principal [arn:..] is not allowed to execute [iot:Connect] on the resource arn:..`."""
    for match in PRINCIPAL.finditer(text):
        told = match["action"]
        yield FailedCall.at(
            match,
            service=told.partition(":")[0].lower(),
            action=spell_action(told) or "",
            resource=(match["arn"] or "").rstrip("."),
            principal=match["principal"] if match["principal"].startswith("arn:") else "",
            code="AccessDenied",
        )


CLASS_WRAPPER = Wrapper(tuple(OF_CLASSES), read_class)
PRINCIPAL_WRAPPER = Wrapper(("is not allowed to execute [",), read_principal)
WRAPPER = Wrapper(("",), read)
ROLE_WRAPPER = Wrapper(TAKES, read_role)
TO_CALL_WRAPPER = Wrapper(("to call ", "to perform ", "permission"), read_to_call)
