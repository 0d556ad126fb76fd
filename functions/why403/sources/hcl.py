"""Terraform's language: a file's blocks, each with its place in the text, and what an expression yields without a plan.

https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from why403.errors import SettingsError
from why403.sources.planned import UNKNOWN

DEEPEST = 120
"""Levels of expressions in each other; what refers to itself ends here."""
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])')
"""https://developer.hashicorp.com/terraform/language/expressions/strings"""
FIRST_SURROGATE, LAST_SURROGATE, LAST_LETTER = 0xD800, 0xDFFF, 0x10FFFF
"""Unicode's halves of a pair, which no text may hold alone, and its last code point."""
PLACEHOLDER = re.compile(r"%[sdv]")
"""A value of format()."""
LITERALS: Mapping[str, bool] = {"true": True, "false": False}
Resolve = Callable[[tuple[str, ...], int], Any]


@dataclass(frozen=True, slots=True)
class HclBlock:
    """One block: `resource "aws_iam_role" "web" { … }` has the kind `resource` and two labels."""

    source: bytes
    node: Any
    body: Any

    @property
    def kind(self) -> str:
        """Its first word."""
        return word(self.source, self.node.children[0])

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands between its kind and its brace."""
        named = (each for each in self.node.named_children[1:] if each.type in {"string_lit", "identifier"})
        return tuple(word(self.source, each).strip('"') for each in named)

    @property
    def line(self) -> int:
        """Its line, from 1."""
        return int(self.node.start_point[0]) + 1

    def attribute(self, name: str) -> Any:  # noqa: ANN401  # tree-sitter's node
        """The expression of an attribute; None where there is none."""
        for each in self.body.named_children if self.body else ():
            if each.type == "attribute" and word(self.source, each.named_children[0]) == name:
                return each.named_children[1]
        return None

    def names(self) -> Iterator[str]:
        """The attributes that it has."""
        for each in self.body.named_children if self.body else ():
            if each.type == "attribute":
                yield word(self.source, each.named_children[0])

    def blocks(self, *kinds: str) -> list["HclBlock"]:
        """The blocks in it, of these kinds or all."""
        return [each for each in _blocks(self.source, self.body) if not kinds or each.kind in kinds]


def read_hcl(source: bytes) -> list[HclBlock]:
    """A file's blocks. SettingsError where it does not parse, or the extra that reads it is not installed."""
    try:
        import tree_sitter  # noqa: PLC0415  # an extra
        import tree_sitter_hcl  # noqa: PLC0415
    except ImportError:
        raise SettingsError("Terraform is read with an extra: pip install 'why403[fix]'") from None
    # The tree starts behind a byte order mark, as Terraform does: blanks keep each place.
    shown = b"   " + source[3:] if source.startswith(b"\xef\xbb\xbf") else source
    root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(shown).root_node
    if root.has_error:
        raise SettingsError(f"it does not parse (line {first_error(root)})")
    bodies = [each for each in root.named_children if each.type == "body"]
    return [block for body in bodies for block in _blocks(source, body)]


def word(source: bytes, node: Any) -> str:  # noqa: ANN401
    """A node's text."""
    return source[node.start_byte : node.end_byte].decode()


def traversals(source: bytes, node: Any) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    """What an expression refers to, each as its names: `("aws_iam_role", "web", "arn")`."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "expression" and one.named_children and one.named_children[0].type == "variable_expr":
            yield _names(source, one)
        waiting += one.named_children


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Values of expressions; UNKNOWN for what only a plan knows. `resolve` gives what names refer to."""

    source: bytes
    resolve: Resolve

    def value(self, node: Any, depth: int = 0) -> Any:  # noqa: ANN401, C901, PLR0911  # a table of the grammar
        """Of an expression, or None where there is none."""
        if node is None:
            return None
        if depth > DEEPEST:
            return UNKNOWN
        kids = node.named_children
        match node.type:
            case "expression" if kids and kids[0].type == "variable_expr":
                return self._referred(node, depth)
            case "expression" | "collection_value" | "literal_value" | "template_expr" if len(kids) == 1:
                return self.value(kids[0], depth + 1)
            case "string_lit" | "quoted_template":
                return self._text(kids[1:-1], depth, quoted=True)
            case "heredoc_template":
                return self._heredoc(node, depth)
            case "numeric_lit" | "bool_lit":
                return LITERALS.get(word(self.source, node), word(self.source, node))
            case "null_lit":
                return None
            case "tuple":
                return [self.value(each, depth + 1) for each in elements(node)]
            case "object":
                return {self.key(k, depth): self.value(v, depth + 1) for k, v in self.pairs(node)}
            case "function_call":
                return self._called(node, depth)
            case _:
                return UNKNOWN

    def pairs(self, node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
        """An object's keys and values, as nodes."""
        for each in node.named_children:
            if each.type == "object_elem":
                yield each.named_children[0], each.named_children[-1]

    def key(self, node: Any, depth: int = 0) -> str:  # noqa: ANN401
        """An object's key; a bare name is itself."""
        kids = node.named_children
        bare = len(kids) == 1 and kids[0].type == "variable_expr"
        return word(self.source, node) if bare else str(self.value(node, depth + 1))

    def _referred(self, node: Any, depth: int) -> Any:  # noqa: ANN401
        plain = all(each.type in {"variable_expr", "get_attr", "index"} for each in node.named_children)
        return self.resolve(_names(self.source, node), depth + 1) if plain else UNKNOWN

    def _text(self, parts: Sequence[Any], depth: int, *, quoted: bool) -> str:
        said = []
        for part in parts:
            if part.type == "template_literal":
                text = word(self.source, part)
                text = ESCAPE.sub(_unescaped, text) if quoted else text
                said.append(text.replace("$${", "${").replace("%%{", "%{"))
            elif part.type == "template_interpolation":
                inner = [each for each in part.named_children if each.type == "expression"]
                value = self.value(inner[0], depth + 1) if inner else UNKNOWN
                said.append(str(value) if isinstance(value, str | int) else UNKNOWN)
            else:
                said.append(UNKNOWN)
        return "".join(said)

    def _heredoc(self, node: Any, depth: int) -> str:  # noqa: ANN401
        """Indentation stays: the documents in heredocs are JSON, which does not mind."""
        return self._text(node.named_children[2:-1], depth, quoted=False)

    def _called(self, node: Any, depth: int) -> Any:  # noqa: ANN401
        name = word(self.source, node.named_children[0])
        given = [
            self.value(each, depth + 1)
            for kid in node.named_children
            if kid.type == "function_arguments"
            for each in kid.named_children
            if each.type == "expression"
        ]
        match name, given:
            case "jsonencode", [value]:
                return json.dumps(value)
            case "format", [str(text), *values] if len(PLACEHOLDER.findall(text)) == len(values):
                told = iter(values)
                return PLACEHOLDER.sub(lambda _: _plain(next(told)), text)
            case "join", [str(by), list(parts)]:
                return by.join(map(_plain, parts))
            case "concat", lists if all(isinstance(each, list) for each in lists):
                return [each for one in lists for each in one]
            case (("toset" | "tolist" | "trimspace"), [value]):
                return value
            case _:
                return UNKNOWN


def elements(node: Any) -> list[Any]:  # noqa: ANN401
    """A tuple's expressions."""
    return [each for each in node.named_children if each.type == "expression"]


def within(node: Any, kind: str) -> Any:  # noqa: ANN401
    """The node of this kind that an expression is, and nothing else; None where it is another."""
    while node is not None and node.type != kind:
        kids = node.named_children
        wraps = node.type in {"expression", "collection_value", "literal_value", "template_expr"}
        node = kids[0] if wraps and len(kids) == 1 else None
    return node


def escaped(text: str) -> str:
    """A text as a quoted one, in which nothing is a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else UNKNOWN


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    number = 0 if code in ESCAPES else int(code[1:], 16)
    is_letter = number < FIRST_SURROGATE or LAST_SURROGATE < number <= LAST_LETTER
    return ESCAPES.get(code) or (chr(number) if is_letter else UNKNOWN)


def _names(source: bytes, node: Any) -> tuple[str, ...]:  # noqa: ANN401
    names = []
    for each in node.named_children:
        if each.type in {"variable_expr", "get_attr"} and each.named_children:
            names.append(word(source, each.named_children[0]))
        elif each.type == "index":
            key = _literal_key(each) if names[:1] in (["local"], ["var"]) else None
            names.append("[]" if key is None else word(source, key))
    return tuple(names)


def _literal_key(index: Any) -> Any:  # noqa: ANN401
    """The text in `names["web"]`; None of any other index. A resource's would be an instance, not an attribute."""
    new = index.named_children[0]
    quoted = within(new.named_children[0], "string_lit") if new.type == "new_index" else None
    parts = quoted.named_children[1:-1] if quoted is not None else []
    return parts[0] if len(parts) == 1 else None


def _blocks(source: bytes, body: Any) -> Iterator[HclBlock]:  # noqa: ANN401
    for each in body.named_children if body else ():
        if each.type == "block":
            inner = [one for one in each.named_children if one.type == "body"]
            yield HclBlock(source, each, inner[0] if inner else None)


def first_error(root: Any) -> int:  # noqa: ANN401
    """The line, from 1, at which a text does not parse."""
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if node.is_error or node.is_missing:
            return int(node.start_point[0]) + 1
        waiting = [each for each in node.children if each.has_error or each.is_missing] + waiting
    return 1
