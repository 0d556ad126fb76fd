"""Build what a tag releases: `python -m tools.release v0.2.0 --repository https://github.com/OWNER/why403`.

Version, tag and changelog have to say the same. Wheel and sdist come from the tagged files alone, into dist/; their page
on PyPI gets the repository's addresses, and the README's links lead there.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from zipfile import ZipFile

from markdown_it import MarkdownIt
from why403 import __version__

from tools.sbom import bill

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
TAG = re.compile(r"v(\d+\.\d+\.\d+(?:rc\d+)?)")
"""A version as SemVer writes it, release candidates included."""
LINK = re.compile(r"(!?)(\[[^\]]*\]\()(?!https?:|#|mailto:)([^)\s]+)")
"""A Markdown link or picture that leads into the repository."""
REPOSITORY = re.compile(r"https://[a-z0-9.-]+/[\w.-]+/[\w.-]+")
"""Where the tagged files can be read."""


class ReleaseError(Exception):
    """What stands in the way of a release, and what to do."""


def check(tag: str, changelog: str) -> None:
    """ReleaseError unless the tag, the package and the changelog tell of the same version."""
    found = TAG.fullmatch(tag)
    if found is None:
        raise ReleaseError(f"{tag} is no release's tag: write v{__version__}.")
    if found[1] != __version__:
        raise ReleaseError(f"The tag says {found[1]}, functions/why403/__init__.py says {__version__}.")
    if not re.search(rf"^## {re.escape(found[1])} \(\d{{4}}-\d{{2}}-\d{{2}}\)$", changelog, re.MULTILINE):
        raise ReleaseError(f"CHANGELOG.md has no section `## {found[1]} (YYYY-MM-DD)`: rename Unreleased.")


def notes(version: str, changelog: str) -> str:
    """The changelog's section on a version, without its heading."""
    _, _, after = changelog.partition(f"\n## {version} (")
    return after.partition("\n")[2].partition("\n## ")[0].strip()


def readme_elsewhere(text: str, repository: str, tag: str) -> str:
    """The README as it is read outside the repository: its links and pictures lead there."""
    return LINK.sub(
        lambda found: f"{found[1]}{found[2]}{repository}/{'raw' if found[1] else 'blob'}/{tag}/{found[3]}",
        text,
    )


def with_addresses(pyproject: str, repository: str, tag: str) -> str:
    """pyproject.toml with the addresses that PyPI shows."""
    return (
        f'{pyproject.rstrip()}\n\n[project.urls]\nRepository = "{repository}"\n'
        f'Changelog = "{repository}/blob/{tag}/CHANGELOG.md"\nDocumentation = "{repository}/tree/{tag}/docs"\n'
        f'Issues = "{repository}/issues"\n'
    )


def build(tag: str, repository: str, into: Path, commit: str) -> list[Path]:
    """Wheel and sdist of the commit's files, in `into`."""
    if REPOSITORY.fullmatch(repository) is None:
        raise ReleaseError(
            f"{repository} is no repository's address: https://github.com/OWNER/why403 is one."
        )
    with tempfile.TemporaryDirectory(prefix="why403-release-") as name:
        tree = Path(name)
        archive = tree / "tree.tar"
        _run("git", "archive", "--output", str(archive), commit)
        with tarfile.open(archive) as packed:
            packed.extractall(tree / "why403", filter="data")
        for file, changed in (("README.md", readme_elsewhere), ("pyproject.toml", with_addresses)):
            path = tree / "why403" / file
            path.write_text(changed(path.read_text("utf-8"), repository, tag), "utf-8")
        shutil.rmtree(into, ignore_errors=True)
        builder = tree / "builder.txt"
        builder.write_text(_locked_builder((ROOT / "requirements-dev.txt").read_text("utf-8")), "utf-8")
        hashed = ("--build-constraints", str(builder), "--require-hashes")
        _run(
            *(UV, "build", "--quiet", "--sdist", "--wheel", *hashed),
            *("--out-dir", str(into), str(tree / "why403")),
        )
    built = sorted(into.glob("why403-*"))
    _check_page(next(path for path in built if path.suffix == ".whl"))
    return built


def _locked_builder(lock: str) -> str:
    """Of a lock, what builds a package, with its hashes."""
    found = re.search(
        r"^setuptools==(?:.*\\\n)*.*\n", lock, re.MULTILINE
    )  # to the first line that does not go on
    if found is None:
        raise ReleaseError("requirements-dev.txt locks no setuptools: run make lock.")
    return found[0]


def _check_page(wheel: Path) -> None:
    """The description renders, and nothing in it leads nowhere."""
    with ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        _, _, page = opened.read(name).decode().partition("\n\n")
    html = MarkdownIt("commonmark").enable("table").render(page)
    dead = re.findall(r'(?:href|src)="(?!https?:|#|mailto:)([^"]*)"', html)
    if "<h1>" not in html or dead:
        raise ReleaseError(f"The README does not render as a page of PyPI: {dead or 'it has no heading'}.")


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  # our own commands


def main(arguments: list[str]) -> int:
    """Check, build, and say how to publish; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("tag", help=f"the tag, such as v{__version__}")
    parser.add_argument("--repository", required=True, help="where the tagged files can be read")
    given = parser.parse_args(arguments)
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    try:
        check(given.tag, changelog)
        built = build(given.tag, given.repository, DIST, given.tag)
    except (ReleaseError, subprocess.CalledProcessError) as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    (DIST / "sbom.cdx.json").write_text(json.dumps(bill(), indent=1) + "\n", "utf-8")
    (DIST / "NOTES.md").write_text(notes(__version__, changelog) + "\n", "utf-8")
    print("\n".join(str(path.relative_to(ROOT)) for path in built))
    print("Publish it with `uv publish dist/*.whl dist/*.tar.gz`, or let the workflow of the tag do it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
