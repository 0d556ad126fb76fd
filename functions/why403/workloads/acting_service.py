"""Services that act with a role of their own: Firehose, Pipes, SageMaker, Glue, App Runner, Flink, EMR Serverless, MWAA, Scheduler.

The log group, its stream, or for Scheduler a dead letter that somebody logs, names the resource; the resource tells its role, or names what tells it.
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-logs.html
https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
https://docs.aws.amazon.com/apprunner/latest/dg/monitor-cwl.html
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
https://docs.aws.amazon.com/mwaa/latest/userguide/monitoring-airflow.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import role_arn, same_role
from why403.workloads.workload import (
    CERTAIN,
    DEAD_LETTER,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    blind_spots,
    one_role,
)

DEEPEST = 6
"""Firehose keeps the role within the destination of a stream's description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRead:
    """One read on the way to the role. Its parameters are filled with the names that are known by then."""

    read: DeclaredRead
    parameters: Mapping[str, str]
    role: str = "RoleArn"
    """The member that holds the role, an ARN or a name, wherever in the answer; in any case of letters."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the answer names for the next read, and the member that holds it."""
    part: tuple[str, str] = ("", "")
    """The one part of the answer that counts, where it has several: that which has this member, with this value unless it is empty."""


@dataclass(frozen=True, slots=True)
class ActingService:
    """One kind: the group that its service writes to, with the name in the group or in the stream."""

    group: re.Pattern[str]
    stream: re.Pattern[str] | None
    arn: str
    asked: tuple[RoleRead, ...]


STREAM = DeclaredRead(
    "firehose", "DescribeDeliveryStream", "Read the role with which a delivery stream delivers."
)
PIPE = DeclaredRead("pipes", "DescribePipe", "Read the role with which a pipe acts.")
TRAINING = DeclaredRead("sagemaker", "DescribeTrainingJob", "Read the role with which a training job calls.")
PROCESSING = DeclaredRead(
    "sagemaker", "DescribeProcessingJob", "Read the role with which a processing job calls."
)
NOTEBOOK = DeclaredRead("sagemaker", "DescribeNotebookInstance", "Read the role with which a notebook calls.")
TRANSFORM = DeclaredRead(
    "sagemaker", "DescribeTransformJob", "Read the role with which the model of a transform job calls."
)
ENDPOINT = DeclaredRead(
    "sagemaker", "DescribeEndpoint", "Read the role with which the model behind an endpoint calls."
)
ENDPOINT_CONFIG = DeclaredRead(
    "sagemaker", "DescribeEndpointConfig", "Read the role with which the model behind an endpoint calls."
)
MODEL = DeclaredRead("sagemaker", "DescribeModel", "Read the role with which a model's container calls.")
PROFILE = DeclaredRead("sagemaker", "DescribeUserProfile", "Read the role with which a user of Studio calls.")
DOMAIN = DeclaredRead(
    "sagemaker", "DescribeDomain", "Read the role with which Studio's users call who have none of their own."
)
CRAWLER = DeclaredRead("glue", "GetCrawler", "Read the role with which a crawler crawls.")
SESSION = DeclaredRead("glue", "GetSession", "Read the role with which an interactive session of Glue calls.")
FLINK = DeclaredRead(
    "kinesisanalyticsv2",
    "DescribeApplication",
    "Read the role with which a Flink application calls.",
    actions=("kinesisanalytics:DescribeApplication",),
)
APP = DeclaredRead("apprunner", "DescribeService", "Read the role with which an App Runner service calls.")
EMR_JOB = DeclaredRead(
    "emr-serverless", "GetJobRun", "Read the role with which a job of EMR Serverless calls."
)
AIRFLOW = DeclaredRead(
    "mwaa",
    "GetEnvironment",
    "Read the role with which an environment of MWAA calls.",
    actions=("airflow:GetEnvironment",),
)
SCHEDULE = DeclaredRead(
    "scheduler",
    "GetSchedule",
    "Read the role with which a schedule calls, where a line tells what became of the call.",
)
_SCHEDULE = re.compile(
    r"arn:aws[a-z-]{0,10}:scheduler:(?P<place>[a-z0-9-]{1,25}:\d{12}):schedule/(?P<group>[\w.-]{1,64})/(?P<name>[\w.-]{1,64})",
    re.ASCII,
)
"""The schedule of a dead letter, as whoever takes it from its queue logs it: Scheduler itself writes no log."""
_NAME = r"(?P<name>[\w.-]{1,128})"  # names of all of these, as their APIs take them
_OF_MODEL = RoleRead(read=MODEL, parameters={"ModelName": "{model}"}, role="ExecutionRoleArn")


def _job(group: str, kind: str, asked: RoleRead, *then: RoleRead) -> ActingService:
    """SageMaker's jobs and notebooks: one group, the name before the stream's first slash."""
    arn = f"sagemaker:{{place}}:{kind}/{{name}}"
    return ActingService(
        re.compile(f"/aws/sagemaker/{group}"), re.compile(rf"{_NAME}/.*"), arn, (asked, *then)
    )


KINDS = (
    ActingService(
        re.compile(rf"/aws/kinesisfirehose/{_NAME}"), None, "firehose:{place}:deliverystream/{name}",
        (RoleRead(read=STREAM, parameters={"DeliveryStreamName": "{name}"}, part=("Destinations", "")),),
    ),
    ActingService(
        re.compile(rf"/aws/vendedlogs/pipes/{_NAME}"), None, "pipes:{place}:pipe/{name}",
        (RoleRead(read=PIPE, parameters={"Name": "{name}"}),),
    ),
    _job("TrainingJobs", "training-job", RoleRead(read=TRAINING, parameters={"TrainingJobName": "{name}"})),
    _job("ProcessingJobs", "processing-job", RoleRead(read=PROCESSING, parameters={"ProcessingJobName": "{name}"})),
    _job("NotebookInstances", "notebook-instance", RoleRead(read=NOTEBOOK, parameters={"NotebookInstanceName": "{name}"})),
    _job(
        "TransformJobs", "transform-job",
        RoleRead(read=TRANSFORM, parameters={"TransformJobName": "{name}"}, names={"model": "ModelName"}), _OF_MODEL,
    ),
    ActingService(
        re.compile(rf"/aws/sagemaker/Endpoints/{_NAME}"), re.compile(r"(?P<variant>[\w-]{0,63}).*"), "sagemaker:{place}:endpoint/{name}",
        (
            RoleRead(read=ENDPOINT, parameters={"EndpointName": "{name}"}, names={"config": "EndpointConfigName"}),
            RoleRead(
                read=ENDPOINT_CONFIG, parameters={"EndpointConfigName": "{config}"}, role="ExecutionRoleArn",
                names={"model": "ModelName"}, part=("VariantName", "{variant}"),
            ),
            _OF_MODEL,
        ),
    ),
    ActingService(
        re.compile("/aws/sagemaker/studio"), re.compile(rf"(?P<domain>d-[a-z0-9]{{1,32}})/{_NAME}/.*"),
        "sagemaker:{place}:user-profile/{domain}/{name}",
        (
            RoleRead(read=PROFILE, parameters={"DomainId": "{domain}", "UserProfileName": "{name}"}, role="ExecutionRole"),
            RoleRead(read=DOMAIN, parameters={"DomainId": "{domain}"}, role="ExecutionRole"),
        ),
    ),
    ActingService(
        re.compile("/aws-glue/crawlers"), re.compile(_NAME), "glue:{place}:crawler/{name}",
        (RoleRead(read=CRAWLER, parameters={"Name": "{name}"}, role="Role"),),
    ),
    ActingService(
        re.compile("/aws-glue/sessions/(?:output|error)"), re.compile(_NAME), "glue:{place}:session/{name}",
        (RoleRead(read=SESSION, parameters={"Id": "{name}"}, role="Role"),),
    ),
    ActingService(
        re.compile(rf"/aws/kinesis-analytics/{_NAME}"), None, "kinesisanalytics:{place}:application/{name}",
        (RoleRead(read=FLINK, parameters={"ApplicationName": "{name}"}, role="ServiceExecutionRole"),),
    ),
    ActingService(
        re.compile(rf"/aws/apprunner/{_NAME}/(?P<id>[0-9a-f]{{32}})/application"), None,
        "apprunner:{place}:service/{name}/{id}",
        (RoleRead(read=APP, parameters={"ServiceArn": "{arn}"}, role="InstanceRoleArn"),),
    ),
    ActingService(
        re.compile(rf"/aws/apprunner/{_NAME}/(?P<id>[0-9a-f]{{32}})/service"), None,
        "apprunner:{place}:service/{name}/{id}",
        (RoleRead(read=APP, parameters={"ServiceArn": "{arn}"}, role="AccessRoleArn"),),  # deploys it: pulls its image
    ),
    ActingService(
        re.compile(".+"),  # a job may log to a group of its own: its stream's form tells it
        re.compile(r"(?:.*/)?applications/(?P<application>[0-9a-z]{1,64})/jobs/(?P<name>[0-9a-z]{1,64})/.*"),
        "emr-serverless:{place}:/applications/{application}/jobruns/{name}",
        (RoleRead(read=EMR_JOB, parameters={"applicationId": "{application}", "jobRunId": "{name}"}, role="executionRole"),),
    ),
    ActingService(
        re.compile(rf"airflow-{_NAME}-(?:Task|Worker|Scheduler|DAGProcessing|WebServer)"), None, "airflow:{place}:environment/{name}",
        (RoleRead(read=AIRFLOW, parameters={"Name": "{name}"}, role="ExecutionRoleArn"),),
    ),
)  # fmt: skip


def claims(origin: LogOrigin) -> bool:
    """The group as the service names it, or a schedule in the line that may be the caller."""
    return _named(origin) is not None or bool(origin.principal and _SCHEDULE.search(origin.message))


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """A round for each read on the way to the role: one for most, three for an endpoint."""
    named = _named(origin)
    if named is None:
        return (yield from _schedule(origin, place))
    kind, names = named
    arn = f"arn:{place.partition}:" + kind.arn.format(place=f"{place.region}:{place.account}", **names)
    names = {**names, "arn": arn}
    roles: tuple[str, ...] = ()
    for asked in kind.asked:
        parameters = {name: text.format(**names) for name, text in asked.parameters.items()}
        (reply,) = yield (Read(asked.read, parameters),)
        if not isinstance(reply, Answer):
            return SearchResult(unreadable=blind_spots((reply,)))
        member, value = asked.part
        part = _part(reply.data, member, value.format(**names), DEEPEST) or reply.data
        roles = _texts(part, asked.role, DEEPEST) or _texts(reply.data, asked.role, DEEPEST)
        told = {name: dict.fromkeys(_texts(part, held, DEEPEST)) for name, held in asked.names.items()}
        names |= {name: next(iter(values)) for name, values in told.items() if len(values) == 1}
        if roles or any(len(values) != 1 for values in told.values()):
            break
    role, findings = one_role(names["name"], (role_arn(each, place) for each in roles), origin.principal)
    if not roles:
        return SearchResult()
    workload = replace(_acting(arn, names["name"], role, place), findings=findings)
    return SearchResult(found=(LikelyWorkload(workload, CERTAIN),))


def _schedule(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """The schedule whose dead letter the line quotes, where its role is the one that the line names.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    found = _SCHEDULE.search(origin.message)
    if found is None or found["place"] != f"{place.region}:{place.account}":
        return SearchResult()
    (reply,) = yield (SCHEDULE.of(GroupName=found["group"], Name=found["name"]),)
    role = reply.text("Target", "RoleArn") if isinstance(reply, Answer) else ""
    if not role or not same_role(role, origin.principal):
        return SearchResult(unreadable=blind_spots((reply,)))
    told = Message(DEAD_LETTER, {"schedule": found[0], "role": role})
    workload = _acting(found[0], found["name"], role, place)
    return SearchResult(found=(LikelyWorkload(replace(workload, findings=(told,)), CERTAIN),))


def _acting(arn: str, name: str, role: str, place: Place) -> Workload:
    return Workload(
        kind=WorkloadKind.PRINCIPAL,
        arn=arn,
        name=name,
        role_arn=role_arn(role, place),
        account=place.account,
        region=place.region,
        partition=place.partition,
    )


def _named(origin: LogOrigin) -> tuple[ActingService, dict[str, str]] | None:
    for kind in KINDS:
        group = kind.group.fullmatch(origin.log_group)
        found = kind.stream.fullmatch(origin.log_stream) if group and kind.stream else group
        if group is not None and found is not None:
            return kind, group.groupdict() | found.groupdict()
    return None


def _part(data: object, member: str, value: str, deep: int) -> object:
    """What stands under this member, or has it with this value; None where nothing does."""
    if not member or not deep:
        return None
    if isinstance(data, Mapping) and member in data and value in ("", data[member]):  # it may be a list
        return data if value else data[member]
    return next(filter(None, (_part(each, member, value, deep - 1) for each in _within(data))), None)


def _texts(data: object, member: str, deep: int) -> tuple[str, ...]:
    """The texts under members of this name, an object's own before those of what it holds."""
    own: list[str] = []
    if isinstance(data, Mapping):
        own = [
            text
            for name, text in data.items()
            if name.upper() == member.upper() and isinstance(text, str) and text
        ]
    below = (_texts(each, member, deep - 1) for each in _within(data)) if deep and not own else ()
    return (*own, *(text for texts in below for text in texts))


def _within(data: object) -> Iterable[object]:
    return data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
