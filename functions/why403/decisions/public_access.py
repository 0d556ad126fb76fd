"""S3 Block Public Access and ACLs, where they decide beside the bucket's policy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
"""

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import NO, UNKNOWN
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_policies import LayerPolicies
from why403.decisions.layer_verdict import LayerVerdict
from why403.decisions.reasons import Reason
from why403.decisions.relation import Relation
from why403.iam.document import ALLOW
from why403.iam.principal import PrincipalKind
from why403.services.reading import BucketSettings

_LIMITING_KEYS = frozenset(
    {
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid",
        "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcearn", "aws:sourceaccount", "aws:sourceowner",
        "aws:sourceorgid", "aws:sourceorgpaths", "aws:vpcsourceip", "aws:principalserviceName".lower(),
        "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)  # fmt: skip
"""With a fixed value of one of these a statement is not public."""
_ACL_ACTIONS = frozenset(
    {"s3:getobject", "s3:getobjectversion", "s3:putobject", "s3:deleteobject", "s3:listbucket",
     "s3:listbucketversions", "s3:listbucketmultipartuploads", "s3:getbucketacl", "s3:getobjectacl",
     "s3:putbucketacl", "s3:putobjectacl"}
)  # fmt: skip


def apply_bucket_settings(
    verdict: LayerVerdict,
    bucket: BucketSettings,
    policy: LayerPolicies | None,
    relation: Relation,
    call: EvaluationContext,
) -> None:
    """Change what the bucket's policy says by the bucket's own settings."""
    outside = relation is not Relation.SAME and call.caller.kind is not PrincipalKind.SERVICE
    if verdict.account is not NO:
        if outside and policy is not None and any(map(_is_public, policy.statements)):
            _restrict(verdict, bucket)
    elif outside and bucket.acls_disabled is False and call.action in _ACL_ACTIONS:
        anonymous = call.caller.kind is PrincipalKind.ANONYMOUS
        if not (anonymous and bucket.ignore_public_acls):
            verdict.account, verdict.override = UNKNOWN, Reason.ACL_MAY_ALLOW


def _restrict(verdict: LayerVerdict, bucket: BucketSettings) -> None:
    """RestrictPublicBuckets: a public policy lets in only the bucket's own account and AWS services."""
    if bucket.restrict_public_buckets:
        verdict.account = verdict.role = verdict.direct = NO
        verdict.override = Reason.PUBLIC_ACCESS_BLOCKED


def _is_public(statement: CompiledStatement) -> bool:
    """An Allow for everyone without a condition that fixes who or from where."""
    if statement.statement.effect != ALLOW or not statement.means_everyone:
        return False
    return not any(
        test.condition.key.lower() in _LIMITING_KEYS
        and not test.condition.operator.negated
        and not any("*" in value or "${" in value for value in test.condition.values)
        for test in statement.conditions
    )
