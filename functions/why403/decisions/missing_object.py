"""S3 answers 403 instead of 404 for an object that is not there, to callers who may not list its bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
"""

from dataclasses import replace

from why403.decisions.decision import Outcome, Request
from why403.decisions.evaluate import decide
from why403.denials.denial import Denial, DenyKind
from why403.message import Message
from why403.policies.policy_set import PolicySet

READS_OBJECT = "s3:getobject"
LISTS = "s3:ListBucket"
OPERATIONS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "GetObjectTagging"})


def missing_object(
    denial: Denial, request: Request, policies: PolicySet, *, allowed_now: bool
) -> tuple[Message, ...]:
    """That the object may simply not be there. `allowed_now`: the policies let the denied call through.

    Where AWS names what denies, that is why.
    """
    bucket, slash, key = request.resource.partition("/")
    values = {"bucket": bucket.rpartition(":")[2], "object": "" if key == "*" else key, "list": LISTS}
    if (denial.deny_kind or DenyKind.UNKNOWN).startswith("explicit"):
        return ()
    if denial.action == LISTS and denial.operation in OPERATIONS:
        return (Message("decisions.object-is-missing", values),)
    worded = denial.deny_kind not in {None, DenyKind.UNKNOWN}
    if worded or not allowed_now or not slash or not request.action.lower().startswith(READS_OBJECT):
        return ()
    listing = decide(replace(request, action=LISTS, resource=bucket), policies)
    if listing.outcome is Outcome.ALLOWED:
        return ()
    return (Message("decisions.object-may-be-missing", values),)
