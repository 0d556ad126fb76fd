"""The shape of the tree: small files, short functions, no nesting to get lost in, and nothing left for later."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_A_FILE = 300
LINES_A_FUNCTION = 60
NESTING = 4
OURS_A_MODULE = 15
DOCUMENTED = 0.85
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
TEXT = (".py", ".md", ".json", ".toml", ".sh", ".txt", ".in", ".html", ".css", ".js", ".ts", ".yml", "")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


SOURCES = [path for path in _tracked("*.py") if "tests" not in path.parts]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _depth(node: ast.AST, depth: int = 0) -> int:
    deeper = depth + isinstance(node, BLOCKS)
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        parts = [*node.body, node.test]
        return max([deeper, _depth(node.orelse[0], depth), *(_depth(part, deeper) for part in parts)])
    return max([deeper, *(_depth(child, deeper) for child in ast.iter_child_nodes(node))])


@pytest.mark.parametrize("name", _named(SOURCES))
def test_a_file_holds_one_idea(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno for f in functions}
    too_long = {name: length for name, length in lengths.items() if length > LINES_A_FUNCTION}
    too_deep = {f.name: _depth(f) for f in functions if _depth(f) > NESTING}

    assert len((ROOT / name).read_text().splitlines()) <= LINES_A_FILE
    assert too_long == {}
    assert too_deep == {}


@pytest.mark.parametrize("name", _named(SOURCES))
def test_a_module_leans_on_few_others_of_ours(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text())
    leans_on = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("why403.")
    }
    allowed = (
        40 if name.endswith(("register.py", "diagnose.py")) else OURS_A_MODULE
    )  # a register names its members

    assert len(leans_on) <= allowed


def test_the_public_part_is_documented() -> None:
    public = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and not node.name.startswith("_")
    ]
    documented = [node for node in public if ast.get_docstring(node)]

    assert len(documented) / len(public) >= DOCUMENTED


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in _tracked("*.py", "*.md", "*.sh", "*.html")
        for line in path.read_text().splitlines()
        if LATER.search(line) and "there are no TODOs" not in line and path != Path(__file__)
    ]

    assert left == []


def test_nothing_private_stands_in_the_project() -> None:
    private = re.compile(r"/work/|\.\./shared|/root/|index-url|find-links(?!\b.*--no)")
    told = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in _tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for found in private.finditer(path.read_text(errors="replace"))
    ]
    allowed = {
        "tools/lock.sh: index-url",
        "tools/lock.sh: find-links",
    }  # the flags that keep hosts out of the locks

    assert set(told) - allowed == set()


def test_only_made_up_accounts_are_named() -> None:
    made_up = {"123456789012", "111122223333", "210987654321", "444455556666", "999999999999", "000000000000"}
    account = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:(\d{12}):")
    named = {
        number
        for path in _tracked()
        if path.suffix in TEXT
        for number in account.findall(path.read_text(errors="replace"))
    }

    assert named - made_up == set()
