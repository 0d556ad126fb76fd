"""Everything that a remedy is drafted from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from why403.changes.change import Change
from why403.decisions.decision import Decision, Request
from why403.denials.denial import Denial
from why403.denials.shared_operation import services_with
from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.remedies.claimed_principal import Claim
from why403.services.reading import TargetReading
from why403.services.register import holder_of_policy
from why403.targets.candidate import Candidate
from why403.workloads.workload import Workload

_MAKING = ("create", "register", "import", "restore", "allocate")
_MAKE_BESIDES = frozenset({"ssm:putparameter", "events:putrule", "kinesis:createstream"})
_MAKE_IN_IT = frozenset(
    {"logs:createlogstream", "kms:creategrant", "lambda:createalias", "dynamodb:createbackup"}
)
"""What these make lies in their target, which must be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One call, every policy that has a say over it, and what they say."""

    request: Request
    policies: PolicySet
    decision: Decision
    target: TargetReading | None = None

    @property
    def makes_its_target(self) -> bool:
        """Whether the call makes what it is called on, which is not there before."""
        action = self.request.action.lower()
        name = action.partition(":")[2]
        return action in _MAKE_BESIDES or (name.startswith(_MAKING) and action not in _MAKE_IN_IT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`denied` is the call that was really denied; None for a 403 that no policy explains (a playbook only)."""

    denial: Denial
    workload: Workload
    place: Place
    denied: Judged | None = None
    needed_besides: tuple[Judged, ...] = ()
    """Further calls that the same operation needs (its key, the role it passes), judged as they stand."""
    caller: CallerReading | None = None
    candidates: tuple[Candidate, ...] = ()
    changes: tuple[Change, ...] = ()
    seen_resources: tuple[str, ...] = ()
    """ARNs that this incident's lines named, for a common prefix; the denied one among them."""
    also_denied: tuple[tuple[str, str], ...] = ()
    """(action, resource ARN) that the same role was denied in the log group's last day."""
    claim: Claim = Claim.OWN
    """Whether the workload can be whom the line names."""
    by_role: "Case | None" = None
    """The same call by the workload's own role, where a user's keys in its environment win over that."""
    names: Mapping[str, str] | None = None
    """What a playbook is filled with beside the denial: a distribution's id, a web ACL's name."""
    log_group: str = ""
    log_stream: str = ""
    """Where the line stands: there its like is looked for again."""

    @property
    def is_doubted(self) -> bool:
        """The line names a role that the workload may or may not be able to take."""
        return self.claim is Claim.UNPROVEN

    @property
    def services(self) -> tuple[str, ...]:
        """Those that have an operation of the name that the line tells, where it tells no service."""
        return () if self.denial.service else services_with(self.denial.operation or "")


def holder_of(judged: Judged) -> str:
    """The ARN of what holds the policy: an object's is its bucket's, an index's its table's."""
    told = judged.target.arn if judged.target is not None else ""
    return holder_in(told if parse_arn(told) is not None else judged.request.resource)


def holder_in(resource: str) -> str:
    """The part of an ARN that holds the policy; text that is no ARN as it is."""
    arn = parse_arn(resource)
    if arn is None:
        return resource
    return holder_of_policy(arn)


def service_of(arn: str) -> str:
    """The IAM prefix in an ARN."""
    parsed = parse_arn(arn)
    return parsed.service if parsed is not None else ""


def document_before(judged: Judged) -> Mapping[str, Any] | None:
    """The policy as it stands; None where there is none, or it is unread or no JSON."""
    policy = judged.policies.resource
    return policy.document if policy is not None and isinstance(policy.document, Mapping) else None
