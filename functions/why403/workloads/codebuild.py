"""AWS CodeBuild: the project behind /aws/codebuild/NAME, or behind the group that it is configured with.

https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.answer_values import entries
from why403.workloads.index import Page, named_roles
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
)

PROJECTS = DeclaredRead("codebuild", "BatchGetProjects", "Read a build project's service role and logs.")
BUILDS = DeclaredRead(
    "codebuild",
    "BatchGetBuilds",
    "Read the role of a build that was started with another than its project's.",
)
NAMES = DeclaredRead("codebuild", "ListProjects", "Find the project that writes to a log group of its own.")
INDEXED_NAMES = NAMES.used_for("Keep the index of who writes to which log group.")
PREFIX = "/aws/codebuild/"
EVENTS = "aws.codebuild"
"""EventBridge's name of CodeBuild."""
A_CALL = 100
"""BatchGetProjects takes no more at once."""
MOST_PROJECTS = 200
"""Two calls; those named like the log group first."""
_BUILD_STREAM = re.compile(r"(?:.+/)?(?P<build>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""A build's id, a UUID, behind the prefix that the project may have set."""


def claims(origin: LogOrigin) -> bool:
    """CodeBuild's own groups and events, or another group with a build's id as stream."""
    if origin.line.source:
        return origin.line.source == EVENTS
    if origin.log_group.startswith("/aws/"):
        return origin.log_group.startswith(PREFIX)
    return not origin.task and _BUILD_STREAM.fullmatch(origin.log_stream) is not None


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round by name, two where the projects have to be listed first."""
    own = origin.log_group.startswith(PREFIX)
    named = (
        origin.log_group.removeprefix(PREFIX) if own else origin.line.project if origin.line.source else ""
    )
    if not named:
        return (yield from _by_list(origin, place))
    reply, *builds = yield (PROJECTS.of(names=[named]), *_build(origin, [named]))
    found = _as_started(_projects((reply,), place, CERTAIN), builds)
    gone = isinstance(reply, Answer) and not found
    findings = (Message("workloads.project-gone", {"name": named}),) if gone else ()
    return SearchResult(found=found, unreadable=blind_spots((reply,), named), findings=findings)


def _by_list(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    (listed,) = yield (NAMES.of(pages=5),)
    if not isinstance(listed, Answer):
        return SearchResult(unreadable=blind_spots((listed,)))
    names = listed.texts("projects")
    alike = sorted(names, key=lambda name: -likeness(name, origin.log_group))[:MOST_PROJECTS]
    if not alike:
        return SearchResult()
    build = _build(origin, alike)
    projects = (PROJECTS.of(names=alike[first : first + A_CALL]) for first in range(0, len(alike), A_CALL))
    replies = yield (*build, *projects)
    found = _as_started(_projects(replies, place, CONFIGURED, origin.log_group), replies[: len(build)])
    left_out = not_all("workloads.not-all-projects", len(alike), len(names), more=listed.truncated)
    return SearchResult(found=found, unreadable=blind_spots(replies), findings=left_out)


def survey(cursor: str, _place: Place) -> Plan[Page]:
    """A hundred projects: those with a group of their own. `cursor` is CodeBuild's own token."""
    goes_on: dict[str, Any] = {"nextToken": cursor} if cursor else {}
    (listed,) = yield (INDEXED_NAMES.of(**goes_on),)
    names = [name for answer in answers((listed,)) for name in answer.texts("projects")]
    page = (yield from renew(*names)) if names else Page()
    token = next((answer.text("nextToken") for answer in answers((listed,))), "")
    return Page(written=page.written, next=token, unread=(*blind_spots((listed,)), *page.unread))


def renew(*names: str) -> Plan[Page]:
    """Some projects, a hundred at most."""
    (reply,) = yield (PROJECTS.of(names=list(names)),)
    written = tuple(
        (
            group,
            Writer(
                kind=WorkloadKind.CODEBUILD,
                name=str(project.get("name", "")),
                roles=named_roles(project, "serviceRole"),
            ),
        )
        for answer in answers((reply,))
        for project in answer.items("projects")
        if (group := _group_of(project))
    )
    return Page(written=written, unread=blind_spots((reply,)))


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the writers that write to the group as AWS has them now: one call."""
    names = [one.name for one in writers[:A_CALL]]
    reply, *builds = yield (PROJECTS.of(names=names), *_build(origin, names))
    found = _as_started(_projects((reply,), place, CONFIGURED, origin.log_group), builds)
    left_out = not_all("workloads.not-all-writers", min(len(writers), A_CALL), len(writers))
    return SearchResult(found=found, unreadable=blind_spots((reply,)), findings=left_out)


def _projects(
    replies: tuple[Reply, ...], place: Place, score: float, group: str = ""
) -> tuple[LikelyWorkload, ...]:
    """The projects described; of `group` those that are configured to write to it."""
    return tuple(
        LikelyWorkload(_workload(project, place), score)
        for reply in answers(replies)
        for project in reply.items("projects")
        if not group or _group_of(project) == group
    )


def _build(origin: LogOrigin, projects: list[str]) -> tuple[Read, ...]:
    """The read of the stream's build, by the names of the projects that may have run it."""
    stream = _BUILD_STREAM.fullmatch(origin.log_stream)
    return (BUILDS.of(ids=[f"{name}:{stream['build']}" for name in projects[:A_CALL]]),) if stream else ()


def _as_started(found: tuple[LikelyWorkload, ...], builds: Sequence[Reply]) -> tuple[LikelyWorkload, ...]:
    """The project that ran the build, with the role that the build was started with; as they are where no build is known."""
    roles = {
        str(one.get("projectName")): str(one.get("serviceRole") or "")
        for answer in answers(builds)
        for one in answer.items("builds")
    }
    started = [
        replace(one, workload=replace(one.workload, role_arn=role))
        for one in found
        if (role := roles.get(one.workload.name))
    ]
    return tuple(started) or found


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
