"""What fits: the size that AWS allows a policy of each form, and how many policies can be attached.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from why403.message import Message
from why403.remedies.formats.attachment import attachment
from why403.remedies.statements import compact

MOST_ATTACHED = 10
"""Managed policies of a role or user by default; more can be asked for."""


SIZES = {"scp": 10_240, "rcp": 5_120}
"""An organization's policies have one form and two sizes; white space counts.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""


def size(document: Mapping[str, Any] | str, *, blanks: bool = False) -> int:
    """Characters that a document takes. IAM does not count white space; others count what is stored."""
    text = document if isinstance(document, str) else compact(document)
    return len(text) if blanks else len(re.sub(r"\s", "", text))


def over(
    form: str, after: Mapping[str, Any], beside: Iterable[Mapping[str, Any] | str] = ()
) -> Message | None:
    """What to tell where the policy would not fit; `beside` are the others that share its quota."""
    row = attachment(form)
    limit = SIZES.get(form, row.most if row is not None else 0)
    blanks = row.blanks if row is not None else True
    shared = sum(size(each) for each in beside) if row is not None and row.shared else 0
    needed = shared + size(after, blanks=blanks)
    if not limit or needed <= limit:
        return None
    return Message("remedies.quota.size", {"needed": str(needed), "limit": str(limit)})
