"""CDK in Python: a construct to put into the app, with the policy as a plain dictionary.

https://docs.aws.amazon.com/cdk/v2/guide/work-with-cdk-python.html
"""

import re
from collections.abc import Mapping

from why403.remedies.formats.attachment import attachment
from why403.remedies.formats.cloudformation import is_owned, resources
from why403.remedies.naming import identifier
from why403.remedies.proposal import Proposal

OWNED = "# This resource exists: where the app defines it, give it this policy there instead."
INDENT = "    "


def render(proposal: Proposal) -> str:
    """A module with one construct; empty where the CDK cannot attach this policy."""
    row = attachment(proposal.form)
    if row is None or not row.cdk:
        return ""
    module, _, made = row.cdk.partition(".")
    alias = module.removeprefix("aws_")
    alias = f"{alias}_" if alias == "lambda" else alias
    body: list[str] = []
    for name, resource in resources(row, proposal).items():
        arguments = [f"{snake(key)}={literal(value, 3)}," for key, value in resource["Properties"].items()]
        body += [
            f"        {alias}.{made}(",
            "            self,",
            f"            {literal(name, 3)},",
        ]
        body += [f"            {line}" for line in arguments] + ["        )"]
    return "\n".join(
        [
            *([OWNED] if is_owned(row) else []),
            f"from aws_cdk import {module} as {alias}",
            "from constructs import Construct",
            "",
            "",
            f"class {class_name(proposal)}(Construct):",
            "    def __init__(self, scope: Construct, construct_id: str) -> None:",
            "        super().__init__(scope, construct_id)",
            *body,
            "",
        ]
    )


def class_name(proposal: Proposal) -> str:
    """The construct's name, the same in both languages."""
    return f"Mend{identifier(proposal.policy_name or proposal.form)}"


def snake(name: str) -> str:
    """`AssumeRolePolicyDocument` as the CDK for Python spells it: `assume_role_policy_document`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def literal(value: object, depth: int) -> str:
    """A Python literal over several lines; every string is ASCII."""
    inner = INDENT * (depth + 1)
    if isinstance(value, Mapping) and value:
        lines = "".join(
            f"{inner}{string(str(key))}: {literal(each, depth + 1)},\n" for key, each in value.items()
        )
        return "{\n" + lines + INDENT * depth + "}"
    if isinstance(value, (list, tuple)) and len(value) > 1:
        return (
            "[\n" + "".join(f"{inner}{literal(each, depth + 1)},\n" for each in value) + INDENT * depth + "]"
        )
    if isinstance(value, (list, tuple)):
        return "[" + "".join(literal(each, depth) for each in value) + "]"
    if isinstance(value, str):
        return string(value)
    return repr(value) if not isinstance(value, Mapping) else "{}"


def string(text: str) -> str:
    """A Python string literal in ASCII; double quotes where nothing in it needs an escape."""
    plain = text.isascii() and text.isprintable() and not set(text) & set('"\\')
    return f'"{text}"' if plain else ascii(text)
