"""A change at one layer before it is proven, priced and written out; and options, which suffice together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.remedy import RemedyKind
from why403.services.reading import Grant, Owner

Statement = Mapping[str, Any]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One policy as it stands and as it would stand."""

    layer: Layer
    target: str
    """ARN of the role, user, resource, assumed role, endpoint or organization policy."""
    kind: RemedyKind
    form: str
    """How it is attached: one of formats/forms.py or a service's draft; empty where no command of ours can."""
    title: Message
    policy_name: str
    added: tuple[Statement, ...]
    """The statements that are new, or new in their changed form."""
    before: Document | None = None
    after: Document | None = None
    """None: the policy could not be read, so nobody knows the whole that must be kept."""
    policy_arn: str = ""
    """A managed policy's or an organization policy's ARN."""
    level: int = 0
    """SCP and RCP: the level in the organization, 0 for the root."""
    grant: Grant | None = None
    grant_constraint: Mapping[str, str] = field(default_factory=dict)
    """Encryption context that the KMS grant insists on."""
    principal: str = ""
    """The caller's ARN, for forms that name it outside a document."""
    why: tuple[Message, ...] = ()
    steps: tuple[Message, ...] = ()
    """What a person does where there is nothing to apply."""
    owner: Owner | None = None
    version: str = ""
    """Which version of the policy was read, for commands that must not write over another."""
    beside: bool = False
    """A policy of its own beside those that the resource has: `before` is none of theirs."""


def by_hand(  # noqa: PLR0913  # what a playbook tells, each by its name
    *,
    layer: Layer,
    target: str,
    title: Message,
    steps: tuple[Message, ...],
    policy_name: str = "",
    why: tuple[Message, ...] = (),
) -> Proposal:
    """What a person does where nothing is drafted. `policy_name`: the policy that it speaks of, if one is known."""
    return Proposal(
        layer=layer,
        target=target,
        kind=RemedyKind.PLAYBOOK,
        form="",
        title=title,
        policy_name=policy_name,
        added=(),
        why=why,
        steps=steps,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Proposals that suffice only together: they become one set.

    `intended` are the (action, resource pattern) pairs that may become allowed, and no others. `asked` is True
    where that is exactly what was denied.
    """

    proposals: tuple[Proposal, ...]
    intended: tuple[tuple[str, str], ...]
    asked: bool = True
    wider: bool = False
    """It grants more than was asked, on purpose."""
    why: tuple[Message, ...] = ()
