"""AWS CodeBuild: the project behind /aws/codebuild/NAME, or behind the group that it is configured with.

https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan
from why403.workloads.answer_values import entries
from why403.workloads.log_origin import LogOrigin
from why403.workloads.search_result import CERTAIN, CONFIGURED, LikelyWorkload, SearchResult, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

PROJECTS = DeclaredRead(
    "codebuild",
    "BatchGetProjects",
    ("codebuild:BatchGetProjects",),
    "Read a build project's service role and logs.",
)
NAMES = DeclaredRead(
    "codebuild",
    "ListProjects",
    ("codebuild:ListProjects",),
    "Find the project that writes to a log group of its own.",
)
READS = (PROJECTS, NAMES)
PREFIX = "/aws/codebuild/"
MOST_PROJECTS = 100
"""BatchGetProjects takes no more at once."""
_BUILD_STREAM = re.compile(r"(?:.+/)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def claims(origin: LogOrigin) -> bool:
    """CodeBuild's own groups, or another one with a build's id as stream."""
    if origin.log_group.startswith("/aws/"):
        return origin.log_group.startswith(PREFIX)
    return not origin.task and _BUILD_STREAM.fullmatch(origin.log_stream) is not None


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round by name, two where the projects have to be listed first."""
    named = origin.log_group.removeprefix(PREFIX) if origin.log_group.startswith(PREFIX) else ""
    names: tuple[str, ...] = (named,) if named else ()
    if not named:
        (listed,) = yield (NAMES.of(pages=2),)
        if not isinstance(listed, Answer):
            return SearchResult(unreadable=blind_spots((listed,)))
        names = listed.texts("projects")[:MOST_PROJECTS]
    if not names:
        return SearchResult()
    (reply,) = yield (PROJECTS.of(names=list(names)),)
    projects = reply.items("projects") if isinstance(reply, Answer) else ()
    found = tuple(
        LikelyWorkload(_workload(project, place), CERTAIN if named else CONFIGURED)
        for project in projects
        if named or _group_of(project) == origin.log_group
    )
    gone = named and isinstance(reply, Answer) and not found
    findings = (Message("workloads.project-gone", {"name": named}),) if gone else ()
    return SearchResult(found=found, unreadable=blind_spots((reply,), named), findings=findings)


def _group_of(project: Mapping[str, Any]) -> str:
    logs = project.get("logsConfig") or {}
    return str((logs.get("cloudWatchLogs") or {}).get("groupName") or "")


def _workload(project: Mapping[str, Any], place: Place) -> Workload:
    environment: Mapping[str, Any] = project.get("environment") or {}
    variables = entries(environment, "environmentVariables")
    network = project.get("vpcConfig") or {}
    return Workload(
        kind=WorkloadKind.CODEBUILD,
        arn=str(project.get("arn", "")),
        name=str(project.get("name", "")),
        role_arn=str(project.get("serviceRole", "")),
        account=place.account,
        region=place.region,
        partition=place.partition,
        subnets=tuple(network.get("subnets") or ()),
        vpc=str(network.get("vpcId") or ""),
        environment={
            str(one.get("name")): str(one.get("value", ""))
            for one in variables
            if one.get("type", "PLAINTEXT") == "PLAINTEXT"
        },
        secret_names=tuple(
            str(one.get("name")) for one in variables if one.get("type", "PLAINTEXT") != "PLAINTEXT"
        ),
        tags={str(tag.get("key")): str(tag.get("value", "")) for tag in entries(project, "tags")},
    )
