"""How a proposal's policy is attached: its form, and what fills the form's templates.

The forms of resources' policies are in their services' declarations.
Command options: https://docs.aws.amazon.com/cli/latest/reference/
Resource types: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.arn import Arn, parse_arn
from why403.remedies.proposal import Proposal, Statement
from why403.remedies.statements import listed
from why403.services.declaration import Block, Draft
from why403.services.names import parts_of
from why403.services.register import DRAFTS, form_of, resource_of

DOCUMENT = "{document}"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
"""A name in a template."""
ODD = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]')
"""What neither YAML nor HCL takes within double quotes as it stands, or nobody would see: ends of lines, controls, marks, half a pair."""
ORGANIZATION_TYPES = {"scp": "SERVICE_CONTROL_POLICY", "rcp": "RESOURCE_CONTROL_POLICY"}
Tree = str | bool | list["Tree"] | dict[str, "Tree"] | None
_MANAGED = 6_144
"""Characters: IAM's quota for a managed policy, blanks not counted."""
_OURS = "arn:{partition}:iam::{account}:policy/{policy}"


def attachment(form: str) -> Draft | None:
    """How a policy of this form is attached; None where nothing of ours can."""
    return _FORMS.get(form) or DRAFTS.get(form)


def form_for(resource: str) -> str:
    """The form of the policy of the resource with this ARN; empty where nothing of ours can attach one."""
    arn = parse_arn(resource)
    return form_of(arn) if arn is not None else ""


def values_of(proposal: Proposal, statement: Statement | None = None) -> dict[str, Tree]:
    """What fills a form's templates. Empty ones drop their option."""
    arn = parse_arn(proposal.target)
    values: dict[str, Tree] = {
        "arn": proposal.target,
        "name": proposal.target.rpartition("/")[2] if "/" in proposal.target else proposal.target,
        "partition": arn.partition if arn else "aws",
        "region": arn.region if arn else "",
        "account": arn.account if arn else "",
        "policy": proposal.policy_name,
        "policy_arn": proposal.policy_arn,
        "policy_base": proposal.policy_arn.rpartition("/")[2] or proposal.policy_name,
        "policy_path": _path(proposal.policy_arn.partition(":policy")[2]),
        "organization_type": ORGANIZATION_TYPES.get(proposal.layer.value, ""),
        "principal": proposal.principal,
        "session": proposal.principal.rpartition("/")[2],
        "operations": list(proposal.grant.operations) if proposal.grant else [],
        "version": proposal.version,
    }
    if arn is not None and proposal.form not in _FORMS:
        values |= resource_values(arn)
    return values if statement is None else values | _of_statement(statement)


def resource_values(arn: Arn) -> dict[str, Tree]:
    """What a resource's ARN fills of its service's templates; nothing where it is not declared."""
    resource = resource_of(arn)
    return dict(parts_of(resource, arn) or {}) if resource is not None else {}


def _path(resource: str) -> str:
    """An IAM path: `/`, or `/team/` of `policy/team/name`."""
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


def filled(template: Any, values: Mapping[str, Tree]) -> Tree:  # noqa: ANN401  # a piece of a form
    """`template` with its placeholders filled; a placeholder that stands alone keeps its value's shape."""
    if isinstance(template, str):
        alone = PLACEHOLDER.fullmatch(template)
        if alone:
            return values.get(alone.group(1), "")
        return PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), template)
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if isinstance(template, Mapping):
        several = {key: filled(value, values) for key, value in template.items()}
        return {key: value for key, value in several.items() if value not in ("", [])}
    return template  # type: ignore[no-any-return]  # a JSON scalar


def fillings(row: Draft, proposal: Proposal) -> tuple[dict[str, Tree], ...]:
    """The values for each command: one, or one a statement where the service takes statements."""
    if not row.each:
        return (values_of(proposal),)
    each_action = [
        {**statement, "Sid": f"{statement['Sid']}{number or ''}", "Action": action}
        for statement in proposal.added
        for number, action in enumerate(listed(statement.get("Action")))
    ]
    return tuple(values_of(proposal, statement) for statement in each_action)


def quoted(text: str) -> str:
    """A text in double quotes, as YAML and HCL read it alike."""
    return '"' + ODD.sub(_escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"


def _inline(holder: str, most: int) -> Draft:
    kind, option = holder.lower(), f"--{holder.lower()}-name {{name}}"
    return Draft(
        called="inline policy",
        regional=False,
        most=most,
        blanks=False,
        shared=True,
        cli=f"iam put-{kind}-policy {option} --policy-name {{policy}} --policy-document {{document}}",
        read_back=f"iam get-{kind}-policy {option} --policy-name {{policy}}",
        terraform=Block(f"aws_iam_{kind}_policy", {"name": "{policy}", kind: "{name}"}, "policy"),
        cloudformation=Block(
            f"AWS::IAM::{holder}Policy",
            {f"{holder}Name": "{name}", "PolicyName": "{policy}"},
            "PolicyDocument",
        ),
        cdk=f"aws_iam.Cfn{holder}Policy",
    )


def _managed(holder: str) -> Draft:
    kind, option = holder.lower(), f"--{holder.lower()}-name {{name}}"
    return Draft(
        called="managed policy",
        regional=False,
        most=_MANAGED,
        blanks=False,
        cli="iam create-policy --policy-name {policy} --policy-document {document}",
        cli_then=f"iam attach-{kind}-policy {option} --policy-arn {_OURS}",
        read_back=f"iam list-attached-{kind}-policies {option}",
        terraform=Block(
            "aws_iam_policy",
            {"name": "{policy}"},
            "policy",
            then=Block(f"aws_iam_{kind}_policy_attachment", {kind: "{name}", "policy_arn": _OURS}),
        ),
        cloudformation=Block(
            "AWS::IAM::ManagedPolicy",
            {"ManagedPolicyName": "{policy}", f"{holder}s": ["{name}"]},
            "PolicyDocument",
        ),
        cdk="aws_iam.CfnManagedPolicy",
    )


_FORMS = {
    "role-inline": _inline("Role", 10_240),
    "user-inline": _inline("User", 2_048),
    "role-managed": _managed("Role"),
    "user-managed": _managed("User"),
    "managed-version": Draft(
        called="managed policy",
        regional=False,
        most=_MANAGED,
        blanks=False,
        cli="iam create-policy-version --policy-arn {policy_arn} --policy-document {document} --set-as-default",
        read_back="iam get-policy --policy-arn {policy_arn}",
        terraform=Block(
            "aws_iam_policy", {"name": "{policy_base}", "path": "{policy_path}"}, "policy", owned=True
        ),
        cloudformation=Block(
            "AWS::IAM::ManagedPolicy",
            {"ManagedPolicyName": "{policy_base}", "Path": "{policy_path}"},
            "PolicyDocument",
            owned=True,
        ),
        cdk="aws_iam.CfnManagedPolicy",
    ),
    "organization-policy": Draft(
        called="organization policy",
        regional=False,
        cli="organizations update-policy --policy-id {policy_base} --content {document}",
        read_back="organizations describe-policy --policy-id {policy_base}",
        terraform=Block(
            "aws_organizations_policy",
            {"name": "{policy}", "type": "{organization_type}"},
            "content",
            owned=True,
        ),
        cloudformation=Block(
            "AWS::Organizations::Policy",
            {"Name": "{policy}", "Type": "{organization_type}"},
            "Content",
            owned=True,
        ),
        cdk="aws_organizations.CfnPolicy",
    ),
    "vpc-endpoint": Draft(
        called="endpoint policy",
        most=20_480,
        blanks=False,
        cli="ec2 modify-vpc-endpoint --vpc-endpoint-id {name} --policy-document {document}",
        read_back="ec2 describe-vpc-endpoints --vpc-endpoint-ids {name} --query VpcEndpoints[].PolicyDocument",
        terraform=Block("aws_vpc_endpoint_policy", {"vpc_endpoint_id": "{name}"}, "policy"),
    ),
    "session": Draft(
        called="session policy",
        regional=False,
        most=2_048,
        cli="sts assume-role --role-arn {arn} --role-session-name {session} --policy {document}",
    ),
    "kms-grant": Draft(
        called="grant",
        cli="kms create-grant --key-id {arn} --grantee-principal {principal} --operations {operations}",
        read_back="kms list-grants --key-id {arn} --grantee-principal {principal}",
        terraform=Block(
            "aws_kms_grant",
            {"key_id": "{arn}", "grantee_principal": "{principal}", "operations": "{operations}"},
        ),
    ),
}
