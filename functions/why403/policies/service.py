"""What the register holds of one service whose resources carry policies."""

from collections.abc import Callable
from dataclasses import dataclass

from why403.iam.arn import Arn
from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.services.reading import TargetReading

PlanOf = Callable[[Arn, str, Place], Plan[TargetReading]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyService:
    """One service file: what it reads, how, and the AWS page that it follows.

    `prefixes` are the service segments of the ARNs it is asked about. `read` takes the target's ARN, the IAM
    action and our place, needs at most two rounds, and leaves the key to the register. `probe` is the read that
    shows whether a resource of this ARN exists: the register asks it again in other Regions; None where names
    are not bound to a Region.
    """

    stem: str
    title: str
    prefixes: tuple[str, ...]
    page: str
    reads: tuple[DeclaredRead, ...]
    read: PlanOf
    holds: str
    """The policy that is read, for docs/services.md: `queue policy`."""
    follows_key: bool = False
    probe: Callable[[Arn], Read] | None = None
    shows: Callable[[Arn, Answer], bool] | None = None
    """Whether the probe's answer shows the resource; None: any answer does, an absent one is an error."""


def ask(declared: DeclaredRead, arn: Arn, place: Place, *, pages: int = 1, **parameters: object) -> Read:
    """The read in the Region and account of `arn`, both left empty where they are our own."""
    region = "" if arn.region == place.region else arn.region
    account = "" if arn.account in {"", place.account} else arn.account
    return Read(declared, parameters, region, account, pages)


def part_after(arn: Arn, prefix: str) -> str:
    """The resource part behind `prefix`: a table's name behind `table/`. Empty where it starts otherwise."""
    return arn.resource.removeprefix(prefix) if arn.resource.startswith(prefix) else ""
