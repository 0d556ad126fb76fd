"""What a log router, a container platform or EventBridge wrote into the line about who wrote it.

Anybody who makes the application log JSON can write the same fields: they select among the workloads that the log
group can belong to by AWS's own answers, and never add one. The stream's name outranks them.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html
https://docs.fluentbit.io/manual/pipeline/filters/kubernetes
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
_PLACES = ("kubernetes", "ecs", "resource", "attributes", "cloud")
"""Objects in which routers and OpenTelemetry put what they know of the source; the line's own fields first."""


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
    project: str = ""
    source: str = ""
    """The AWS service whose EventBridge event the line is: `aws.ecs`. Only in EventBridge's groups."""


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
    family, revision = found.text("aws.ecs.task.family"), found.text("aws.ecs.task.revision")
    return LineFields(
        cluster=found.named(
            "ecs_cluster", "aws.ecs.cluster.arn", "k8s.cluster.name", "orchestrator.cluster.name"
        ),
        task=found.like(_TASK, "ecs_task_arn", "aws.ecs.task.arn"),
        definition=found.like(_DEFINITION, "ecs_task_definition") or _joined(family, revision),
        container=found.named(
            "container_name", "k8s.container.name", "aws.ecs.container.name", "kubernetes.container.name"
        ),
        instance=found.like(_INSTANCE, "instance_id", "ec2_instance_id", "host.id", "cloud.instance.id"),
        pod=found.named("pod_name", "k8s.pod.name", "kubernetes.pod.name"),
        namespace=found.named(
            "namespace_name", "pod_namespace", "k8s.namespace.name", "kubernetes.namespace"
        ),
        service_account=found.named("service_account_name", "k8s.serviceaccount.name"),
    )


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
        self._objects = [line, *inner, *deeper, *_of_protocol(line)]
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

    def like(self, form: re.Pattern[str], *names: str) -> str:
        """The last part of the first text under one of the names that has this form."""
        for text in self._texts(names):
            arn, last = parse_arn(text), text.rpartition("/")[2]
            foreign = arn is not None and (arn.account, arn.region) != (
                self._place.account,
                self._place.region,
            )
            if not foreign and form.fullmatch(last):
                return last
        return ""


def _at(one: Mapping[str, Any], name: str) -> object:
    """What stands under a dotted name, written as one or as objects in objects."""
    head, _, rest = name.partition(".")
    inner = one.get(head) if rest else None
    return one.get(name) if name in one or not isinstance(inner, Mapping) else _at(inner, rest)


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
