"""Python and TypeScript as syntax trees: the calls of a file, where each stands, and what literals yield. Nothing of it is run.

One view serves both: names of arguments are told in camel case, as the CDK's TypeScript spells them.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from why403.errors import SettingsError
from why403.sources.hcl import word
from why403.sources.planned import UNKNOWN

DEEPEST = 60
"""Levels of values in each other; a policy has some ten."""
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
"""A name that both languages' style guides keep for what is assigned once."""
WORD_START = re.compile(r"_([a-z0-9])")
"""Where camel case has a capital: `role_name`, `roleName`."""
NAMES = {"identifier", "attribute", "member_expression", "this"}
CALLS = {"call", "new_expression", "call_expression"}


class CodeLanguage(Enum):
    """A language. JavaScript is read by TypeScript's grammar, which holds it."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"
    JAVASCRIPT = "javascript"


LANGUAGES: Mapping[str, CodeLanguage] = {
    ".py": CodeLanguage.PYTHON,
    ".ts": CodeLanguage.TYPESCRIPT,
    ".js": CodeLanguage.JAVASCRIPT,
    ".mjs": CodeLanguage.JAVASCRIPT,
    ".cjs": CodeLanguage.JAVASCRIPT,
}
"""By a file's suffix."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a node stands in: `target` the name that it is assigned to, `is_alone` the statement is this call and no more."""

    class_name: str = ""
    function: int = 0
    statement: Any = None
    target: str = ""
    is_alone: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class CodeCall:
    """A call or a new object: `name` as it is written (empty: no plain name), `named` its arguments by name in camel case."""

    node: Any
    name: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    is_open: bool
    around: Surroundings


@dataclass(slots=True)
class Code:
    """One file. `origins`: an imported name → what it is, as `aws_cdk.aws_iam`; `bases`: a class → those that it extends.

    `assigned`: a name → where it is given a value.
    """

    path: Path
    source: bytes
    language: CodeLanguage
    root: Any
    calls: list[CodeCall] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    imports: list[tuple[str, Any]] = field(default_factory=list)
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    constants: dict[str, list[Any]] = field(default_factory=dict)
    by_start: dict[int, CodeCall] = field(default_factory=dict)
    by_target: dict[str, list[CodeCall]] = field(default_factory=dict)
    assigned: dict[str, list[Surroundings]] = field(default_factory=dict)

    def full_name(self, name: str) -> str:
        """A name with what its first part was imported from."""
        first, dot, rest = name.partition(".")
        return self.origins.get(first, first) + dot + rest

    def construct_class(self, name: str) -> str:
        """`aws_iam.Role` of what the CDK calls so; empty of all else."""
        package, _, rest = self.full_name(name).partition(".")
        return rest if package == "aws_cdk" else ""

    def call_at(self, node: Any) -> CodeCall | None:  # noqa: ANN401
        """The call that an expression is."""
        found = self.by_start.get(node.id)
        return found if found is not None and node.type in CALLS else None

    def text(self, node: Any) -> str:  # noqa: ANN401
        """What a node is written as."""
        return word(self.source, node)

    def words(self) -> Iterator[tuple[int, str]]:
        """Each word of the file, and where it stands."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if node.child_count == 0:
                yield int(node.start_byte), word(self.source, node)
            waiting += reversed(node.children)

    def keeps(self, other: "Code", added: Sequence[tuple[int, int]]) -> bool:
        """Whether it is the other's words and those at these places, nothing else."""
        kept = [text for at, text in self.words() if not any(start <= at < end for start, end in added)]
        return kept == [text for _, text in other.words()]

    def member(self, node: Any, name: str) -> Any:  # noqa: ANN401
        """A literal's value by name; None where it has none. SettingsError where what is spread into it may have one."""
        pairs = list(self.pairs(node)) if node.type == "object" else []
        if any(key == UNKNOWN for key, _ in pairs):
            raise SettingsError(f"its {name} may stand elsewhere: what is spread around it is not read")
        return next((unwrapped(value) for key, value in reversed(pairs) if key == name), None)

    def value(self, node: Any, depth: int = 0, *, constants: bool = True) -> Any:  # noqa: ANN401, PLR0911  # a table of the grammars
        """What a literal yields; UNKNOWN of all else, also within a text."""
        kids = node.named_children
        if depth > DEEPEST:
            return UNKNOWN
        match node.type:
            case "string" | "template_string":
                return self._text(node)
            case "concatenated_string":
                return "".join(map(self._text, kids))
            case "parenthesized_expression" | "as_expression" | "satisfies_expression" if kids:
                return self.value(kids[0], depth + 1, constants=constants)
            case "list" | "array":
                items = (each for each in kids if each.type != "comment")
                return [self.value(each, depth + 1, constants=constants) for each in items]
            case "dictionary" | "object":
                return {
                    str(key): self.value(value, depth + 1, constants=constants)
                    for key, value in self.pairs(node)
                }
            case "identifier" if (
                constants and len(found := self.constants.get(word(self.source, node), [])) == 1
            ):
                return self.value(found[0], depth + 1, constants=False)
            case "true" | "false" | "integer" | "number":
                return word(self.source, node).lower()
            case _:
                return UNKNOWN

    def pairs(self, node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        """A dictionary's or object's keys and values."""
        for each in node.named_children:
            if each.type == "pair":
                key = each.child_by_field_name("key")
                bare = key.type == "property_identifier"
                yield (
                    word(self.source, key) if bare else str(self.value(key)),
                    each.child_by_field_name("value"),
                )
            elif each.type == "shorthand_property_identifier":
                yield word(self.source, each), each
            elif each.type != "comment":
                yield UNKNOWN, each

    def _text(self, node: Any) -> str:  # noqa: ANN401
        parts = [each for each in node.named_children if each.type not in {"string_start", "string_end"}]
        if (
            node.type not in {"string", "template_string"}
            or len(parts) > 1
            or any(each.named_children for each in parts)
        ):
            return "".join(self._part(each) for each in parts) if node.type != "comment" else ""
        written = word(self.source, node)
        if self.language is not CodeLanguage.PYTHON:
            return self._part(parts[0]) if parts else ""
        try:
            value = (
                ast.literal_eval(written)
                if not any(each.type == "interpolation" for each in parts)
                else UNKNOWN
            )
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return UNKNOWN
        return value if isinstance(value, str) else UNKNOWN

    def _part(self, node: Any) -> str:  # noqa: ANN401
        plain = node.type in {"string_content", "string_fragment"} and not node.named_children
        text = word(self.source, node)
        return text if plain and "\\" not in text else UNKNOWN


def unwrapped(node: Any) -> Any:  # noqa: ANN401
    """An expression without the type that TypeScript says of it."""
    while node.type in {"as_expression", "satisfies_expression", "parenthesized_expression"}:
        node = node.named_children[0]
    return node


def camel(name: str) -> str:
    """`add_to_policy` as `addToPolicy`."""
    return WORD_START.sub(lambda found: found[1].upper(), name)


def snake(name: str) -> str:
    """`addToPolicy` as `add_to_policy`."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def dotted(source: bytes, node: Any) -> str:  # noqa: ANN401
    """`self.role` as it is written, `?.` as a dot; empty where it is anything but names."""
    inner = node
    while inner is not None and inner.type in {"attribute", "member_expression"}:
        inner = inner.named_children[0]
    plain = inner is not None and inner.type in NAMES
    text = word(source, node).replace("?.", ".") if plain else ""
    return text if re.fullmatch(r"[\w$]+(?:\.[\w$]+)*", text) else ""  # no line end
