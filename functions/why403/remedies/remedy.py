"""What a person can do about a denial."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from why403.iam.layer import Layer
from why403.message import Message


class RemedyKind(StrEnum):
    """GRANT adds a policy or statement, EDIT changes one, PLAYBOOK is for people to follow: no draft."""

    GRANT = "grant"
    EDIT = "edit"
    PLAYBOOK = "playbook"


class Risk(StrEnum):
    """How much harm a mistaken draft could do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The same draft in the forms that people apply."""

    aws_cli: str = ""
    terraform: str = ""
    cdk_python: str = ""
    cdk_typescript: str = ""
    cloudformation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change at one layer. Remedies of the same `set` suffice only together."""

    set: int
    layer: Layer
    target: str
    """ARN of the role or user, of the resource, or of the assumed role."""
    kind: RemedyKind
    title: Message
    why: tuple[Message, ...] = ()
    """Reasons, warnings and hints, in the order to tell them."""
    policy_name: str = ""
    policy_document: Mapping[str, Any] | None = None
    """A whole document that holds only the added statements; None for a playbook."""
    before: Mapping[str, Any] | None = None
    """The whole policy as it stands; None where there is none or it cannot be read."""
    after: Mapping[str, Any] | None = None
    diff: str = ""
    commands: Commands = field(default_factory=Commands)
    verify: tuple[str, ...] = ()
    """Commands that read it back and try it again."""
    steps: tuple[Message, ...] = ()
    """A playbook's steps, in order; for a draft what follows applying it (propagation, redeployment)."""
    proven: bool = False
    """Re-evaluation showed: denied before, allowed after, nothing else changed."""
    missing: tuple[Message, ...] = ()
    """What keeps it a hypothesis."""
    risk: Risk = Risk.LOW
    wider: bool = False
    """Grants more than the denial asked for: offered beside the smallest, never first."""
    adds: tuple[str, ...] = ()
    """The actions that it grants."""
    owner: str = ""
    """The stack and logical id, or the Terraform address, that owns the target; empty: not known."""
    preferred: str = "aws_cli"
    """The field of `commands` to show first: the owner's own form, where the target has an owner."""
