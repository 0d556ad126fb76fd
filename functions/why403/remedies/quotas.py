"""What fits: the size that AWS allows a policy of each form, and how many policies can be attached.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from why403.message import Message
from why403.remedies.diff import compact

MOST_ATTACHED = 10
"""Managed policies of a role or user by default; more can be asked for."""


@cache
def _quotas() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("quotas.json").read_text("utf-8"))
    return table


def size(document: Mapping[str, Any] | str, *, blanks: bool = False) -> int:
    """Characters that a document takes. IAM does not count white space; others count what is stored."""
    text = document if isinstance(document, str) else compact(document)
    return len(text) if blanks else len(re.sub(r"\s", "", text))


def over(
    form: str, after: Mapping[str, Any], beside: Iterable[Mapping[str, Any] | str] = ()
) -> Message | None:
    """What to tell where the policy would not fit; `beside` are the others that share its quota."""
    quota = _quotas().get(form)
    if quota is None:
        return None
    shared = sum(size(each) for each in beside) if quota["shared"] else 0
    needed = shared + size(after, blanks=quota["blanks"])
    limit = int(quota["characters"])
    if needed <= limit:
        return None
    return Message("remedies.quota.size", {"needed": str(needed), "limit": str(limit)})
