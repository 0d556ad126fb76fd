"""How a policy of each form is attached, in the words of each tool: one row a form in attachments.json.

Command options: https://docs.aws.amazon.com/cli/latest/reference/
Resource types: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from why403.iam.arn import parse_arn
from why403.remedies.proposal import Proposal, Statement
from why403.remedies.statements import listed

DOCUMENT = "{document}"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SUFFIX_OF_CHINA = {"aws-cn": "amazonaws.com.cn"}
ORGANIZATION_TYPES = {"scp": "SERVICE_CONTROL_POLICY", "rcp": "RESOURCE_CONTROL_POLICY"}

Tree = str | bool | list["Tree"] | dict[str, "Tree"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One form. `terraform`, `cloudformation` and `cdk` are empty where the tool has no resource type for it."""

    form: str
    what: str
    """What people call the policy: `queue policy`."""
    aws_cli: tuple[Any, ...]
    aws_cli_then: tuple[Any, ...] = ()
    terraform: Mapping[str, Any]
    cloudformation: Mapping[str, Any]
    cdk: Mapping[str, str]
    statement_resource: str = "same"
    """`same`, `*` for "this key", or `omit` where a statement may not name a resource."""
    region: bool = False
    each: bool = False
    """One command a statement, because the service takes statements, not documents."""
    owned: bool = False
    """CloudFormation, and Terraform for some, hold the policy inside the resource: apply it where that is defined."""


@cache
def _rows() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = json.loads(
        Path(__file__).with_name("attachments.json").read_text("utf-8")
    )
    return rows


def forms() -> tuple[str, ...]:
    """All forms there are."""
    return tuple(_rows())


@cache
def attachment(form: str) -> Attachment | None:
    """The row of a form; None where nothing of ours can attach such a policy."""
    row = _rows().get(form)
    if row is None:
        return None
    return Attachment(
        form=form,
        what=row["what"],
        aws_cli=tuple(row["aws_cli"]),
        aws_cli_then=tuple(row.get("aws_cli_then", ())),
        terraform=row.get("terraform", {}),
        cloudformation=row.get("cloudformation", {}),
        cdk=row.get("cdk", {}),
        statement_resource=row.get("statement_resource", "same"),
        region=row.get("region", False),
        each=row.get("each", False),
        owned=row.get("owned", False),
    )


def values_of(proposal: Proposal, statement: Statement | None = None) -> dict[str, Tree]:
    """What fills a row's placeholders. Empty ones drop their option."""
    arn = parse_arn(proposal.target)
    rest = arn.resource.partition("/")[2] or arn.resource.rpartition(":")[2] if arn else proposal.target
    base = proposal.policy_arn.rpartition("/")[2] or proposal.policy_name
    values: dict[str, Tree] = {
        "arn": proposal.target,
        "name": proposal.target.rpartition("/")[2] if "/" in proposal.target else rest,
        "rest": rest,
        "path": _path(arn.resource if arn else ""),
        "partition": arn.partition if arn else "aws",
        "region": arn.region if arn else "",
        "account": arn.account if arn else "",
        "policy": proposal.policy_name,
        "policy_arn": proposal.policy_arn,
        "policy_base": base,
        "policy_path": _path(proposal.policy_arn.partition(":policy")[2]),
        "organization_type": ORGANIZATION_TYPES.get(proposal.layer.value, ""),
        "principal": proposal.principal,
        "session": proposal.principal.rpartition("/")[2],
        "operations": list(proposal.grant.operations) if proposal.grant else [],
    }
    if arn is not None and arn.service == "sqs":
        host = f"sqs.{arn.region}.{SUFFIX_OF_CHINA.get(arn.partition, 'amazonaws.com')}"
        values["url"] = f"https://{host}/{arn.account}/{arn.resource}"
    return values if statement is None else values | _of_statement(statement)


def _path(resource: str) -> str:
    """An IAM path: `/`, or `/team/` of `role/team/name`."""
    between = resource.split("/")[1:-1]
    return "/" + "".join(f"{part}/" for part in between)


def _of_statement(statement: Statement) -> dict[str, Tree]:
    principal = statement.get("Principal", {})
    named = next(iter(principal.values()), "") if isinstance(principal, Mapping) else principal
    conditions = [block for block in statement.get("Condition", {}).values() if isinstance(block, Mapping)]
    known = {key: value for block in conditions for key, value in block.items()}
    return {
        "sid": str(statement.get("Sid", "")),
        "action": next(iter(listed(statement.get("Action"))), ""),
        "named": str(named),
        "source_arn": str(known.get("aws:SourceArn", "")),
        "source_account": str(known.get("aws:SourceAccount", "")),
    }


def filled(template: Any, values: Mapping[str, Tree]) -> Tree:  # noqa: ANN401  # a piece of a JSON row
    """`template` with its placeholders filled; a placeholder that stands alone keeps its value's shape."""
    if isinstance(template, str):
        alone = PLACEHOLDER.fullmatch(template)
        if alone:
            return values.get(alone.group(1), "")
        return PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), template)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, dict):
        several = {key: filled(value, values) for key, value in template.items()}
        return {key: value for key, value in several.items() if value not in ("", [])}
    return template  # type: ignore[no-any-return]  # a JSON scalar


def fillings(row: Attachment, proposal: Proposal) -> tuple[dict[str, Tree], ...]:
    """The values for each command: one, or one a statement where the service takes statements."""
    if not row.each:
        return (values_of(proposal),)
    each_action = [
        {**statement, "Sid": f"{statement['Sid']}{number or ''}", "Action": action}
        for statement in proposal.added
        for number, action in enumerate(listed(statement.get("Action")))
    ]
    return tuple(values_of(proposal, statement) for statement in each_action)
