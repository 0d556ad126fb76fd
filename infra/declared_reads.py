"""Every read that the library declares, found where it is declared: what no stage declares, no role may do."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import why403
from why403.reads import DeclaredRead

ROOT = Path(__file__).parents[1]
NOT_STAGES = ("why403.aws", "why403.cli", "why403.http")
"""They carry reads out, or are run with a person's own credentials."""


def declared_reads() -> tuple[DeclaredRead, ...]:
    """All of them, each once, by service and operation."""
    return tuple(declared_where())


def declared_where() -> dict[DeclaredRead, str]:
    """Each read, by service and operation, and the file that declares it, from the root of the project."""
    found: dict[DeclaredRead, str] = {}
    for module in map(import_module, _stages()):
        source = Path(str(module.__file__))
        text = source.read_text("utf-8")
        for name, value in vars(module).items():
            assigned = re.search(rf"^{name}\b[^=\n]*=", text, re.MULTILINE)
            for read in _reads_in(value):
                if assigned and "DeclaredRead(" in text:
                    found[read] = source.relative_to(ROOT).as_posix()
                found.setdefault(read, "")
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _order(read: DeclaredRead) -> tuple[str, str, str]:
    return (read.service, read.operation, read.reason)


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
