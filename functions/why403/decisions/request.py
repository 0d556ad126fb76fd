"""The call that is evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """As `why403 evaluate` reads it.

    `principal` is an ARN, a service principal's name or `anonymous`; `resource` an ARN, or `*` for an action
    without resource types. Context keys as the policy reference spells them; a value is one string or several.
    `context_complete` False makes a key that is not given unknown instead of absent, unless the kind of call
    settles it.
    """

    principal: str
    action: str
    resource: str
    resource_account: str = ""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    context_complete: bool = True
