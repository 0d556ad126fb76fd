"""YAML and JSON as people write them: one more value spliced into a text, all other bytes as they stand.

PyYAML tells where each node stands; JSON is read as YAML's flow style. Comments, line ends and order stay.
"""

import json
import re
from typing import Any

import yaml

Map = yaml.nodes.MappingNode
List = yaml.nodes.SequenceNode
Scalar = yaml.nodes.ScalarNode


def spliced(text: str, into: Any, added: Any, root: Any) -> str:  # noqa: ANN401  # PyYAML has no types
    """The text with values added behind the last of a list's or mapping's, as its neighbours are written."""
    newline = "\r\n" if "\r\n" in text else "\n"
    last = into.value[-1][1] if isinstance(into, Map) else into.value[-1]
    first = into.value[0][0] if isinstance(into, Map) else into.value[0]
    if into.flow_style:
        at = last.end_mark.index
        shown = json.dumps(added)[1:-1]
        if first.start_mark.line != into.start_mark.line:
            margin = _margin(text, first.start_mark.index)
            step = margin.removeprefix(_margin(text, into.start_mark.index)) or "  "
            listed = json.dumps(added, indent=step).split("\n")[1:-1]
            shown = newline + newline.join(margin + line.removeprefix(step) for line in listed)
            return f"{text[:at]},{shown}{text[at:]}"
        return f"{text[:at]}, {shown}{text[at:]}"
    at = _end(text, last)
    is_anchored = text[into.start_mark.index] == "&"  # its mark is the anchor's, on its key's line
    margin = _margin(text, first.start_mark.index) if is_anchored else " " * into.start_mark.column
    written = yaml.dump(
        added, Dumper=_Indented if _indents(root) else yaml.SafeDumper, sort_keys=False, width=4096
    )
    if isinstance(added, list):
        written = re.sub(r"^ {2}", "", written, flags=re.MULTILINE) if written.startswith("  ") else written
    lines = newline.join(margin + line for line in written.splitlines()) + newline
    opened = "" if text[:at].endswith("\n") else newline
    return text[:at] + opened + lines + text[at:]


class _Indented(yaml.SafeDumper):  # type: ignore[misc,unused-ignore]  # PyYAML's C types
    """Lists stand deeper than their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        super().increase_indent(flow, False)  # noqa: FBT003


def _indents(node: Any) -> bool:  # noqa: ANN401
    """Whether the template's first block list stands deeper than its key; so where it has none."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Map):
            for key, value in one.value:
                if isinstance(value, List) and not value.flow_style and value.value:
                    return bool(value.start_mark.column > key.start_mark.column)
                waiting.append(value)
    return True


def _end(text: str, node: Any) -> int:  # noqa: ANN401
    """Where the line after a node's last word begins: a block's own end mark stands behind comments and blanks."""
    while not isinstance(node, Scalar) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, Map) else node.value[-1]
    at = node.end_mark.index
    if isinstance(node, Scalar) and node.style in {"|", ">"}:
        at = len(text[:at].rstrip())
    return text.find("\n", at) + 1 or len(text)


def _margin(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def member(node: Any, name: str) -> Any:  # noqa: ANN401
    """A mapping's value, where it has that key once."""
    found = [value for key, value in node.value if key.value == name] if isinstance(node, Map) else []
    return found[0] if len(found) == 1 else None


def scalar(node: Any) -> str:  # noqa: ANN401
    """A plain value's text; empty of anything else."""
    return str(node.value) if isinstance(node, Scalar) else ""


def plain(node: Any) -> Any:  # noqa: ANN401
    """A node as plain values; a short function keeps its tag, marked by a NUL, so that two of them can be compared."""
    if isinstance(node, Map):
        told: Any = {str(plain(key)): plain(value) for key, value in node.value}
        if any(key.startswith(("Fn::", "Ref")) for key in told):
            return {"\0": told}
    elif isinstance(node, List):
        told = [plain(one) for one in node.value]
    else:
        told = scalar(node)
    standard = node is None or node.tag.startswith("tag:yaml.org,2002:")
    return told if standard else {"\0": [node.tag, told]}
