"""CDK in TypeScript: a construct to put into the app, with the policy as an object literal.

https://docs.aws.amazon.com/cdk/v2/guide/work-with-cdk-typescript.html
"""

import json
import re
from collections.abc import Mapping

from why403.remedies.formats.attachment import attachment
from why403.remedies.formats.cdk_python import OWNED, class_name
from why403.remedies.formats.cloudformation import BARE, is_owned, resources
from why403.remedies.proposal import Proposal

INDENT = "  "
ACRONYM = re.compile(r"[A-Z]{2,}(?![a-z])")
"""Capitals that no word begins with the last of."""


def render(proposal: Proposal) -> str:
    """A module with one exported construct; empty where the CDK cannot attach this policy."""
    row = attachment(proposal.form)
    if row is None or not row.cdk:
        return ""
    module, _, made = row.cdk.partition(".")
    package = module.replace("_", "-")
    alias = module.removeprefix("aws_")
    body: list[str] = []
    for name, resource in resources(row, proposal).items():
        body += [f"    new {alias}.{made}(this, {json.dumps(name)}, {{"]
        body += [f"      {camel(key)}: {literal(value, 3)}," for key, value in resource["Properties"].items()]
        body += ["    });"]
    return "\n".join(
        [
            *(["//" + OWNED[1:]] if is_owned(row) else []),
            f'import * as {alias} from "aws-cdk-lib/{package}";',
            'import { Construct } from "constructs";',
            "",
            f"export class {class_name(proposal)} extends Construct {{",
            "  constructor(scope: Construct, id: string) {",
            "    super(scope, id);",
            *body,
            "  }",
            "}",
            "",
        ]
    )


def camel(name: str) -> str:
    """`PolicyDocument` as the CDK spells its property: `policyDocument`; of `BucketARN` it makes `bucketArn`."""
    words = ACRONYM.sub(lambda found: found.group().capitalize(), name)
    return words[0].lower() + words[1:]


def literal(value: object, depth: int) -> str:
    """An object literal over several lines; every string is ASCII."""
    inner = INDENT * (depth + 1)
    if isinstance(value, Mapping) and value:
        lines = "".join(f"{inner}{_key(key)}: {literal(each, depth + 1)},\n" for key, each in value.items())
        return "{\n" + lines + INDENT * depth + "}"
    if isinstance(value, (list, tuple)) and len(value) > 1:
        return (
            "[\n" + "".join(f"{inner}{literal(each, depth + 1)},\n" for each in value) + INDENT * depth + "]"
        )
    if isinstance(value, (list, tuple)):
        return "[" + "".join(literal(each, depth) for each in value) + "]"
    return json.dumps(value, ensure_ascii=True)


def _key(key: str) -> str:
    """`__proto__` stays quoted in brackets: as a plain key it would set the prototype."""
    if key == "__proto__":
        return f"[{json.dumps(key)}]"
    return key if BARE.fullmatch(key) else json.dumps(key)
