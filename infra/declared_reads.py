"""Every read that the library declares, found where it is declared: what no stage declares, no role may do."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages

import why403
from why403.reads import DeclaredRead

NOT_STAGES = ("why403.aws", "why403.cli", "why403.deliveries")
"""They carry reads out, or are run with a person's own credentials."""


def declared_reads() -> tuple[DeclaredRead, ...]:
    """All of them, each once, by service and operation."""
    found = {
        read
        for name in _stages()
        for value in vars(import_module(name)).values()
        for read in _reads_in(value)
    }
    return tuple(sorted(found, key=lambda read: (read.service, read.operation, read.reason)))


def _stages() -> Iterator[str]:
    for module in walk_packages(why403.__path__, prefix="why403."):
        stage, _, inside = module.name.removeprefix("why403.").partition(".")
        if inside and f"why403.{stage}" not in NOT_STAGES:
            yield module.name


def _reads_in(value: object) -> Iterator[DeclaredRead]:
    match value:
        case DeclaredRead():
            yield value
        case tuple():
            yield from (read for read in value if isinstance(read, DeclaredRead))
        case Mapping():
            yield from (read for read in value.values() if isinstance(read, DeclaredRead))
