"""Names for policies and statements: readable, legal, and never one that is already taken."""

import hashlib
import re
from collections.abc import Collection

from why403.services.register import NAMED

LONGEST_POLICY_NAME = 128
"""Characters that IAM takes; four are kept for a number behind it."""
DISPLAYED = {service.prefix: service.name for service in NAMED}


def display_name(service: str) -> str:
    """An IAM prefix as part of a name: `sqs` gives `SQS`."""
    return DISPLAYED.get(service) or "".join(part.capitalize() for part in re.split(r"\W+", service))


def policy_name(service: str, taken: Collection[str], *, unseen: str = "") -> str:
    """`SQSAccessPolicy`, with a number where that name is taken; names differ by more than their case.

    `unseen`: not all taken names could be read. A digest of that text makes a collision with one of them, and so
    the loss of somebody's policy, next to impossible.
    """
    wanted = f"{display_name(service)}AccessPolicy"
    if unseen:
        wanted += "-" + hashlib.sha256(unseen.encode()).hexdigest()[:12]
    return _free(wanted, taken)


def name_beside(service: str, whose: str) -> str:
    """A name for a policy beside others whose names are not known: a digest keeps it from being one of theirs."""
    return policy_name(service, (), unseen=whose)


def sid(action: str, taken: Collection[str]) -> str:
    """`AllowSQSSendMessage` for sqs:SendMessage: letters and digits only, and not taken."""
    service, _, name = action.partition(":")
    return _free(re.sub(r"[^0-9A-Za-z]", "", f"Allow{display_name(service)}{name}"), taken)


def identifier(*parts: str) -> str:
    """A logical id or class name out of words: letters and digits, beginning with a letter."""
    words = [word for part in parts for word in re.split(r"[^0-9A-Za-z]+", part) if word]
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() else f"Policy{joined}"


def _free(wanted: str, taken: Collection[str]) -> str:
    lowered = {name.lower() for name in taken}
    number = 1
    name = wanted
    while name.lower() in lowered:
        number += 1
        name = f"{wanted[: LONGEST_POLICY_NAME - 4]}{number}"
    return name
