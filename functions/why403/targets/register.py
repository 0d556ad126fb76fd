"""The register of kinds of targets, and every read that finding a target may use."""

from functools import cache
from importlib import import_module

from why403.iam.arn import Arn
from why403.reads import DeclaredRead
from why403.targets.kind import TargetKind
from why403.targets.neighbours import READS as NEIGHBOUR_READS
from why403.targets.trail import READS as TRAIL_READS

STEMS = (
    "queue",
    "topic",
    "bucket",
    "table",
    "secret",
    "key",
    "function",
    "stream",
    "delivery_stream",
    "repository",
    "log_group",
    "bus",
    "state_machine",
    "parameter",
    "role",
    "domain",
    "file_system",
)
"""One a file of this folder."""

KINDS: tuple[TargetKind, ...] = tuple(import_module(f"{__package__}.{stem}").KIND for stem in STEMS)

READS: tuple[DeclaredRead, ...] = tuple(
    dict.fromkeys((*(read for kind in KINDS for read in kind.reads), *NEIGHBOUR_READS, *TRAIL_READS))
)


@cache
def _by_service() -> dict[str, TargetKind]:
    return {service: kind for kind in KINDS for service in kind.services}


def kind_of_service(service: str) -> TargetKind | None:
    """What the actions of a service, given by its IAM prefix, are done to; None where we list no such thing."""
    return _by_service().get(service)


def kind_of_arn(arn: Arn) -> TargetKind | None:
    """The kind of resource that an ARN names."""
    kind = _by_service().get(arn.service)
    return kind if kind is not None and arn.resource.startswith(kind.prefix) else None
