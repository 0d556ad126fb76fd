"""Everything that a remedy is drafted from."""

from collections.abc import Mapping
from dataclasses import dataclass

from why403.changes.change import Change
from why403.decisions.decision import Decision
from why403.decisions.request import Request
from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.remedies.claimed_principal import Claim
from why403.services.reading import TargetReading
from why403.targets.candidate import Candidate
from why403.workloads.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One call, every policy that has a say over it, and what they say."""

    request: Request
    policies: PolicySet
    decision: Decision
    target: TargetReading | None = None


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
