"""Python and TypeScript parsed: each call with what it stands in, imports, classes and constants. Nothing of it is run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from why403.errors import SettingsError
from why403.sources.code import (
    CALLS,
    CONSTANT,
    LANGUAGES,
    Code,
    CodeCall,
    CodeLanguage,
    Surroundings,
    camel,
    dotted,
)
from why403.sources.hcl import first_error, word
from why403.sources.planned import UNKNOWN

IMPORTS = {"import_statement", "import_from_statement"}
STATEMENTS = {"expression_statement", "lexical_declaration", "variable_declaration", "export_statement"}
ASSIGNED = {"assignment": "right", "assignment_expression": "right", "variable_declarator": "value"}
"""Nodes that give a name to a value, and the field with the value."""
REPEATED = re.compile(
    r"(?:for|for_in|while|do)_statement|.*comprehension|generator_expression|lambda|arrow_function|function_expression"
)
"""Nodes whose body may run several times."""
OPEN = {"dictionary_splat", "list_splat", "spread_element"}
"""Arguments that stand elsewhere."""
FUNCTIONS = {"function_definition", "method_definition", "function_declaration"}


def read_code(path: Path, text: str) -> Code:
    """A file's calls. SettingsError where it does not parse, or the extra that reads it is not installed."""
    language, source = LANGUAGES[path.suffix], text.encode()
    shown = b"   " + source[3:] if source.startswith(b"\xef\xbb\xbf") else source
    root = _parser(language).parse(shown).root_node
    if root.has_error:
        raise SettingsError(f"it does not parse (line {first_error(root)})")
    code = Code(path, source, language, root)
    waiting = [(root, Surroundings())]
    while waiting:
        node, around = waiting.pop()
        _noted(code, node, around)
        waiting += [(each, _around(code, node, each, around)) for each in reversed(node.named_children)]
    return code


def _parser(language: CodeLanguage) -> Any:  # noqa: ANN401
    try:
        import tree_sitter  # noqa: PLC0415  # an extra
        import tree_sitter_python  # noqa: PLC0415
        import tree_sitter_typescript  # noqa: PLC0415
    except ImportError:
        raise SettingsError("the CDK is read with an extra: pip install 'why403[fix]'") from None
    python = language is CodeLanguage.PYTHON
    grammar = tree_sitter_python.language() if python else tree_sitter_typescript.language_typescript()
    return tree_sitter.Parser(tree_sitter.Language(grammar))


def _around(code: Code, node: Any, child: Any, around: Surroundings) -> Surroundings:  # noqa: ANN401, PLR0911  # a table of the grammars
    """What a child of this node stands in."""
    if node.type in {"class_definition", "class_declaration"}:
        return Surroundings(class_name=_field(code, node, "name"), repeated=around.repeated)
    if node.type in FUNCTIONS:
        return Surroundings(around.class_name, node.id, repeated=around.repeated)
    if node.type in {"if_statement", "else_clause"} and child.type in STATEMENTS:
        return Surroundings(around.class_name, around.function, repeated=True)  # a branch without braces
    if node.type in STATEMENTS and around.statement is None:
        return replace(around, statement=node, is_alone=node.type == "expression_statement", target="")
    if node.type in ASSIGNED:
        is_value = child == node.child_by_field_name(ASSIGNED[node.type])
        return replace(around, target=_target(code, node) if is_value else "", is_alone=False)
    if REPEATED.fullmatch(node.type):
        return Surroundings(around.class_name, around.function, repeated=True)
    if node.type in {"block", "statement_block", "class_body"}:
        return Surroundings(around.class_name, around.function, repeated=around.repeated)
    if not around.target and not around.is_alone:
        return around
    keeps = node.type in {"lexical_declaration", "variable_declaration", "export_statement"}
    return around if keeps else replace(around, target="", is_alone=False)


def _target(code: Code, node: Any) -> str:  # noqa: ANN401
    left = node.child_by_field_name("left") or node.child_by_field_name("name")
    return dotted(code.source, left) if left is not None else ""


def _noted(code: Code, node: Any, around: Surroundings) -> None:  # noqa: ANN401
    if node.type in CALLS:
        call = _call(code, node, around)
        code.calls.append(call)
        code.by_start[node.id] = call
        if around.target:
            code.by_target.setdefault(around.target, []).append(call)
    elif node.type in IMPORTS and not around.function:
        code.imports += [
            (origin, node)
            for name, origin in _imported(code, node)
            if not code.origins.update({name: origin})
        ]
    elif node.type in {"class_definition", "class_declaration"}:
        heads = [each for each in node.named_children if each.type in {"argument_list", "class_heritage"}]
        names = [dotted(code.source, each) for head in heads for each in _flat(head)]
        code.bases[_field(code, node, "name")] = tuple(filter(None, names))
    elif node.type in ASSIGNED and (value := node.child_by_field_name(ASSIGNED[node.type])) is not None:
        target = _target(code, node)
        code.assigned.setdefault(target, []).append(around)
        code.imports += _required(code, node, value) if not around.function else []
        if CONSTANT.fullmatch(target):
            code.constants.setdefault(target, []).append(value)


def _flat(node: Any) -> list[Any]:  # noqa: ANN401
    """A class's bases, out of TypeScript's clauses."""
    return [
        one
        for each in node.named_children
        for one in (each.named_children if each.type.endswith("_clause") else [each])
    ]


def _call(code: Code, node: Any, around: Surroundings) -> CodeCall:  # noqa: ANN401
    called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    given = node.child_by_field_name("arguments")
    listed = [each for each in (given.named_children if given is not None else ()) if each.type != "comment"]
    named: dict[str, Any] = {}
    positional = []
    for each in listed:
        if each.type == "keyword_argument":
            named[camel(_field(code, each, "name"))] = each.child_by_field_name("value")
        elif each.type == "object" and each is listed[-1]:
            named |= dict(code.pairs(each))
        else:
            positional.append(each)
    is_open = UNKNOWN in named or any(each.type in OPEN for each in listed)
    return CodeCall(node, dotted(code.source, called), tuple(positional), named, is_open, around)


def _imported(code: Code, node: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """(The name in this file, what it is) for each name of an import."""
    told = node.child_by_field_name("source") or node.child_by_field_name("module_name")
    module = _module(word(code.source, told).strip("\"'")) if told is not None else ""
    waiting = [each for each in node.named_children if each != told]
    while waiting:
        each = waiting.pop()
        if each.type in {"aliased_import", "import_specifier"}:
            name = _field(code, each, "name")
            yield _field(code, each, "alias") or name, ".".join(filter(None, (module, name)))
        elif each.type == "dotted_name":
            name = word(code.source, each)
            yield (name, f"{module}.{name}") if module else (name.partition(".")[0],) * 2
        elif each.type == "namespace_import":
            yield word(code.source, each.named_children[0]), module
        else:
            waiting += each.named_children


def _required(code: Code, node: Any, value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    """What `const iam = require("…")` imports, as an import would."""
    given = value.child_by_field_name("arguments")
    is_require = value.type == "call_expression" and dotted(code.source, value.named_children[0]) == "require"
    if not is_require or len(given.named_children) != 1 or node.type != "variable_declarator":
        return []
    module, names = _module(str(code.value(given.named_children[0]))), node.child_by_field_name("name")
    found = {word(code.source, names): module} if names.type == "identifier" else {}
    for each in names.named_children:
        if each.type == "shorthand_property_identifier_pattern":
            found[word(code.source, each)] = f"{module}.{word(code.source, each)}"
        elif each.type == "pair_pattern":
            found[_field(code, each, "value")] = f"{module}.{_field(code, each, 'key')}"
    code.origins.update(found)
    return [(origin, node.parent) for origin in found.values()]


def _module(name: str) -> str:
    """A module of the CDK under Python's name, whatever its package is called."""
    for prefix in ("aws-cdk-lib", "@aws-cdk/core", "@aws-cdk"):
        if name == prefix or name.startswith(f"{prefix}/"):
            return ("aws_cdk" + name.removeprefix(prefix)).replace("/", ".").replace("-", "_")
    return name


def _field(code: Code, node: Any, name: str) -> str:  # noqa: ANN401
    found = node.child_by_field_name(name)
    return word(code.source, found) if found is not None else ""
