"""A CDK app's cloud assembly: the templates of all its stacks, nested ones and stages too."""

import json
from collections.abc import Iterator
from pathlib import Path

from why403.errors import SettingsError
from why403.sources.cloudformation import DeployPlace, read_cloudformation
from why403.sources.planned import Planned
from why403.sources.template import text_of


def read_assembly(directory: Path, place: DeployPlace) -> Planned:
    """The policies of all stacks of a cdk.out, nested ones and stages too. SettingsError where it is none."""
    found = Planned(file=str(directory), account=place.account)
    templates = list(_templates(directory, place))
    if not templates:
        raise SettingsError(f"{directory} is no cdk.out: its manifest.json names no stack.")
    for path, where in templates:
        found.merge(read_cloudformation(path.read_bytes(), str(path), where))
    return found


def _templates(directory: Path, place: DeployPlace) -> Iterator[tuple[Path, DeployPlace]]:
    path = directory / "manifest.json"
    try:
        manifest = json.loads(text_of(path.read_bytes(), str(path)))
        artifacts = manifest.get("artifacts") or {}
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    for name, artifact in artifacts.items():
        told = artifact.get("properties") or {}
        inside = directory / str(told.get("templateFile") or told.get("directoryName") or "")
        if not inside.resolve().is_relative_to(directory.resolve()):
            raise SettingsError(f"{path} names a file outside: {inside}")
        if artifact.get("type") == "cdk:cloud-assembly":
            yield from _templates(inside, place)
        elif artifact.get("type") == "aws:cloudformation:stack":
            account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
            yield (
                inside,
                DeployPlace(
                    account=place.account or (account if account.isdigit() else ""),
                    region=place.region or ("" if region.startswith("unknown") else region),
                    partition=place.partition,
                    stack=str(told.get("stackName") or name),
                    physical=place.physical,
                    seen=place.seen,
                ),
            )
    for nested in sorted(directory.glob("*.nested.template.json")):
        yield nested, place
