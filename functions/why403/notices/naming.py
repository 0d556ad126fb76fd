"""Who was denied, and what it wanted, in a few words that a person knows them by."""

from why403.iam.arn import parse_arn
from why403.iam.principal import PrincipalKind, parse_principal
from why403.notices.notice import Notice
from why403.notices.words import word, words
from why403.services.register import NAMED

LONGEST_NAME = 120
"""Characters of a name in a sentence; the whole ARN stands below it."""
KEY_OF_CALL = "diagnosis.key-of-call"
"""The finding that tells which service's call used the key that was denied."""
SEPARATED_BY_COLON = frozenset({"lambda", "logs", "states", "secretsmanager", "rds-db", "cognito-idp"})


def caller_arn(notice: Notice) -> str:
    """ARN of the role or user that was denied; empty where it is not known."""
    told = notice.diagnosis
    return (
        (told.request.principal if told.request else "") or told.denial.principal or told.workload.caller_arn
    )


def target_arn(notice: Notice) -> str:
    """ARN of what was wanted, `*`, a name where the line tells no more, or empty."""
    told = notice.diagnosis
    if told.request:
        return told.request.resource
    likeliest = told.target_candidates[0].arn if told.target_candidates else ""
    return told.denial.resource or likeliest or told.denial.resource_name or ""


def action(notice: Notice) -> str:
    """The IAM action, else the operation, else the service; empty where the line tells none."""
    told = notice.diagnosis
    if told.request:
        return told.request.action
    return told.denial.action or told.denial.operation or told.denial.service or ""


def called(notice: Notice) -> str:
    """What was called, for a sentence: `sqs:SendMessage`; `a call of Amazon S3` where only the service is known."""
    told = notice.diagnosis
    if told.request or told.denial.action or told.denial.operation or not told.denial.service:
        return action(notice)
    prefix = told.denial.service
    named = next(
        (each.title.partition(" (")[0] for each in NAMED if each.prefix == prefix and each.title),
        prefix.upper(),
    )
    return word("notices.a-call-of", notice.language, service=named)


def who_in_short(notice: Notice) -> str:
    """The workload's own name, else the caller's: `laravel-server`, `role deploy`."""
    return _workload(notice) or caller_name(caller_arn(notice), notice)


def _workload(notice: Notice) -> str:
    workload = notice.diagnosis.workload
    return short(workload.container or workload.service or workload.name)


def who(notice: Notice) -> str:
    """`laravel-server (role scout-admin-dev-task)`, `role deploy`, `user ana`."""
    caller = caller_name(caller_arn(notice), notice)
    name = _workload(notice)
    if not name or name in caller:
        return caller
    if not caller_arn(notice):
        return name
    return word("notices.who.workload", notice.language, workload=name, caller=caller)


def caller_name(arn: str, notice: Notice) -> str:
    """`role deploy`, in the notice's language."""
    if not arn:
        return word("notices.who.unknown", notice.language)
    if arn == "anonymous":
        return word("notices.who.anonymous", notice.language)
    principal = parse_principal(arn)
    match principal.kind:
        case PrincipalKind.ROLE | PrincipalKind.ASSUMED_ROLE:
            return word("notices.who.role", notice.language, name=short(principal.name))
        case PrincipalKind.USER:
            return word("notices.who.user", notice.language, name=short(principal.name))
        case PrincipalKind.ROOT:
            return word("notices.who.root", notice.language, account=principal.account)
        case _:
            return short(principal.name or arn)


def short_name(arn: str) -> str:
    """A caller's name without path and session: what route patterns are compared with."""
    return parse_principal(arn).name or arn


def what(notice: Notice) -> str:
    """`queue orders`, `table users`; the name alone where the kind of resource has no word. Of a key also what used it."""
    named = thing(target_arn(notice), notice)
    call = next((each.values for each in notice.diagnosis.findings if each.id == KEY_OF_CALL), None)
    if call is None:
        return named
    used_by = {
        "call": call.get("call", ""),
        "target": thing(call["target"], notice) if call.get("target") else "",
    }
    return word("notices.what.key-of-call", notice.language, what=named, **used_by)


def thing(arn: str, notice: Notice) -> str:
    """A resource by its kind and name."""
    if arn == "*":
        return word("notices.thing.any", notice.language)
    found = parse_arn(arn)
    if found is None:
        return short(arn)
    kind, name = _kind_and_name(found.service, found.resource)
    identifier = f"notices.thing.{kind}"
    if identifier not in words(notice.language):
        return short(name)
    return word(identifier, notice.language, name=short(name))


def _kind_and_name(service: str, resource: str) -> tuple[str, str]:
    """The word id of a resource's kind, and its name."""
    if service == "s3":
        return ("s3-object" if "/" in resource else "s3-bucket"), resource
    separator = ":" if service in SEPARATED_BY_COLON else "/"
    kind, found, name = resource.partition(separator)
    if not found:
        return service, resource
    return f"{service}-{kind}", name.removesuffix(":*")


def short(text: str) -> str:
    """The text, its middle left out where it is too long for a sentence."""
    if len(text) <= LONGEST_NAME:
        return text
    half = LONGEST_NAME // 2
    return f"{text[:half]}…{text[-half:]}"
