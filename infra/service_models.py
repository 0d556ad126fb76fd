"""botocore's descriptions of services as the functions need them: a client's start is for the most part their parsing.

Taken out is what no call reads: the prose, versions of an API before its newest, examples, and the endpoints of services
that the functions never call. What remains is as botocore has it, in its order (docs/decisions/0018).
"""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

DESCRIPTION = "service-2.json"
NOTE = """\
These descriptions are botocore's (Apache-2.0, Copyright Amazon.com, Inc. or its affiliates), changed by why403's build:
documentation, examples, older versions of an API and the endpoints of services that it does not call are taken out.
"""
"""Apache-2.0 asks that changed files say so."""


def slim(data: Path, services: frozenset[str]) -> None:
    """Change botocore's folder `data`, where `services` have a folder each, in place."""
    prefixes = set(services)
    for service in sorted(services):
        if (data / service).is_dir():
            prefixes.add(_slim_service(data / service))
    endpoints = json.loads((data / "endpoints.json").read_text("utf-8"))
    for partition in endpoints["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in known if name in prefixes}
    _write(data / "endpoints.json", endpoints)
    (data / "CHANGED.txt").write_text(NOTE, "utf-8")


def _slim_service(folder: Path) -> str:
    """The service's endpoint prefix, by which the endpoints' file names it."""
    *older, newest = sorted(version for version in folder.iterdir() if version.is_dir())
    for version in older:
        shutil.rmtree(version)
    for example in newest.glob("examples-*"):
        example.unlink()
    packed = newest / f"{DESCRIPTION}.gz"
    plain = newest / DESCRIPTION
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
    model = _without_prose(json.loads(text))
    _write(plain, model)
    packed.unlink(missing_ok=True)
    return str(model["metadata"]["endpointPrefix"])


def _without_prose(value: Any) -> Any:  # noqa: ANN401  # JSON's values
    """A text under this name is prose; a member of a shape that has the name is an object.

    The name stays, with an empty text: of a client's parameters botocore asks for it at each call of S3.
    """
    if isinstance(value, dict):
        return {
            name: "" if name == "documentation" and isinstance(inner, str) else _without_prose(inner)
            for name, inner in value.items()
        }
    return [_without_prose(inner) for inner in value] if isinstance(value, list) else value


def _write(file: Path, value: Any) -> None:  # noqa: ANN401  # JSON's values
    file.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), "utf-8")
