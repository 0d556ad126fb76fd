"""Format, lint, types and layers: what `make check` runs, as part of the suite."""

import subprocess
import sys
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
