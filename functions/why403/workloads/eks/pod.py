"""Which pod wrote a line, and the roles that it can have: by whose trust policy a cluster's OIDC issuer is let in.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-setup-logs-FluentBit.html
https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from why403.reads import Answer, DeclaredRead, Reply
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin

_STREAM = re.compile(
    r"var\.log\.containers\.(?P<pod>[a-z0-9.-]{1,253})_(?P<namespace>[a-z0-9-]{1,63})_(?P<container>[a-z0-9-]{1,63})-"
    r"[0-9a-f]{12,64}"
)
"""A container's log file on its node: pod, namespace and container, then its id."""
ROLES = DeclaredRead(
    "iam",
    "ListRoles",
    "Find the roles whose trust policy names a cluster's service accounts.",
    cache_seconds=300,
)
SUBJECT = "system:serviceaccount:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """Empty text: not known."""

    name: str = ""
    namespace: str = ""
    container: str = ""
    service_account: str = ""


@dataclass(frozen=True, slots=True)
class PodRole:
    """A role, and the service account that may take it; each may hold wildcards."""

    arn: str
    namespace: str
    service_account: str


def pod_of(origin: LogOrigin) -> Pod:
    """The pod, as far as stream and line tell: the stream's name outranks the line, which anybody may have written."""
    stream, line = _STREAM.search(origin.log_stream), origin.line
    if stream is None:
        return Pod(
            name=line.pod,
            namespace=line.namespace,
            container=line.container,
            service_account=line.service_account,
        )
    same = line.pod == stream["pod"] and line.namespace == stream["namespace"]
    return Pod(
        name=stream["pod"],
        namespace=stream["namespace"],
        container=stream["container"],
        service_account=line.service_account if same else "",
    )


def by_trust(roles: Reply, issuer: str) -> tuple[PodRole, ...]:
    """The roles that trust `issuer` (the cluster's OIDC URL), once for each service account named."""
    host = issuer.removeprefix("https://")
    if not host or not isinstance(roles, Answer):
        return ()
    found = []
    for role in roles.items("Roles"):
        for subject in _subjects(role.get("AssumeRolePolicyDocument"), host):
            namespace, _, account = subject.removeprefix(SUBJECT).partition(":")
            found.append(PodRole(str(role.get("Arn", "")), namespace, account))
    return tuple(found)


def likeliest(roles: tuple[PodRole, ...], pod: Pod) -> tuple[PodRole, ...]:
    """The roles that the pod may have: of its service account, else of its namespace, the likest name first."""
    if not pod.namespace:
        return ()
    inside = [role for role in roles if fnmatchcase(pod.namespace, role.namespace)]
    if pod.service_account:
        inside = [role for role in inside if fnmatchcase(pod.service_account, role.service_account)]
    named = [role for role in inside if is_named_alike(role, pod)]
    return tuple({role.arn: role for role in (named or inside)}.values())


def is_named_alike(role: PodRole, pod: Pod) -> bool:
    """Whether the pod's own name speaks for the service account."""
    return likeness(role.service_account, pod.name) > 0


def _subjects(document: object, host: str) -> Iterable[str]:
    for statement in _statements(document):
        condition = statement.get("Condition")
        for operator in condition.values() if isinstance(condition, Mapping) else ():
            value = operator.get(f"{host}:sub") if isinstance(operator, Mapping) else None
            for subject in [value] if isinstance(value, str) else value or ():
                if isinstance(subject, str) and subject.startswith(SUBJECT):
                    yield subject


def _statements(document: object) -> tuple[Mapping[str, Any], ...]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            return ()
    statements = document.get("Statement") if isinstance(document, Mapping) else ()
    listed = [statements] if isinstance(statements, Mapping) else statements or ()
    return tuple(one for one in listed if isinstance(one, Mapping))
