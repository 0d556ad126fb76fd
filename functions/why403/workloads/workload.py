"""What runs behind a log group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from why403.message import Message
from why403.reads import Answer, BlindSpot, Failure, Reply, Unreadable
from why403.workloads.role_names import same_role

DEAD_LETTER = "workloads.claim-dead-letter"
"""The finding of a schedule that only a line speaks of: anybody who writes lines can name it, and its role."""
REVISION_NOT_KNOWN = "workloads.revision-not-known"
"""The finding of a definition of which another revision, with another role, may have run."""
SEVERAL_REVISIONS = "workloads.several-revisions"
"""The finding of one that runs with several roles at once, as while a deployment is under way."""
UNSURE_ROLE = frozenset({
    REVISION_NOT_KNOWN, SEVERAL_REVISIONS, "workloads.shared-log-group", "workloads.guessed-by-name",
    "workloads.guessed-by-line", "workloads.another-revision-runs", "workloads.several-pod-roles",
    "workloads.several-roles",
})  # fmt: skip
"""Findings that say that another workload, or this one with another role, may have written the line."""
UNSUPPORTED = frozenset(
    {"workloads.claim-refuted", "workloads.claim-unsupported", "workloads.claim-user-unsupported"}
)
"""Findings of a caller that the line names and that the workload is not known to be."""


class WorkloadKind(StrEnum):
    """Where the code runs; PRINCIPAL: only the line tells who called."""

    ECS = "ecs"
    LAMBDA = "lambda"
    BATCH = "batch"
    CODEBUILD = "codebuild"
    EKS = "eks"
    EC2 = "ec2"
    STATES = "states"
    API_GATEWAY = "apigateway"
    PRINCIPAL = "principal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One that writes to a log group; `cluster` and `service` where a service of ECS runs it, or a task ran there.

    `name` is what AWS is asked by: a family, function, project, job definition, a state machine's ARN, `restapis/abc123`.
    """

    kind: WorkloadKind
    name: str
    cluster: str = ""
    service: str = ""
    template: str = ""
    """The log group with the router's placeholders, where it has some."""
    roles: tuple[str, ...] = field(default=(), compare=False)
    """ARNs of the roles that its lines can name; two writers are not told apart by them."""

    @property
    def key(self) -> str:
        """What tells it from the other writers of the group."""
        where = f"{self.cluster.rpartition('/')[2]}/{self.service}" if self.service else ""
        return f"{self.kind.value}#{where}#{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What is known of one log group. `surveyed`: kinds all of which were looked at not long ago."""

    writers: tuple[Writer, ...] = ()
    surveyed: frozenset[WorkloadKind] = frozenset()

    def of(self, kind: WorkloadKind) -> tuple[Writer, ...]:
        """The writers of one kind."""
        return tuple(writer for writer in self.writers if writer.kind is kind)


NOTHING_KNOWN = Hints()
CERTAIN = 1.0
"""AWS itself named it: by its id in the group or stream, or by its own log group."""
CONFIGURED = 0.8
"""Its own settings name the log group."""
LIKELY = 0.6
"""A template or a shared setting fits: others may fit too."""
GUESSED = 0.4
"""Only the names are alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The running thing and the roles it could have called with. Empty text: there is none, or it is not known."""

    kind: WorkloadKind
    arn: str = ""
    """The service, function, job definition, project, instance, state machine or API."""
    name: str = ""
    task_definition: str = ""
    task_role_arn: str = ""
    execution_role_arn: str = ""
    instance_role_arn: str = ""
    role_arn: str = ""
    """The one role of kinds other than ECS."""
    cluster: str = ""
    service: str = ""
    container: str = ""
    task: str = ""
    caller_arn: str = ""
    """The role or user whose credentials this denial was made with: what to mend. Empty: not known."""
    account: str = ""
    region: str = ""
    partition: str = "aws"
    subnets: tuple[str, ...] = ()
    vpc: str = ""
    started: str = ""
    """When the running revision was deployed, ISO 8601; empty where it is not known."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The container's or function's environment. Never rendered: only a target's own name leaves it."""
    command: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    """Names of environment variables that are injected from secrets."""
    tags: Mapping[str, str] = field(default_factory=dict)
    launch: str = ""
    """ECS and Batch: `FARGATE`, `EC2`, `EXTERNAL` or `MANAGED_INSTANCES`; empty where it is not known."""
    clusters: tuple[str, ...] = ()
    """ECS: ARNs of clusters whose services may run it, likeliest first; ecs/service.py looks at them."""
    others: tuple[str, ...] = ()
    """ARNs of other workloads that share the log group, less likely than this one."""
    findings: tuple[Message, ...] = ()
    """What is odd about it: no task role, keys in the environment, a principal that is not the workload's."""
    credentials: str = ""
    """Where the credentials of the call come from, a word id: `task-role`, `static-keys`, `instance-profile`."""
    unreadable: tuple[BlindSpot, ...] = ()

    @property
    def source_arn(self) -> str:
        """What a service calls for when it calls itself: the topic, or all methods of the API."""
        if self.kind is not WorkloadKind.API_GATEWAY:
            return self.arn
        api = self.arn.partition("apis/")[2].partition("/")[0]
        return f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{api}/*" if api else ""


@dataclass(frozen=True, slots=True)
class LikelyWorkload:
    """`score` is between 0 and 1; `newest` breaks ties, larger is later."""

    workload: Workload
    score: float
    newest: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What one kind found, what it could not read, and what people should know either way."""

    found: tuple[LikelyWorkload, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = field(default=())


def several_revisions(name: str, *roles: str) -> Message:
    """What is said of one that runs with these roles at once; empty is none."""
    return Message(SEVERAL_REVISIONS, {"name": name, "roles": ", ".join(sorted(filter(None, set(roles))))})


def one_role(name: str, roles: Iterable[str], principal: str) -> tuple[str, tuple[Message, ...]]:
    """The one of the roles that was denied: there is one alone, or the line's principal is it; else none, and that is said."""
    known = tuple(dict.fromkeys(filter(None, roles)))
    named = tuple(role for role in known if principal and same_role(role, principal))
    if len(named or known) <= 1:
        return next(iter(named or known), ""), ()
    return "", (Message("workloads.several-roles", {"name": name, "roles": ", ".join(sorted(known))}),)


def blind_spots(replies: Iterable[Reply], subject: str = "") -> tuple[BlindSpot, ...]:
    """The replies that leave something unknown: absent is known."""
    return tuple(
        reply.spot(subject)
        for reply in replies
        if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT
    )


def answers(replies: Iterable[Reply]) -> tuple[Answer, ...]:
    """The replies that are answers."""
    return tuple(reply for reply in replies if isinstance(reply, Answer))


def not_all(finding: str, looked_at: int, known: int, *, more: bool = False) -> tuple[Message, ...]:
    """Said where some were not looked at. `finding` is the id that says so; `more`: AWS's own list went on."""
    if looked_at >= known and not more:
        return ()
    values = {"looked_at": str(looked_at), "known": f"{known}{'+' if more else ''}"}
    return (Message(finding, values),)
