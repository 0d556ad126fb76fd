"""Who owns what is to be changed: infrastructure as code would undo a change made by hand.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from why403.message import Message
from why403.services.reading import Owner

FORMATS = {"cloudformation": "cloudformation", "cdk": "cdk_typescript", "terraform": "terraform"}
BY_HAND = "aws_cli"


def owner_text(owner: Owner | None) -> str:
    """`cdk: OrdersStack / TaskRole30FC0FBB`; empty where nobody is known to own it."""
    if owner is None:
        return ""
    place = " / ".join(each for each in (owner.stack, owner.logical_id) if each)
    return f"{owner.tool}: {place}" if place else owner.tool


def owner_advice(owner: Owner | None) -> tuple[Message, ...]:
    """That the change belongs into the owner's code, because it would be undone or drift."""
    if owner is None:
        return ()
    return (Message("remedies.owner.in-code", {"owner": owner_text(owner), "tool": owner.tool}),)


def preferred_format(owner: Owner | None) -> str:
    """The rendering to show first: a field of Commands."""
    return BY_HAND if owner is None else FORMATS.get(owner.tool, BY_HAND)
