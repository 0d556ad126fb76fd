"""Services that act with a role of their own and log it: Firehose, EventBridge Pipes, SageMaker's jobs and notebooks.

The log group, or its stream, names the resource; the resource tells its role.
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-logs.html
https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.workloads.log_origin import LogOrigin
from why403.workloads.search_result import CERTAIN, LikelyWorkload, SearchResult, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

ROLE = "RoleARN"
DEEPEST = 6
"""Firehose keeps the role within the destination of a stream's description."""


@dataclass(frozen=True, slots=True)
class ActingService:
    """One kind: the group that its service writes to, with the name in the group or in the stream."""

    group: re.Pattern[str]
    stream: re.Pattern[str] | None
    arn: str
    read: DeclaredRead
    parameter: str


STREAM = DeclaredRead(
    "firehose",
    "DescribeDeliveryStream",
    ("firehose:DescribeDeliveryStream",),
    "Read the role with which a delivery stream delivers.",
)
PIPE = DeclaredRead("pipes", "DescribePipe", ("pipes:DescribePipe",), "Read the role with which a pipe acts.")
TRAINING = DeclaredRead(
    "sagemaker",
    "DescribeTrainingJob",
    ("sagemaker:DescribeTrainingJob",),
    "Read the role with which a training job calls.",
)
PROCESSING = DeclaredRead(
    "sagemaker",
    "DescribeProcessingJob",
    ("sagemaker:DescribeProcessingJob",),
    "Read the role with which a processing job calls.",
)
NOTEBOOK = DeclaredRead(
    "sagemaker",
    "DescribeNotebookInstance",
    ("sagemaker:DescribeNotebookInstance",),
    "Read the role with which a notebook calls.",
)
_NAME = r"(?P<name>[\w.-]{1,128})"  # names of all of these, as their APIs take them
KINDS = (
    ActingService(
        re.compile(rf"/aws/kinesisfirehose/{_NAME}"), None, "firehose:{place}:deliverystream/{name}",
        STREAM, "DeliveryStreamName",
    ),
    ActingService(
        re.compile(rf"/aws/vendedlogs/pipes/{_NAME}"), None, "pipes:{place}:pipe/{name}",
        PIPE, "Name",
    ),
    ActingService(
        re.compile("/aws/sagemaker/TrainingJobs"), re.compile(rf"{_NAME}/.*"), "sagemaker:{place}:training-job/{name}",
        TRAINING, "TrainingJobName",
    ),
    ActingService(
        re.compile("/aws/sagemaker/ProcessingJobs"), re.compile(rf"{_NAME}/.*"),
        "sagemaker:{place}:processing-job/{name}",
        PROCESSING, "ProcessingJobName",
    ),
    ActingService(
        re.compile("/aws/sagemaker/NotebookInstances"), re.compile(rf"{_NAME}/.*"),
        "sagemaker:{place}:notebook-instance/{name}",
        NOTEBOOK, "NotebookInstanceName",
    ),
)  # fmt: skip


def claims(origin: LogOrigin) -> bool:
    """The group as the service names it."""
    return _named(origin) is not None


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round: what the resource says of its role."""
    named = _named(origin)
    if named is None:
        return SearchResult()
    kind, name = named
    (reply,) = yield (Read(kind.read, {kind.parameter: name}),)
    role = _role_in(reply.data, DEEPEST) if isinstance(reply, Answer) else ""
    if not role:
        return SearchResult(unreadable=blind_spots((reply,)))
    workload = Workload(
        kind=WorkloadKind.PRINCIPAL,
        arn=f"arn:{place.partition}:" + kind.arn.format(place=f"{place.region}:{place.account}", name=name),
        name=name,
        role_arn=role,
        account=place.account,
        region=place.region,
        partition=place.partition,
    )
    return SearchResult(found=(LikelyWorkload(workload, CERTAIN),))


def _named(origin: LogOrigin) -> tuple[ActingService, str] | None:
    for kind in KINDS:
        group = kind.group.fullmatch(origin.log_group)
        found = kind.stream.fullmatch(origin.log_stream) if group and kind.stream else group
        if found is not None:
            return kind, found["name"]
    return None


def _role_in(data: object, deep: int) -> str:
    """The first role that an answer tells; of several destinations the first one's."""
    if isinstance(data, Mapping):
        own = next((value for name, value in data.items() if name.upper() == ROLE.upper()), "")
        return str(own) if own else _first(data.values(), deep)
    return _first(data, deep) if isinstance(data, list) else ""


def _first(values: Any, deep: int) -> str:  # noqa: ANN401  # JSON's values
    return next(filter(None, (_role_in(each, deep - 1) for each in values)), "") if deep else ""
