"""How the policies of IAM's own layers are attached: those of a caller, of an organization and of an endpoint.

The forms of resources' policies are in their services' declarations.
Command options: https://docs.aws.amazon.com/cli/latest/reference/
Resource types: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
"""

from why403.services.declaration import Block, Draft

MANAGED = 6_144
"""Characters: IAM's quota for a managed policy, blanks not counted."""
OURS = "arn:{partition}:iam::{account}:policy/{policy}"


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
        most=MANAGED,
        blanks=False,
        cli="iam create-policy --policy-name {policy} --policy-document {document}",
        cli_then=f"iam attach-{kind}-policy {option} --policy-arn {OURS}",
        read_back=f"iam list-attached-{kind}-policies {option}",
        terraform=Block(
            "aws_iam_policy",
            {"name": "{policy}"},
            "policy",
            then=Block(f"aws_iam_{kind}_policy_attachment", {kind: "{name}", "policy_arn": OURS}),
        ),
        cloudformation=Block(
            "AWS::IAM::ManagedPolicy",
            {"ManagedPolicyName": "{policy}", f"{holder}s": ["{name}"]},
            "PolicyDocument",
        ),
        cdk="aws_iam.CfnManagedPolicy",
    )


FORMS = {
    "role-inline": _inline("Role", 10_240),
    "user-inline": _inline("User", 2_048),
    "role-managed": _managed("Role"),
    "user-managed": _managed("User"),
    "managed-version": Draft(
        called="managed policy",
        regional=False,
        most=MANAGED,
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
