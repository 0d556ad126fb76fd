"""Statements as people write them in Terraform: objects of jsonencode, JSON in a heredoc, blocks of the data source.

Each is spliced into the text in the form that its neighbour has, and as `terraform fmt` leaves it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from why403.sources.hcl import Evaluator, HclBlock, elements, escaped, within, word
from why403.sources.planned import UNKNOWN
from why403.sources.template import nodes_of
from why403.sources.yaml_text import member, spliced

Statement = Mapping[str, Any]
ARGUMENTS: Mapping[str, str] = {
    "Sid": "sid",
    "Effect": "effect",
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
}
"""A statement's keys as the data source's arguments."""


def with_objects(source: bytes, into: Any, statements: Sequence[Statement]) -> bytes:  # noqa: ANN401
    """The file with statements behind the last of a tuple's."""
    listed, newline = elements(into), _newline(source)
    if not listed:
        shown = ", ".join("\n".join(_object(each, "", "", (False, " = "))) for each in statements)
        return source[: into.start_byte] + f"[{shown}]".encode() + source[into.end_byte :]
    last = listed[-1]
    comma = next(
        (each for each in into.children if each.type == "," and each.start_byte >= last.end_byte), None
    )
    style = _style(source, last)
    is_own_line = into.start_point[0] != last.start_point[0] and into.end_point[0] != last.end_point[0]
    if not is_own_line:
        margin, inner = _margin(source, last.end_byte), _inner(source, last)
        return _beside(source, last, comma, [_object(each, margin, inner, style) for each in statements])
    margin, inner = _margin(source, last.start_byte), _inner(source, last)
    objects = [margin + newline.join(_object(each, margin, inner, style)) for each in statements]
    added = f",{newline}".join(objects) + ("," if comma else "") + newline
    end = _next_line(source, (comma or last).end_byte)
    head = source[: last.end_byte] + (b"" if comma else b",") + source[last.end_byte : end]
    return head + added.encode() + source[end:]


def _beside(source: bytes, last: Any, comma: Any, objects: Sequence[Sequence[str]]) -> bytes:  # noqa: ANN401
    """Behind a brace that stands beside its bracket, `[{ … }]`: `terraform fmt` sets a line `}, {` as deep as what is in it."""
    newline, inner = _newline(source), _inner(source, last)
    glue = f"{newline}{inner}}}, {{{newline}" if inner else ", "
    shown = glue.join(newline.join(each[1:-1] if inner else each) for each in objects)
    if not inner:
        at = (comma or last).end_byte
        return source[:at] + ((" " if comma else ", ") + shown).encode() + source[at:]
    begun = source.rfind(b"\n", 0, last.end_byte) + 1
    head = source[:begun] + inner.encode() + source[begun : last.end_byte].lstrip(b" \t")
    tail = _margin(source, last.end_byte) + "}"
    at = (comma or last).end_byte
    opened = f", {{{newline}{shown}{newline}{tail}"
    return head + (opened + ("," if comma else "")).encode() + source[at:]


def with_json(source: bytes, heredoc: Any, statements: Sequence[Statement]) -> bytes:  # noqa: ANN401
    """The file with statements in the JSON of a heredoc."""
    start, shown = masked(source, heredoc)
    end = heredoc.named_children[-1].start_byte
    text = source[start:end].decode()
    root = nodes_of(shown)
    listed = [_escaped(each) for each in statements]
    return source[:start] + spliced(text, member(root, "Statement"), listed, root).encode() + source[end:]


def masked(source: bytes, heredoc: Any) -> tuple[int, str]:  # noqa: ANN401
    """(Where a heredoc's text begins, the text with each template in it masked by as many letters)."""
    start = source.index(b"\n", heredoc.named_children[1].end_byte) + 1
    end, at, parts = heredoc.named_children[-1].start_byte, start, []
    for each in heredoc.named_children[2:-1]:
        if each.type != "template_literal":
            parts += [source[at : each.start_byte].decode(), "x" * len(word(source, each))]
            at = each.end_byte
    return start, "".join([*parts, source[at:end].decode()])


def with_blocks(source: bytes, block: HclBlock, statements: Sequence[Statement]) -> bytes:
    """The file with statement blocks in a data source."""
    newline, there = _newline(source), block.blocks("statement")
    outer = _margin(source, block.node.start_byte)
    margin = _margin(source, there[-1].node.start_byte) if there else f"{outer}  "
    step = margin.removeprefix(outer) or "  "
    last = (block.blocks() or [block])[-1].node.end_byte if there else block.body.end_byte
    end = _next_line(source, last)
    with_effect = any("effect" in each.names() for each in there)
    lines = []
    for each in statements:
        lines += ["", *(_block(each, margin, step, with_effect=with_effect))]
    return source[:end] + "".join(line + newline for line in lines).encode() + source[end:]


def new_policy(
    source: bytes,
    behind: HclBlock,
    labels: tuple[str, str],
    arguments: Mapping[str, str],
    statements: Sequence[Statement],
) -> bytes:
    """The file with a resource more, behind another: its labels, arguments and policy."""
    end, newline, widest = behind.node.end_byte, _newline(source), max(map(len, arguments))
    lines = [
        f'resource "{labels[0]}" "{labels[1]}" {{',
        *(f"  {name:{widest}} = {value}" for name, value in arguments.items()),
        "",
        "  policy = jsonencode({",
        '    Version = "2012-10-17"',
        "    Statement = [",
    ]
    for each in statements:
        lines += [f"      {line}" for line in _object(each, "", "  ", (False, " = "))]
        lines[-1] += ","
    lines += ["    ]", "  })", "}"]
    return source[:end] + (newline * 2 + newline.join(lines)).encode() + source[end:]


def _object(statement: Statement, margin: str, inner: str, style: tuple[bool, str]) -> list[str]:
    """Its lines, the first without a margin; one line where `inner` is empty."""
    quoted, by = style
    shown = {
        (f'"{key}"' if quoted else key): _value(value, quoted=quoted, by=by)
        for key, value in statement.items()
    }
    if not inner:
        return ["{ " + ", ".join(f"{key}{by}{value}" for key, value in shown.items()) + " }"]
    widest = max(map(len, shown)) if "=" in by else 0
    lines = (f"{inner}{key:{widest}}{by}{value}" for key, value in shown.items())
    newline, comma = "\n", "" if "=" in by else ","
    return ["{", *f"{comma}{newline}".join(lines).split(newline), f"{margin}}}"]


def _value(value: Any, *, quoted: bool = False, by: str = " = ") -> str:  # noqa: ANN401
    if isinstance(value, Mapping):
        pairs = (
            f"{escaped(key) if quoted or ':' in key else key}{by}{_value(each, quoted=quoted, by=by)}"
            for key, each in value.items()
        )
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return escaped(str(value))


def _block(statement: Statement, margin: str, step: str, *, with_effect: bool) -> list[str]:
    given = {ARGUMENTS[key]: value for key, value in statement.items() if key in ARGUMENTS}
    if not with_effect and given.get("effect") == "Allow":
        given.pop("effect")
    plural = {
        key: [value] if key.endswith("s") and not isinstance(value, list) else value
        for key, value in given.items()
    }
    widest = max(map(len, plural))
    lines = [f"{margin}{step}{key:{widest}} = {_own(value)}" for key, value in plural.items()]
    principals = statement.get("Principal") or {}
    for kind, ids in principals.items() if isinstance(principals, Mapping) else (("*", principals),):
        lines += [
            "",
            f"{margin}{step}principals {{",
            f"{margin}{step * 2}type        = {escaped(kind)}",
            f"{margin}{step * 2}identifiers = {_own(ids if isinstance(ids, list) else [ids])}",
            f"{margin}{step}}}",
        ]
    for test, keys in (statement.get("Condition") or {}).items():
        for variable, wanted in keys.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            lines += [
                "",
                f"{margin}{step}condition {{",
                f"{margin}{step * 2}test     = {escaped(test)}",
                f"{margin}{step * 2}variable = {escaped(variable)}",
                f"{margin}{step * 2}values   = {_own(values)}",
                f"{margin}{step}}}",
            ]
    return [f"{margin}statement {{", *lines, f"{margin}}}"]


def _own(value: Any) -> str:  # noqa: ANN401
    """IAM's own variables as the data source takes them: `&{aws:username}`."""
    if isinstance(value, list):
        return f"[{', '.join(map(_own, value))}]"
    return escaped(str(value).replace("${", "&{"))


def _escaped(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {key: _escaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_escaped(each) for each in value]
    return value.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else value


def _style(source: bytes, last: Any) -> tuple[bool, str]:  # noqa: ANN401
    """(Whether keys are quoted, what stands between key and value) in the statement before."""
    whole = within(last, "object")
    pairs = list(Evaluator(source, lambda _, __: UNKNOWN).pairs(whole)) if whole else []
    if not pairs:
        return False, " = "
    key, value = pairs[0]
    between = source[key.end_byte : value.start_byte].decode()
    return word(source, key).startswith('"'), " = " if "=" in between else between


def _inner(source: bytes, last: Any) -> str:  # noqa: ANN401
    """The margin of a statement's keys; empty where it stands on one line."""
    whole = within(last, "object")
    if whole is None or whole.start_point[0] == whole.end_point[0] or not whole.named_child_count:
        return ""
    pairs = [each for each in whole.named_children if each.type == "object_elem"]
    return _margin(source, pairs[0].start_byte) if pairs else ""


def _margin(source: bytes, at: int) -> str:
    line = source[source.rfind(b"\n", 0, at) + 1 : at].decode()
    return line[: len(line) - len(line.lstrip(" \t"))]


def _next_line(source: bytes, at: int) -> int:
    return source.find(b"\n", at) + 1 or len(source)


def _newline(source: bytes) -> str:
    return "\r\n" if b"\r\n" in source else "\n"
