"""Policy documents as services hand them out: JSON text, parsed JSON, or nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from why403.iam.layer import Policy

ENCODED_BRACE = "%7B"
VERSION = "2012-10-17"


def parsed(name: str, document: object, arn: str = "") -> Policy | None:
    """The policy in `document`; None where there is none: nothing, `{}`, or no text at all.

    Text that is no JSON object is kept as it stands: it is a policy that nobody can evaluate, not an absent one.
    """
    if isinstance(document, Mapping):
        return Policy(name, document, arn) if document else None
    if not isinstance(document, str) or not document.strip():
        return None
    text = document.strip()
    text = unquote(text) if text[:3].upper() == ENCODED_BRACE else text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Policy(name, text, arn)
    if not isinstance(found, dict):
        return Policy(name, text, arn)
    return Policy(name, found, arn) if found else None


def joined(name: str, policies: Iterable[Policy | None]) -> Policy | None:
    """Several policies of one resource as one: every statement counts as if it stood in the same document."""
    held = [policy for policy in policies if policy is not None]
    if len(held) <= 1:
        return held[0] if held else None
    statements = [statement for policy in held for statement in _statements(policy)]
    return Policy(name, {"Version": VERSION, "Statement": statements})


def _statements(policy: Policy) -> list[Any]:
    if isinstance(policy.document, str):
        return []
    found = policy.document.get("Statement", [])
    return list(found) if isinstance(found, list) else [found]
