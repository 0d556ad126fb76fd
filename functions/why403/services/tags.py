"""Tags, and the infrastructure as code that they name as a resource's owner.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-tags.html
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from why403.services.reading import Owner

STACK = "aws:cloudformation:stack-name"
LOGICAL_ID = "aws:cloudformation:logical-id"
CDK_PREFIX = "aws-cdk:"


def tags_of(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """`[{"Key", "Value"}]` as a mapping."""
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in listed if "Key" in tag}


def owner_of(tags: Mapping[str, str]) -> Owner | None:
    """Who owns a resource with these tags; None where they do not tell."""
    if tags.get(STACK):
        by_cdk = any(key.startswith(CDK_PREFIX) for key in tags)
        return Owner(
            tool="cdk" if by_cdk else "cloudformation",
            stack=tags[STACK],
            logical_id=tags.get(LOGICAL_ID, ""),
        )
    lower = {key.lower(): value for key, value in tags.items()}
    words = _terraform_words()
    named = [lower[key] for key in words["names"] if lower.get(key)]
    flagged = any(
        value.lower() in words["values"] for key, value in lower.items() if key in words["managed_by"]
    ) or any(lower.get(key, "").lower() not in {"", "false", "no"} for key in words["flags"])
    if not named and not flagged:
        return None
    return Owner(tool="terraform", stack=named[0] if named else "")


@cache
def _terraform_words() -> dict[str, list[str]]:
    text = Path(__file__).with_name("terraform_tags.json").read_text("utf-8")
    words: dict[str, list[str]] = json.loads(text)
    return words
