"""Format, lint, types and layers: what `make check` runs, as part of the suite."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CHECKS = {
    "formatted": ["ruff", "format", "--check", "."],
    "linted": ["ruff", "check", "."],
    "typed": ["mypy"],
    "layered": ["lint-imports"],
}


@pytest.mark.parametrize("what", CHECKS)
def test_the_tree_is(what: str) -> None:
    tool, *arguments = CHECKS[what]
    ran = subprocess.run([str(BIN / tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout[-3000:] if ran.returncode else "") == (0, "")


def test_each_module_of_the_cdk_that_we_use_is_typed() -> None:
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["overrides"]
    typed = {name for one in overrides if one.get("follow_imports") == "silent" for name in one["module"]}
    imported = re.compile(r"^from aws_cdk import (aws_\w+)|^(?:from|import) (aws_cdk\.[\w.]+)", re.MULTILINE)
    used = {
        found[2] or f"aws_cdk.{found[1]}"
        for folder in ("infra", "demo", "tools", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
        for found in imported.finditer(path.read_text("utf-8"))
    }

    assert len(used) > 10
    assert used - typed == set()
