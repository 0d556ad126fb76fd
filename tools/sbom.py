"""The bill of materials of a release, as CycloneDX 1.6 has it, from the locked sets: `python -m tools.sbom > sbom.json`.

What runs in the account (the functions' asset) is required; what deploys it, and the CDK's command line, is excluded
from that scope, and listed all the same. https://cyclonedx.org/docs/1.6/json/
"""

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from why403 import __version__

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
"""The first line of a locked package, an extra or a marker left out."""
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
"""One a file that PyPI offers, as pip-compile writes them; SHA-256 in small hexadecimal letters."""
SETS = (("functions/requirements.txt", "required"), ("requirements.txt", "excluded"))
NPM = "tools/cdk/package-lock.json"


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The document; the same for the same locks, so that a release can be made again."""
    found: dict[str, dict[str, Any]] = {}
    for file, scope in SETS:
        for component in locked((root / file).read_text("utf-8"), scope):
            found.setdefault(component["bom-ref"], component)
    for component in from_npm(json.loads((root / NPM).read_text("utf-8"))):
        found.setdefault(component["bom-ref"], component)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "why403",
                "name": "why403",
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [found[reference] for reference in sorted(found)],
    }


def locked(text: str, scope: str) -> Iterator[dict[str, Any]]:
    """The packages of a requirements file with hashes; one hash for each file that may be installed."""
    starts = [*PINNED.finditer(text)]
    for start, end in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=True):
        hashes = HASH.findall(text[start.start() : end])
        yield _component(
            f"pkg:pypi/{start['name'].lower().replace('_', '-')}", start, scope, "SHA-256", hashes
        )


def from_npm(lock: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The packages of an npm lockfile."""
    for place, told in lock["packages"].items():
        if place:
            package = {"name": place.rpartition("node_modules/")[2], "version": told["version"]}
            digest = base64.b64decode(told["integrity"].removeprefix("sha512-")).hex()
            name = package["name"].replace("@", "%40")
            yield _component(f"pkg:npm/{name}", package, "excluded", "SHA-512", [digest])


def _component(
    purl: str, package: "Mapping[str, str] | re.Match[str]", scope: str, algorithm: str, hashes: list[str]
) -> dict[str, Any]:
    reference = f"{purl}@{package['version']}"
    return {
        "type": "library",
        "bom-ref": reference,
        "name": package["name"],
        "version": package["version"],
        "scope": scope,
        "purl": reference,
        "hashes": [{"alg": algorithm, "content": content} for content in hashes],
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
