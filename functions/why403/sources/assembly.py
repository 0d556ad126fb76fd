"""A CDK app's cloud assembly: the templates of all its stacks, nested ones and stages too, and the logical ids in them.

It may be anybody's: what it names is read inside it only, no link and no pipe is followed.
"""

import hashlib
import json
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from why403.errors import SettingsError
from why403.sources.cloudformation import DeployPlace, read_cloudformation
from why403.sources.planned import Planned
from why403.sources.template import LARGEST, read_template, text_of

DEEPEST = 10
"""Assemblies in each other: an app, its stages, and theirs."""
PATH = "aws:cdk:path"
HASH = 8
"""Hexadecimal digits at a logical id's end."""


def read_assembly(directory: Path, place: DeployPlace, stack: str = "") -> Planned:
    """The policies of a cdk.out's stacks, or of the one of this name where it has that. SettingsError where it is none."""
    found = Planned(file=str(directory), account=place.account)
    for path, where in _of_stack(directory, place, stack):
        found.merge(read_cloudformation(_bytes(path), str(path), where))
    return found


def construct_paths(directory: Path, stack: str = "") -> Mapping[str, Sequence[str]]:
    """The construct paths that its templates' metadata tell, by logical id; of one stack, as above."""
    found: dict[str, Sequence[str]] = {}
    for path, _ in _of_stack(directory, DeployPlace(), stack):
        for logical, resource in read_template(_bytes(path), str(path))["Resources"].items():
            metadata = resource.get("Metadata") if isinstance(resource, Mapping) else None
            told = metadata.get(PATH) if isinstance(metadata, Mapping) else None
            if isinstance(told, str):
                found[str(logical)] = tuple(told.split("/"))
    return found


def _of_stack(directory: Path, place: DeployPlace, stack: str) -> list[tuple[Path, DeployPlace]]:
    templates = list(_templates(directory, place, 0))
    if not templates:
        raise SettingsError(f"{directory} is no cdk.out: its manifest.json names no stack.")
    return [each for each in templates if stack and each[1].stack == stack] or templates


def _bytes(path: Path) -> bytes:
    """A regular file's. SettingsError where it is something else, or too large."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            raise SettingsError(f"{path} is no file of at most {LARGEST:,} bytes, and is not read.")
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None


def _templates(directory: Path, place: DeployPlace, depth: int) -> Iterator[tuple[Path, DeployPlace]]:
    path = directory / "manifest.json"
    if depth > DEEPEST:
        raise SettingsError(f"{path}: assemblies in each other without end.")
    try:
        manifest = json.loads(text_of(_bytes(path), str(path)))
        artifacts = list((manifest.get("artifacts") or {}).items())
        told = {name: artifact.get("properties") or {} for name, artifact in artifacts}
        files = {
            name: str(each.get("templateFile") or each.get("directoryName") or "")
            for name, each in told.items()
        }
    except (ValueError, AttributeError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    for name, artifact in artifacts:
        inside = directory / files[name]
        if not inside.resolve().is_relative_to(directory.resolve()):
            raise SettingsError(f"{path} names a file outside: {inside}")
        if artifact.get("type") == "cdk:cloud-assembly":
            yield from _templates(inside, place, depth + 1)
        elif artifact.get("type") == "aws:cloudformation:stack":
            account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
            known = replace(
                place,
                account=place.account or (account if account.isdigit() else ""),
                region=place.region or ("" if region.startswith("unknown") else region),
                stack=str(told[name].get("stackName") or name),
            )
            yield inside, known
    for nested in sorted(directory.glob("*.nested.template.json")):
        yield nested, place


def logical_id(path: Sequence[str]) -> str:
    """The logical id that the CDK makes of a path within its stack.

    https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/private/uniqueid.ts
    """
    shown = [each for each in path if each != "Default"]
    if len(shown) == 1:
        return re.sub("[^A-Za-z0-9]", "", shown[0])  # a stack's own: an L1 construct
    digest = hashlib.md5("/".join(shown).encode(), usedforsecurity=False).hexdigest()
    return human(shown) + digest[:HASH].upper()


def human(path: Sequence[str]) -> str:
    """What people read of a logical id."""
    kept: list[str] = []
    for each in path:
        if not (kept and kept[-1].endswith(each)):
            kept.append(each)
    shown = "".join(each for each in kept if each not in {"Default", "Resource"})
    return re.sub("[^A-Za-z0-9]", "", shown)[:240]
