"""SDKs whose failed calls one pattern tells: no code of their own, their files in wordings/ say all of it."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.s3_paths import bucket_arn, object_arn
from why403.denials.shared_operation import service_of
from why403.denials.wording import Wording, wordings
from why403.iam.reference import actions_of, prefix_of, prefix_with

REFUSED = re.compile(r"[Aa]ccess(?: (?:was )?[Dd]enied)?|[Pp]ermission denied|[Ff]orbidden|n[o']t authorized")
"""The code in words."""


def wrappers() -> tuple[Wrapper, ...]:
    """One for each pattern."""
    return tuple(_wrapper(one) for one in wordings() if one.pattern and "sign" not in one.means)


def _wrapper(wording: Wording) -> Wrapper:
    pattern = re.compile(wording.pattern)

    def read(text: str) -> Iterator[FailedCall]:
        calls = (_call(wording, match) for match in pattern.finditer(text))
        return (call for call in calls if _is_known(call))

    return Wrapper(wording.gates, read)


def _is_known(call: FailedCall) -> bool:
    """Whether its operation, where one is named, is the service's; of a name that several have, which is asked later."""
    if not call.operation or actions_of(call.service, call.operation):
        return True
    return not call.service and prefix_with(call.operation) is not None


def _call(wording: Wording, match: re.Match[str]) -> FailedCall:
    told = {name: value or "" for name, value in match.groupdict().items()}
    method = told.get("method", "")
    operation = told.get("operation", "") or method[:1].upper() + method[1:]
    operation = operation or wording.verbs.get(told.get("verb", ""), "")
    return FailedCall.at(
        match,
        service=wording.service
        or prefix_of(told.get("service", ""))
        or (service_of(operation, match.string) if operation else "")
        or "",
        operation=operation,
        code="AccessDenied" if REFUSED.fullmatch(told.get("code", "")) else told.get("code", ""),
        status=told.get("status", ""),
        resource=_resource(told.get("path", "")),
    )


def _resource(path: str) -> str:
    bucket, slash, key = path.partition("/")
    return object_arn(bucket, key) if slash else bucket_arn(bucket) if bucket else ""
