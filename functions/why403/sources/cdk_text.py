"""A statement as people write it in the CDK, in Python and TypeScript: in a list, or in a call of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from why403.errors import SettingsError
from why403.sources.code import Code, CodeCall, CodeLanguage, camel, snake
from why403.sources.code_text import (
    PLAIN_KEY,
    CodeStyle,
    Expression,
    Insertion,
    begins_line,
    behind_last,
    last_of,
    margin_of,
    next_line,
    step_of,
)

IAM = "aws_cdk.aws_iam"
STATEMENT_CLASS = f"{IAM}.PolicyStatement"
MODULES = ((IAM, ".PolicyStatement"), (STATEMENT_CLASS, ""), ("aws_cdk", ".aws_iam.PolicyStatement"))
"""What a file may have imported, and what follows that name."""
PRINCIPALS: Mapping[str, str] = {"AWS": "ArnPrincipal", "Service": "ServicePrincipal"}
HUGGED = re.compile(rb"\(new [\w.]+\(\{[ \t]*\r?$", re.MULTILINE)
"""`add(new Statement({` at a line's end, which prettier breaks behind the first bracket."""


def statement_lines(style: CodeStyle, statement: Mapping[str, Any], margin: str) -> list[str]:
    """A statement's lines, the first without its margin, the last without a comma."""
    if not style.name:
        *whole, last = style.value_lines(margin, statement, margin)
        return [*(each.removeprefix(margin) for each in whole[:1]), *whole[1:], last.removesuffix(",")]
    is_python = style.language is CodeLanguage.PYTHON
    opened, closed = (f"{style.name}(", ")") if is_python else (f"new {style.name}({{", "})")
    inner = margin + style.step
    lines = [opened]
    for key, value in _arguments(statement, style):
        told = f"{snake(key)}=" if is_python else f"{key}: "
        lines += style.value_lines(inner + told, value, inner)
    return [*lines, margin + closed]


def style_of(code: Code, call: CodeCall, *, hugged: bool | None = None) -> tuple[CodeStyle, list[Insertion]]:
    """(How a file is written where this construct stands, the import that a statement needs besides)."""
    given = call.named.get("id") or (call.positional[1] if len(call.positional) > 1 else call.node)
    quote = '"' if code.source[given.start_byte : given.start_byte + 1] == b'"' else "'"
    if hugged is None:
        hugged = bool(HUGGED.search(code.source))
    step = step_of(code.source.decode())
    name, more = _statement_class(code, quote)
    return CodeStyle(code.language, quote, step, name, hugged), more


def _statement_class(code: Code, quote: str) -> tuple[str, list[Insertion]]:
    """(PolicyStatement as this file calls it, the import that it needs besides)."""
    for call in code.calls:
        if code.full_name(call.name) == STATEMENT_CLASS:
            return call.name, []
    for module, rest in MODULES:
        for name in [each for each, origin in code.origins.items() if origin == module]:
            return name + rest, []
    found = [node for origin, node in code.imports if origin.startswith("aws_cdk")]
    if not found or b"@aws-cdk/" in code.source or re.search(rb"\biam\b", code.source):
        raise SettingsError("it does not import aws_iam, which a statement needs: import it first")
    semicolon = ";" if code.source[: found[-1].end_byte].endswith(b";") else ""
    match code.language, found[-1].type:
        case CodeLanguage.PYTHON, _:
            line = "from aws_cdk import aws_iam as iam"
        case _, "import_statement":
            line = f"import * as iam from {quote}aws-cdk-lib/aws-iam{quote}{semicolon}"
        case _:
            line = f"const iam = require({quote}aws-cdk-lib/aws-iam{quote}){semicolon}"
    return "iam.PolicyStatement", [(next_line(code.source, found[-1].end_byte), f"{line}\n")]


def in_list(
    code: Code,
    holder: Any,  # noqa: ANN401
    statements: Sequence[Mapping[str, Any]],
    style: CodeStyle,
) -> list[Insertion]:
    """Statements behind the last of a list that has a line for each."""
    margin = margin_of(code.source, last_of(holder).start_byte)
    return behind_last(code, holder, ["\n".join(statement_lines(style, each, margin)) for each in statements])


def new_call(
    code: Code, call: CodeCall, method: str, statements: Sequence[Mapping[str, Any]]
) -> list[Insertion]:
    """Calls that add statements, behind the statement that makes a construct, which gets a name where it has none."""
    style, more = style_of(code, call)
    target, named = _named(code, call)
    if code.language is CodeLanguage.PYTHON:
        method = snake(method)
    return [*more, *named, *behind(code, call, f"{target}.{method}", statements, style)]


def new_policy(
    code: Code, call: CodeCall, name: str, statements: Sequence[Mapping[str, Any]]
) -> list[Insertion]:
    """An L1 policy of an L1 role alone, behind the statement that makes the role."""
    if not call.name.endswith(".CfnRole"):
        raise SettingsError("no policy of it is a list of statements, and CfnPolicy is not imported")
    target, named = _named(code, call)
    style, _ = style_of(code, call)
    is_python = style.language is CodeLanguage.PYTHON
    given = {
        "policyName": name,
        "roles": Expression(f"[{target}.ref]"),
        "policyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
    }
    margin, semicolon = _line_of(code, call)
    inner, made = margin + style.step, f"{call.name.removesuffix('CfnRole')}CfnPolicy"
    scope, made_id = code.text(call.positional[0]), "".join(re.findall("[A-Za-z0-9]+", name.title()))
    if any(f"{quote}{made_id}{quote}".encode() in code.source for quote in "'\""):
        raise SettingsError(f"a construct {made_id} stands there already, which may not be deployed yet")
    head = [f"{margin}{made}(", f"{inner}{scope},", f"{inner}{style.text(made_id)},"]
    if not is_python:
        head = [f"{margin}new {made}({scope}, {style.text(made_id)}, {{"]
    body = [
        line
        for key, value in given.items()
        for line in style.value_lines(
            f"{inner}{snake(key)}=" if is_python else f"{inner}{key}: ", value, inner
        )
    ]
    tail = f"{margin}){semicolon}" if is_python else f"{margin}}}){semicolon}"
    return [*named, _below(code, call, [*head, *body, tail])]


def _named(code: Code, call: CodeCall) -> tuple[str, list[Insertion]]:
    """(A construct's name, what gives it one where it has none)."""
    if call.around.target:
        return call.around.target, []
    target = _new_name(code, call)
    begun = "const " if code.language is not CodeLanguage.PYTHON else ""
    return target, [(int(call.node.start_byte), f"{begun}{target} = ")]


def behind(
    code: Code, call: CodeCall, callee: str, statements: Sequence[Mapping[str, Any]], style: CodeStyle
) -> list[Insertion]:
    """Calls of `callee` with a statement each, behind the statement that a call stands in."""
    margin, semicolon = _line_of(code, call)
    lines = []
    for each in statements:
        if style.hugged:
            first, *rest = statement_lines(style, each, margin)
            lines += [f"{margin}{callee}({first}", *rest[:-1], f"{rest[-1]}){semicolon}"]
        else:
            inner = margin + style.step
            first, *rest = statement_lines(style, each, inner)
            comma = "," if code.language is not CodeLanguage.PYTHON else ""
            lines += [
                f"{margin}{callee}(",
                inner + first,
                *rest[:-1],
                rest[-1] + comma,
                f"{margin}){semicolon}",
            ]
    return [_below(code, call, lines)]


def _line_of(code: Code, call: CodeCall) -> tuple[str, str]:
    """(The margin of the statement that a call stands in, its semicolon). SettingsError where it begins no line."""
    statement = call.around.statement
    if statement is None or not begins_line(code.source, statement.start_byte):
        raise SettingsError("it is made within another statement: give it a line and a name of its own first")
    ends = code.source[: statement.end_byte].endswith(b";")
    return margin_of(code.source, statement.start_byte), ";" if ends else ""


def _below(code: Code, call: CodeCall, lines: Sequence[str]) -> Insertion:
    """Lines behind the statement that a call stands in."""
    at = next_line(code.source, call.around.statement.end_byte)
    opened = "" if code.source[:at].endswith(b"\n") else "\n"
    return at, opened + "".join(f"{line}\n" for line in lines)


def _arguments(statement: Mapping[str, Any], style: CodeStyle) -> Iterator[tuple[str, Any]]:
    keys = {
        "Action": "actions",
        "NotAction": "notActions",
        "Resource": "resources",
        "NotResource": "notResources",
    }
    if (
        set(statement) - {*keys, "Sid", "Effect", "Principal", "Condition"}
        or statement.get("Effect") != "Allow"
    ):
        raise SettingsError("the draft's statement is none that the CDK writes as it is")
    if "Sid" in statement:
        yield "sid", str(statement["Sid"])
    if "Principal" in statement:
        yield "principals", _principals(statement["Principal"], style)
    for key, name in keys.items():
        if key in statement:
            value = statement[key]
            yield name, value if isinstance(value, list) else [value]
    if statement.get("Condition"):
        yield "conditions", statement["Condition"]


def _principals(principals: Any, style: CodeStyle) -> list[Expression]:  # noqa: ANN401
    """Each as its class; one that is none of a role, user, account or service is not written."""
    new = "new " if style.language is not CodeLanguage.PYTHON else ""
    module, dot, _ = style.name.rpartition(".")
    if not dot or not isinstance(principals, Mapping) or set(principals) - PRINCIPALS.keys():
        raise SettingsError("the draft's principal needs a class that this file does not import")
    return [
        Expression(f"{new}{module}.{PRINCIPALS[kind]}({style.text(each)})")
        for kind, ids in principals.items()
        for each in (ids if isinstance(ids, list) else [ids])
    ]


def _new_name(code: Code, call: CodeCall) -> str:
    """A name for a construct that has none, made of its id."""
    if not call.around.is_alone:
        raise SettingsError("it is made within another call, and has no name: give it one first")
    told = str(code.value(call.positional[1])) if len(call.positional) > 1 else ""
    words = re.findall("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", told)
    kind = re.findall("[A-Z][a-z0-9]+", call.name.rpartition(".")[2])
    for each in (words, [*words, *kind], [*words, "2"]):
        name = (
            "_".join(each).lower() if code.language is CodeLanguage.PYTHON else camel("_".join(each).lower())
        )
        if PLAIN_KEY.fullmatch(name) and not re.search(rf"\b{re.escape(name)}\b", code.source.decode()):
            return name
    raise SettingsError("it has no name that a statement could be added to: give it one first")
