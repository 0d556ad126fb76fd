"""A service of the Serverless Framework that is written as an object in TypeScript or JavaScript.

https://www.serverless.com/framework/docs/guides/intro#serverlessyml
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from why403.errors import SettingsError
from why403.sources.cdk_text import in_list
from why403.sources.code import Code, unwrapped
from why403.sources.code_text import (
    behind_last,
    inserted,
    is_list_of_lines,
    last_of,
    literal_style,
    margin_of,
)
from why403.sources.code_tree import read_code

PROPERTIES = {"pair", "shorthand_property_identifier"}
HANDED = {
    "export_statement",
    "lexical_declaration",
    "variable_declarator",
    "expression_statement",
    "assignment_expression",
}
"""What stands around the object: `export default {…}`, `const service: AWS = {…}`, `module.exports = {…}`."""


def service_object(code: Code) -> Any:  # noqa: ANN401
    """The object that a serverless.ts or .js hands to the framework."""
    waiting, found = [*code.root.named_children], []
    while waiting:
        node = unwrapped(waiting.pop())
        if node.type == "object" and {"service", "provider"} <= {key for key, _ in code.pairs(node)}:
            found.append(node)
        elif node.type in HANDED:
            waiting += node.named_children
    if len(found) != 1:
        raise SettingsError("it hands no object to the framework that stands in this file")
    return found[0]


def with_statements(path: Path, text: str, way: Sequence[str], statements: Sequence[Any]) -> str:
    """The text with statements more at a place, which is made where it is not there. SettingsError where that is not safe."""
    code = read_code(path, text)
    inside, missing = service_object(code), list(way)
    while missing and (deeper := code.member(inside, missing[0])) is not None:
        inside, missing = deeper, missing[1:]
    last = last_of(inside)
    style, _ = literal_style(code, last if last is not None and not missing else inside)
    if missing and last is not None and last.type in PROPERTIES and is_list_of_lines(code, inside):
        margin = margin_of(code.source, last.start_byte)
        added = style.property(below(missing, statements), margin)
        insertions = behind_last(code, inside, [added])
    elif not missing and inside.type == "array" and last is not None and last.type == "object":
        if not is_list_of_lines(code, inside):
            raise SettingsError(f"its {'.'.join(way)} have no line of their own")
        insertions = in_list(code, inside, statements, style)
    else:
        raise SettingsError(f"its {'.'.join(way)} is no list that stands in this file")
    after, places = inserted(code.source, insertions)
    if not read_code(path, after.decode()).keeps(code, places):
        raise SettingsError("the edit would change more than the policy")
    return after.decode()


def below(steps: Sequence[str], statements: Sequence[Any]) -> dict[str, Any]:
    """The statements below the keys that lead to them."""
    added: Any = statements
    for step in reversed(steps):
        added = {step: added}
    return dict(added)
