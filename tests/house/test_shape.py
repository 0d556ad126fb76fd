"""The shape of the tree: small files, short functions, no nesting to get lost in, and nothing left for later."""

import ast
import re
import subprocess
import tokenize
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES_A_FILE = 300
LONGEST_LINE = 160
"""What a reader sees on a wide screen; the formatter breaks code before, but no long text or pattern."""
LINES_A_FUNCTION = 60
NESTING = 4
OURS_A_MODULE = 15
NAMES_ITS_MEMBERS = 40
"""A register names its members, and a story its stages."""
DOCUMENTED = 0.85
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
ARITHMETIC = (
    ast.Constant, ast.BinOp, ast.UnaryOp, ast.Name, ast.Attribute, ast.operator, ast.unaryop, ast.expr_context,
)  # fmt: skip
MARK = re.compile(r"# (?:fmt|ruff|noqa|type|pragma):[^#]*|# noqa")
LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
TEXT = (".py", ".md", ".json", ".toml", ".sh", ".txt", ".in", ".html", ".css", ".js", ".ts", ".yml", "")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


SOURCES = [path for path in _tracked("*.py") if "tests" not in path.parts]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(_tree(path)) if isinstance(node, FUNCTION)]


def _leans_on(path: Path) -> set[str]:
    imports = (node for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom))
    return {node.module for node in imports if (node.module or "").startswith("why403.") and node.module}


def _each(measure: Callable[[Path], int]) -> dict[str, int]:
    return {_name(path): measure(path) for path in SOURCES}


def _depth(node: ast.AST, depth: int = 0) -> int:
    deeper = depth + isinstance(node, BLOCKS)
    if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        parts = [*node.body, node.test]
        return max([deeper, _depth(node.orelse[0], depth), *(_depth(part, deeper) for part in parts)])
    return max([deeper, *(_depth(child, deeper) for child in ast.iter_child_nodes(node))])


def test_a_file_holds_one_idea() -> None:
    too_long = {
        name: lines for name, lines in _each(lambda path: len(_lines(path))).items() if lines > LINES_A_FILE
    }

    assert too_long == {}


def test_no_line_runs_off_the_screen() -> None:
    too_long = {
        f"{_name(path)}:{number}": len(line)
        for path in _tracked("*.py")
        for number, line in enumerate(_lines(path), 1)
        if len(line) > LONGEST_LINE
    }

    assert too_long == {}


def test_one_class_has_a_name() -> None:
    named = Counter(
        node.name
        for path in SOURCES
        if path.is_relative_to(ROOT / "functions")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef)
    )

    assert {name: count for name, count in named.items() if count > 1} == {}


def test_a_function_stays_short() -> None:
    too_long = {
        f"{_name(path)}: {found.name}": length
        for path in SOURCES
        for found in _functions(path)
        if (length := (found.end_lineno or found.lineno) - found.lineno) > LINES_A_FUNCTION
    }

    assert too_long == {}


def test_a_function_is_not_nested_to_get_lost_in() -> None:
    too_deep = {
        f"{_name(path)}: {found.name}": depth
        for path in SOURCES
        for found in _functions(path)
        if (depth := _depth(found)) > NESTING
    }

    assert too_deep == {}


def test_a_module_leans_on_few_others_of_ours() -> None:
    leaning = {
        name: used
        for name, used in _each(lambda path: len(_leans_on(path))).items()
        if used > (NAMES_ITS_MEMBERS if name.endswith(("register.py", "diagnose.py")) else OURS_A_MODULE)
    }

    assert leaning == {}


def test_the_public_part_is_documented() -> None:
    public = [
        node
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, (*FUNCTION, ast.ClassDef)) and not node.name.startswith("_")
    ]
    documented = [node for node in public if ast.get_docstring(node)]

    assert len(documented) / len(public) >= DOCUMENTED


def _is_threshold(value: ast.expr) -> bool:
    """Whether it is a number, a sum of numbers and names, or a tuple of such."""
    if isinstance(value, ast.Tuple):
        return bool(value.elts) and all(map(_is_threshold, value.elts))
    parts = list(ast.walk(value))
    numbers = [part.value for part in parts if isinstance(part, ast.Constant)]
    return all(isinstance(part, ARITHMETIC) for part in parts) and any(
        isinstance(number, (int, float)) and not isinstance(number, bool) for number in numbers
    )


def _is_pattern(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "re.compile"


def _has_reason(path: Path, body: list[ast.stmt], place: int) -> bool:
    """A docstring behind it, a comment in its lines, or one alone in the line above."""
    node, following = body[place], body[place + 1] if place + 1 < len(body) else None
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return True
    inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return any(line in inside or (alone and line == node.lineno - 1) for line, alone in _comments(path))


@cache
def _comments(path: Path) -> frozenset[tuple[int, bool]]:
    """Lines with a comment for people, and whether it stands alone: the formatter's and the linter's marks are none."""
    with path.open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
    return frozenset(
        (token.start[0], token.line.lstrip().startswith("#"))
        for token in tokens
        if not MARK.fullmatch(token.string)
    )


def test_every_regular_expression_and_threshold_says_why_it_is_so() -> None:
    silent = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        for place, node in enumerate(_tree(path).body)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        if _is_pattern(node.value) or _is_threshold(node.value)
        if not _has_reason(path, _tree(path).body, place)
    ]

    assert silent == []


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{_name(path)}: {line.strip()}"
        for path in _tracked("*.py", "*.md", "*.sh", "*.html")
        for line in _lines(path)
        if LATER.search(line) and "there are no TODOs" not in line and path != Path(__file__)
    ]

    assert left == []


def test_nothing_private_stands_in_the_project() -> None:
    private = re.compile(r"/work/|\.\./shared|/root/|index-url|find-links(?!\b.*--no)")
    told = [
        f"{_name(path)}: {found.group()}"
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
