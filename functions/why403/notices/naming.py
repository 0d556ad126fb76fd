"""Who was denied, and what it wanted, in a few words that a person knows them by."""

import re
from collections.abc import Mapping

from why403.denials.denial import Verdict
from why403.iam.arn import parse_arn
from why403.iam.principal import PrincipalKind, parse_principal
from why403.notices.notice import Notice
from why403.notices.words import word, words
from why403.services.register import NAMED
from why403.workloads.credentials import PASSED_ROLE
from why403.workloads.workload import UNSUPPORTED

LONGEST_NAME = 120
"""Characters of a name in a sentence; the whole ARN stands below it."""
KEY_OF_CALL = "diagnosis.key-of-call"
"""The finding that tells which service's call used the key that was denied."""
OWNER_TAGS = ("owner", "Owner", "team", "Team")
"""Tags that name a workload's owner; a route may name others to call somebody by (delivery/routing.py)."""
URL = re.compile(r"https?://[^\s\"'<>`|?#\\)\]}]{4,300}")
"""Host and path of a URL in a line; what is behind `?` may be a secret."""
UNSURE = frozenset({"targets.one-unsure", "targets.several"})
"""Findings of targets that might fit, and of which nothing proves that one was meant."""
ONE_OF = "workloads.shared-log-group"
"""The finding of a workload that nothing tells apart from others of its log group."""
SEPARATED_BY_COLON = frozenset({"lambda", "logs", "states", "secretsmanager", "rds-db", "cognito-idp"})


def caller_arn(notice: Notice) -> str:
    """ARN of the role or user that was denied; empty where it is not known."""
    told = notice.diagnosis
    named = (told.request.principal if told.request else "") or told.denial.principal
    return named or ("" if one_of(notice) else told.workload.caller_arn)


def is_only_claimed(notice: Notice) -> bool:
    """Whether nothing that was read lets the workload be the caller that its line names."""
    return any(found.id in UNSUPPORTED for found in notice.diagnosis.workload.findings)


def one_of(notice: Notice) -> str:
    """`one of cart, shop`, where the line names no caller and nothing tells these workloads apart; else empty."""
    told = notice.diagnosis
    found = next((each.values for each in told.workload.findings if each.id == ONE_OF), None)
    if found is None or told.denial.principal:
        return ""
    names = f"{found['name']}, {found['others']}"
    return word("notices.who.one-of", notice.language, names=short(names))


def target_arn(notice: Notice) -> str:
    """ARN of what was wanted, `*`, a name where the line tells no more, or empty."""
    told = notice.diagnosis
    if told.request:
        return told.request.resource
    unsure = any(found.id in UNSURE for found in told.findings)
    likeliest = told.target_candidates[0].arn if told.target_candidates and not unsure else ""
    return told.denial.resource or likeliest or told.denial.resource_name or ""


def action(notice: Notice) -> str:
    """The IAM action, else the operation, else the service; empty where the line tells none."""
    told = notice.diagnosis
    if told.request:
        return told.request.action
    return told.denial.action or told.denial.operation or told.denial.service or ""


def called(notice: Notice) -> str:
    """What was called, for a sentence: `sqs:SendMessage`; `a call of Amazon S3` where only the service is known."""
    if not only_service(notice):
        return action(notice)
    return word("notices.a-call-of", notice.language, service=service_name(notice))


def only_service(notice: Notice) -> bool:
    """Whether no call is known, and the service alone is."""
    told = notice.diagnosis
    return (
        told.request is None and not told.denial.action and not told.denial.operation and bool(action(notice))
    )


def service_name(notice: Notice) -> str:
    """The service as people call it: `Amazon S3` for `s3`; its prefix where it has no name here, or empty."""
    prefix = notice.diagnosis.denial.service or action(notice).partition(":")[0]
    titles = (each.title.partition(" (")[0] for each in NAMED if each.prefix == prefix and each.title)
    return next(titles, prefix.upper())


def failing_url(notice: Notice) -> str:
    """The URL that was refused, without its query, where no policy is the cause: of host and path people know it by."""
    denial = notice.diagnosis.denial
    if denial.verdict is not Verdict.AWS_403_NOT_IAM:
        return ""
    texts = (denial.excerpt, *(sample.message for sample in notice.samples))
    found = next(filter(None, (URL.search(text) for text in texts)), None)
    return found[0].rstrip(".,:;") if found else ""


def owner(notice: Notice) -> str:
    """Whom the workload belongs to, by its tags; empty where they do not say."""
    tags = notice.diagnosis.workload.tags
    return next((short(tags[key]) for key in OWNER_TAGS if tags.get(key)), "")


def who_in_short(notice: Notice) -> str:
    """The workload's own name, else the caller's, else the log group: `laravel-server`, `role deploy`."""
    caller = caller_arn(notice)
    return (
        _of_passed_role(notice)
        or one_of(notice)
        or workload_name(notice)
        or (caller_name(caller, notice) if caller else short(notice.log_group))
        or who(notice)
    )


def workload_name(notice: Notice) -> str:
    """The workload's own name; empty where it is not known."""
    workload = notice.diagnosis.workload
    return short(workload.container or workload.service or workload.name)


def _of_passed_role(notice: Notice) -> str:
    """Who was denied is a role that somebody handed on, and the workload only logged it."""
    if notice.diagnosis.workload.credentials != PASSED_ROLE:
        return ""
    return word(
        "notices.who.passed-role", notice.language, workload=workload_name(notice) or short(notice.log_group)
    )


def who(notice: Notice) -> str:
    """`laravel-server (role scout-admin-dev-task)`, `role deploy`, `user ana`."""
    if several := one_of(notice):
        return several
    caller = caller_name(caller_arn(notice), notice)
    name = workload_name(notice)
    if not name or name in caller:
        return _of_passed_role(notice) or caller
    if not caller_arn(notice):
        return _of_passed_role(notice) or name
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
    named, used_by = thing(target_arn(notice), notice), _used_by(notice)
    return word("notices.what.key-of-call", notice.language, what=named, **used_by) if used_by else named


def what_in_short(notice: Notice) -> str:
    """The same for a title: `the key of queue orders`, whose id no reader knows."""
    used_by = _used_by(notice)
    if used_by.get("target"):
        return word("notices.what.key-of-target", notice.language, target=used_by["target"])
    return what(notice)


def _used_by(notice: Notice) -> Mapping[str, str]:
    """The call that used a denied key, and on what; nothing for any other denial."""
    found = next((each.values for each in notice.diagnosis.findings if each.id == KEY_OF_CALL), None)
    if found is None:
        return {}
    target = thing(found["target"], notice) if found.get("target") else ""
    return {"call": found.get("call", ""), "target": target}


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
    group, is_stream, stream = name.partition(":log-stream:")
    if is_stream and stream not in {"", "*"}:
        return f"{service}-log-stream", f"{stream} ({group})"
    return f"{service}-{kind}", group.removesuffix(":*")


def short(text: str) -> str:
    """The text, its middle left out where it is too long for a sentence."""
    if len(text) <= LONGEST_NAME:
        return text
    half = LONGEST_NAME // 2
    return f"{text[:half]}…{text[-half:]}"
