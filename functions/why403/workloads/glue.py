"""AWS Glue's jobs: one log group for all of them, whose streams name a run and not the job.

With a security configuration the group names the role; else the jobs are listed, and each is asked for the run.
https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Plan
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import role_arn, same_role
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    blind_spots,
    not_all,
)

JOBS = DeclaredRead("glue", "GetJobs", "Find the Glue job of a run, and its role.")
RUN = DeclaredRead("glue", "GetJobRun", "Find out which Glue job a run belongs to.")
MOST_JOBS = 30
"""So many are asked for the run, in one round; AWS has no read from a run to its job."""
_GROUP = re.compile(
    r"/aws-glue/(?:python-)?jobs/(?:[\w.-]{1,255}-role/(?P<role>[\w+=,.@-]{1,64})/)?[\w-]{1,64}"
)
"""Glue's own groups; the part in the middle is there under a security configuration."""
_RUN = re.compile(r"(?P<run>jr_[0-9a-f]{64}|jr_[0-9a-f-]{36})(?:[-_].*)?")
"""A run's id, then the driver or an executor."""


def claims(origin: LogOrigin) -> bool:
    """Glue's groups for jobs, or another group with a run's id as stream."""
    return bool(_GROUP.fullmatch(origin.log_group) or _RUN.fullmatch(origin.log_stream))


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """No round where the group names the role; else the jobs, and which of them had the run: two."""
    group, run = _GROUP.fullmatch(origin.log_group), _RUN.fullmatch(origin.log_stream)
    if group is not None and group["role"]:
        return SearchResult(found=(LikelyWorkload(_workload({"Role": group["role"]}, place), CERTAIN),))
    if run is None:
        return SearchResult()
    (listed,) = yield (JOBS.of(pages=5),)
    if not isinstance(listed, Answer):
        return SearchResult(unreadable=blind_spots((listed,)))
    jobs = sorted(listed.items("Jobs"), key=lambda job: not _is_named(job, origin, place))
    asked = jobs[:MOST_JOBS]
    replies = yield tuple(RUN.of(JobName=str(job.get("Name", "")), RunId=run["run"]) for job in asked)
    found = tuple(
        LikelyWorkload(_workload(job, place), CONFIGURED)
        for job, reply in zip(asked, replies, strict=True)
        if isinstance(reply, Answer)
    )
    left_out = not_all("workloads.not-all-glue-jobs", len(asked), len(jobs), more=listed.truncated)
    return SearchResult(found=found, unreadable=blind_spots(replies), findings=() if found else left_out)


def _is_named(job: Mapping[str, Any], origin: LogOrigin, place: Place) -> bool:
    """The line names the job's role: it is asked first."""
    return bool(origin.principal) and same_role(role_arn(str(job.get("Role", "")), place), origin.principal)


def _workload(job: Mapping[str, Any], place: Place) -> Workload:
    name = str(job.get("Name", ""))
    return Workload(
        kind=WorkloadKind.PRINCIPAL,
        arn=f"arn:{place.partition}:glue:{place.region}:{place.account}:job/{name}" if name else "",
        name=name,
        role_arn=role_arn(str(job.get("Role", "")), place),
        account=place.account,
        region=place.region,
        partition=place.partition,
    )
