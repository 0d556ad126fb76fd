"""ARCHITECTURE.md and the package tell the same order of stages."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _layers() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["contracts"][0]["layers"])


def test_the_diagram_is_the_checked_order() -> None:
    drawn = re.search(r"<!-- layers -->\n```\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL)

    assert drawn is not None
    assert _layers() == [line.split("  ")[0].strip() for line in drawn.group(1).strip().splitlines()]


def test_every_stage_says_in_one_line_what_it_is() -> None:
    package = ROOT / "functions" / "why403"
    silent = [
        folder.name
        for folder in package.iterdir()
        if (folder / "__init__.py").is_file() and not (folder / "__init__.py").read_text().startswith('"""')
    ]

    assert silent == []
