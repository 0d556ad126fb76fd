"""What the register holds of one kind of resource that a call may have been for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Read


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetKind:
    """One kind: how its resources are listed, named and found in a text.

    `services` are the IAM prefixes of its actions, `prefix` what its ARNs' resource part begins with. `listing`
    are the reads of a Region's resources, `arns` what an answer lists. `named` makes the ARN of a name, id or URL;
    None where the text cannot be one, or where a name alone does not make an ARN. `spotted` finds ARNs in a text
    beside plain ARNs. `policy` is the read of one resource's policy, `policy_text` its text in the answer.
    `hints` are words, upper case, in the names of environment variables that hold such a name.
    """

    stem: str
    services: tuple[str, ...]
    prefix: str
    reads: tuple[DeclaredRead, ...]
    listing: Callable[[str], tuple[Read, ...]]
    arns: Callable[[Answer, Place], tuple[str, ...]]
    hints: tuple[str, ...]
    named: Callable[[str, Place], str | None]
    spotted: Callable[[str, Place], Iterable[str]] | None = None
    policy: Callable[[str], Read] | None = None
    policy_text: Callable[[Answer], str] | None = None


def resource_name(arn: str) -> str:
    """What people call the resource: its ARN's last part behind the kind, slashes of a path kept."""
    resource = arn.split(":", 5)[-1]
    for kind in KINDS_IN_ARNS:
        if resource.startswith(kind):
            return resource[len(kind) :].removesuffix(":*")
    return resource


KINDS_IN_ARNS = (
    "table/",
    "function:",
    "stream/",
    "repository/",
    "log-group:",
    "event-bus/",
    "stateMachine:",
    "secret:",
    "parameter/",
    "role/",
    "domain/",
    "deliverystream/",
    "file-system/",
    "alias/",
    "key/",
)


def arn_maker(service: str, prefix: str = "", letters: str = "-_.") -> Callable[[str, Place], str | None]:
    """For kinds whose ARN is made of the name alone: the ARN in our account and Region, or the ARN as given."""
    allowed = frozenset(letters)

    def named(text: str, place: Place) -> str | None:
        if text.startswith("arn:"):
            return text if text.split(":")[2:3] == [service] else None
        if not text or not all(char.isascii() and (char.isalnum() or char in allowed) for char in text):
            return None
        return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{prefix}{text}"

    return named
