"""What is worth telling beside a decision: what may lie behind the 403, and what is odd in the policies.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
"""

from dataclasses import replace

from why403.decisions.decision import Decision, Outcome, Request
from why403.decisions.evaluate import compile_set, decide
from why403.decisions.lint import lint
from why403.decisions.unchangeable import unchangeable
from why403.denials.denial import Denial, DenyKind
from why403.message import Message
from why403.policies.elsewhere import asked_elsewhere
from why403.policies.policy_set import PolicySet

_READS_OBJECT = "s3:getobject"
_LISTS = "s3:ListBucket"
_OPERATIONS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "GetObjectTagging"})


def remarks(
    denial: Denial, request: Request, policies: PolicySet, *, decision: Decision, allowed_now: bool
) -> tuple[Message, ...]:
    """The most telling first. `allowed_now`: the policies let the denied call through."""
    elsewhere = asked_elsewhere(denial, request.principal, request.resource)
    return (
        *([elsewhere] if elsewhere is not None else ()),
        *_missing_object(denial, request, policies, allowed_now=allowed_now),
        *unchangeable(decision, request, policies),
        *lint(compile_set(policies).layers, request),
    )


def _missing_object(
    denial: Denial, request: Request, policies: PolicySet, *, allowed_now: bool
) -> tuple[Message, ...]:
    """That the object may simply not be there. `allowed_now`: the policies let the denied call through.

    Where AWS names what denies, that is why.
    """
    bucket, slash, key = request.resource.partition("/")
    values = {"bucket": bucket.rpartition(":")[2], "object": "" if key == "*" else key, "list": _LISTS}
    if (denial.deny_kind or DenyKind.UNKNOWN).startswith("explicit"):
        return ()
    if denial.action == _LISTS and denial.operation in _OPERATIONS:
        return (Message("decisions.object-is-missing", values),)
    worded = denial.deny_kind not in {None, DenyKind.UNKNOWN}
    if worded or not allowed_now or not slash or not request.action.lower().startswith(_READS_OBJECT):
        return ()
    listing = decide(replace(request, action=_LISTS, resource=bucket), policies)
    if listing.outcome is Outcome.ALLOWED:
        return ()
    return (Message("decisions.object-may-be-missing", values),)
