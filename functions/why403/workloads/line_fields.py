"""What a log router, a container platform or EventBridge wrote into the line about who wrote it.

Anybody who makes the application log JSON can write the same fields: they select among the workloads that the log
group can belong to by AWS's own answers, and never add one. The stream's name outranks them.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
https://docs.fluentbit.io/manual/pipeline/filters/kubernetes
https://docs.fluentbit.io/manual/pipeline/filters/ecs-metadata
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-introspection.html: the labels that Docker passes on
https://docs.datadoghq.com/containers/amazon_ecs/tags and https://docs.datadoghq.com/containers/kubernetes/tag
https://www.elastic.co/docs/reference/ecs/ecs-cloud, which may stand nested or under dotted names
https://opentelemetry.io/docs/specs/otlp/#otlphttp-request: as the protocol's own JSON
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.place import Place

LONGEST_LINE = 1_048_576
"""CloudWatch Logs takes no longer event."""
EVENT_GROUPS = "/aws/events/"
"""Where EventBridge's rules write: its console offers no other groups."""
_NAME = re.compile(r"[\w.-]{1,255}", re.ASCII)
"""Names of clusters, containers, services, projects, pods; whatever else is no such name."""
_TASK = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""32 hexadecimal digits, or a UUID in the ARNs of before 2018."""
_DEFINITION = re.compile(r"[\w-]{1,255}:\d{1,9}", re.ASCII)
"""Family and revision as ECS and Batch name them."""
_INSTANCE = re.compile(r"i-(?:[0-9a-f]{17}|[0-9a-f]{8})")
"""17 hexadecimal digits, or 8 of before 2016."""
_FUNCTION = re.compile(r"[\w-]{1,64}", re.ASCII)
"""A Lambda function's name."""
_IN_DOCKER = re.compile(r"ecs-(?P<name>[\w-]{1,255})-[0-9a-f]{20}", re.ASCII)
"""What the ECS agent calls a container in Docker: family, revision and container, then 20 hexadecimal digits."""
_CONTAINER = re.compile(r"[\w-]{1,255}", re.ASCII)
"""A family, as a container, has letters, digits, underscores and hyphens."""
_OF_FUNCTION = 6
"""The place of a function's name in its ARN."""
_LONG_ARN = 3
"""Parts of a task's ARN that names its cluster: `…:task/CLUSTER/ID`."""
_PLACES = ("kubernetes", "ecs", "resource", "attrs", "label", "labels", "aws", "attributes", "cloud")
"""Objects in which routers and OpenTelemetry put what they know of the source; the line's own fields first."""
_TAGS = ("ddtags", "tags")
"""Datadog's: `name:value`, in one text with commas or in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFields:
    """Empty text: the line does not tell. Names only; ARNs of another account or Region are not taken."""

    cluster: str = ""
    task: str = ""
    definition: str = ""
    """ECS: `family:revision`. Batch: `name:revision`."""
    container: str = ""
    service: str = ""
    """The ECS service's name."""
    instance: str = ""
    pod: str = ""
    namespace: str = ""
    service_account: str = ""
    function: str = ""
    """A Lambda function's name."""
    project: str = ""
    source: str = ""
    """The AWS service whose EventBridge event the line is: `aws.ecs`. Only in EventBridge's groups."""

    @property
    def names_task(self) -> bool:
        """Whether it tells which task of ECS wrote the line, or by which definition."""
        return bool(self.definition or (self.task and self.cluster))


def fields_of(message: str, log_group: str, place: Place) -> LineFields:
    """The fields of a line that is JSON; of any other line nothing. Texts inside its fields are not looked into."""
    if not message.startswith("{") or len(message) > LONGEST_LINE:
        return LineFields()
    try:
        line = json.loads(message)
    except (ValueError, RecursionError):
        return LineFields()
    if not isinstance(line, Mapping):
        return LineFields()
    if log_group.startswith(EVENT_GROUPS) and isinstance(line.get("detail"), Mapping):
        return _of_event(line, place)
    return _of_router(line, place)


def _of_router(line: Mapping[str, Any], place: Place) -> LineFields:
    found = _Found(line, place)
    definition = found.like(_DEFINITION, "ecs_task_definition", "task_definition_arn") or _definition(found)
    task = found.arn("ecs_task_arn", "aws.ecs.task.arn", "com.amazonaws.ecs.task-arn", "task_arn")
    return LineFields(
        cluster=found.named(
            "ecs_cluster",
            "ecs_cluster_name",
            "ecs_cluster_arn",
            "aws.ecs.cluster.arn",
            "com.amazonaws.ecs.cluster",
            "cluster_arn",
            "k8s.cluster.name",
            "orchestrator.cluster.name",
            "kube_cluster_name",
        )
        or _cluster_in(task),
        task=found.like(
            _TASK,
            "ecs_task_arn",
            "aws.ecs.task.arn",
            "com.amazonaws.ecs.task-arn",
            "task_arn",
            "ecs_task_id",
            "aws.ecs.task.id",
        ),
        definition=definition,
        container=_container(
            found.named(
                "ecs_container_name",
                "com.amazonaws.ecs.container-name",
                "container_name",
                "k8s.container.name",
                "aws.ecs.container.name",
                "kubernetes.container.name",
                "kube_container_name",
            ),
            definition,
        ),
        instance=found.like(
            _INSTANCE, "instance_id", "ec2_instance_id", "host.id", "cloud.instance.id", "hostname"
        ),
        pod=found.named("pod_name", "k8s.pod.name", "kubernetes.pod.name"),
        namespace=found.named(
            "namespace_name", "pod_namespace", "k8s.namespace.name", "kubernetes.namespace", "kube_namespace"
        ),
        service_account=found.named(
            "service_account_name", "k8s.serviceaccount.name", "kube_service_account"
        ),
        function=found.function(
            "function_arn",
            "aws.lambda.invoked_arn",
            "cloud.resource_id",
            "invoked_function_arn",
            "faas.name",
            "function_name",
        ),
    )


def _definition(found: "_Found") -> str:
    """Family and revision told apart; where the revision is not told, the family."""
    family = found.text(
        "ecs_task_definition_family",
        "aws.ecs.task.family",
        "com.amazonaws.ecs.task-definition-family",
        "task_family",
    )
    revision = found.text(
        "ecs_task_definition_version",
        "aws.ecs.task.revision",
        "com.amazonaws.ecs.task-definition-version",
        "task_version",
    )
    return _joined(family, revision) or (family if _CONTAINER.fullmatch(family) else "")


def _cluster_in(task: str) -> str:
    """The cluster's name in a task's ARN, where it stands there."""
    parts = task.split("/")
    return parts[1] if len(parts) == _LONG_ARN and _NAME.fullmatch(parts[1]) else ""


def _container(name: str, definition: str) -> str:
    """The container's name in its definition, also where Docker's is told: on EC2 FireLens tells that."""
    in_docker = _IN_DOCKER.fullmatch(name) if definition else None
    return in_docker["name"].removeprefix(f"{definition.replace(':', '-')}-") if in_docker else name


def _joined(family: str, revision: str) -> str:
    whole = f"{family}:{revision}"
    return whole if _DEFINITION.fullmatch(whole) else ""


def _of_event(event: Mapping[str, Any], place: Place) -> LineFields:
    found = _Found(event["detail"], place)
    group = found.text("group")
    named = [str(one) for one in event.get("resources") or () if ":service/" in str(one)]
    return LineFields(
        source=str(event.get("source", "")),
        cluster=found.named("clusterArn"),
        task=found.like(_TASK, "taskArn"),
        definition=found.like(_DEFINITION, "taskDefinitionArn", "jobDefinition"),
        service=group.removeprefix("service:") if group.startswith("service:") else found.last(named),
        project=found.named("project-name"),
    )


class _Found:
    """Looks for fields at the line's top and in the objects that routers put beside the message."""

    def __init__(self, line: Mapping[str, Any], place: Place) -> None:
        inner = [line[name] for name in _PLACES if isinstance(line.get(name), Mapping)]
        deeper = [one["attributes"] for one in inner if isinstance(one.get("attributes"), Mapping)]
        driven = [_at(line, name) for name in ("event.attrs", "event.label")]
        self._objects = [
            line,
            *inner,
            *deeper,
            *(one for one in driven if isinstance(one, Mapping)),
            *_of_protocol(line),
            _of_tags(line),
        ]
        self._place = place

    def text(self, *names: str) -> str:
        """The first text under one of the names."""
        return next(self._texts(names), "")

    def _texts(self, names: tuple[str, ...]) -> Iterator[str]:
        found = (_at(one, name) for one in self._objects for name in names)
        return (value for value in found if isinstance(value, str))

    def named(self, *names: str) -> str:
        """A plain name, or the last part of an ARN of our own account and Region."""
        return self.like(_NAME, *names)

    def last(self, arns: list[str]) -> str:
        """The name at the end of the first ARN, where it is one of our own account and Region."""
        return _Found({"arn": arns[0]}, self._place).named("arn") if arns else ""

    def arn(self, *names: str) -> str:
        """The first text under one of the names, where it is an ARN of our own account and Region."""
        return next((text for text in self._texts(names) if self._is_own(text)), "")

    def function(self, *names: str) -> str:
        """A Lambda function's name, from its ARN, with or without a version behind, or as it is."""
        for text in self._texts(names):
            parts = text.split(":")
            is_arn = self._is_own(text) and parts[2] == "lambda" and len(parts) > _OF_FUNCTION
            name = parts[_OF_FUNCTION] if is_arn else text
            if _FUNCTION.fullmatch(name):
                return name
        return ""

    def _is_own(self, text: str) -> bool:
        arn = parse_arn(text)
        return arn is not None and (arn.account, arn.region) == (self._place.account, self._place.region)

    def like(self, form: re.Pattern[str], *names: str) -> str:
        """The last part of the first text under one of the names that has this form."""
        for text in self._texts(names):
            last = text.rpartition("/")[2]
            is_foreign = parse_arn(text) is not None and not self._is_own(text)
            if not is_foreign and form.fullmatch(last):
                return last
        return ""


def _at(one: Mapping[str, Any], name: str) -> object:
    """What stands under a dotted name, written as one or as objects in objects."""
    head, _, rest = name.partition(".")
    inner = one.get(head) if rest else None
    return one.get(name) if name in one or not isinstance(inner, Mapping) else _at(inner, rest)


def _of_tags(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Datadog's tags as fields."""
    told: dict[str, Any] = {}
    for name in _TAGS:
        tags = line.get(name)
        listed = tags.split(",") if isinstance(tags, str) else tags if isinstance(tags, list) else ()
        pairs = (one.strip().partition(":") for one in listed if isinstance(one, str))
        told |= {key: value for key, _, value in pairs}
    return told


def _of_protocol(line: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The resource's attributes of OpenTelemetry's own JSON; nothing where it tells of several resources."""
    match line.get("resourceLogs"):
        case [{"resource": {"attributes": [*attributes]}}]:
            return [{one["key"]: one["value"].get("stringValue") for one in attributes if _is_attribute(one)}]
    return []


def _is_attribute(one: object) -> bool:
    match one:
        case {"key": str(), "value": {}}:
            return True
    return False
