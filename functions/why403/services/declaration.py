"""What we know of one AWS service, as data. A service's file declares it; code stands there only for what is odd.

Texts with names in braces are templates. An ARN's template is matched against the resource part of ARNs; what it
names fills all others, and so do `{arn}`, `{called}` (the ARN as the call had it), `{itself}` (as it was matched),
`{partition}`, `{region}` and `{account}`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Policy
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan
from why403.services.reading import TargetReading

Parts = Mapping[str, str]
"""What fills a template: names to texts."""


def declared(
    action: str, why: str, *, client: str = "", operation: str = "", absent: tuple[str, ...] = ()
) -> DeclaredRead:
    """A read by its IAM action, and why it is made; `client` and `operation` where boto3 calls them otherwise."""
    prefix, _, name = action.partition(":")
    return DeclaredRead(client or prefix, operation or name, why, (action,), absent=absent)


@dataclass(frozen=True, slots=True)
class ServiceRead:
    """A read with its parameters: templates, or functions of the ARN; an empty one is left out.

    `gone` are AWS's codes for which this read says that there is no such resource. `shows`: an answer shows that
    there is one; a function where the answer lists some; False where it answers alike without one.
    """

    read: DeclaredRead
    parameters: Mapping[str, object] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    shows: bool | Callable[[Arn, Answer], bool] = True
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """A Region's resources: `within` is the list in the answer, `each` what names one, empty for a list of texts.

    `names` makes the ARN of one entry where neither an ARN nor a name stands there alone. `policies_tell`: the
    policies of the likeliest are read, as one that names the caller is likely the one that was meant.
    """

    read: DeclaredRead
    within: str
    each: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    pages: int = 5
    names: Callable[[Mapping[str, Any], Place], str] | None = None
    policies_tell: bool = False
    global_: bool = False
    """One list for all Regions."""


class NoDraft(StrEnum):
    """Why there is no draft for a resource's policy, though it may have one: a sentence in each language."""

    NO_POLICY = "no-policy"
    """Its kind has none."""
    WHOLE_ACCOUNTS = "whole-accounts"
    """It is shared with whole accounts, never with one role."""


@dataclass(frozen=True, slots=True)
class Block:
    """A resource of Terraform or CloudFormation: its type, its arguments, and the one that holds the document."""

    type: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    document: str = ""
    owned: bool = False
    """The policy is part of the resource itself: to be put where that is defined."""
    then: "Block | None" = None
    """A second one that attaches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """How a policy of this form is attached, in the words of each tool; a tool that cannot has none.

    `cli`, `cli_then` and `read_back` are commands without `aws`; `{document}` in them is the policy.
    """

    called: str
    """What people call the policy: `queue policy`."""
    cli: str
    cli_then: str = ""
    read_back: str = ""
    terraform: Block | None = None
    cloudformation: Block | None = None
    cdk: str = ""
    """Module and class: `aws_sqs.CfnQueuePolicy`."""
    most: int = 0
    """Characters that the service takes; 0 where it tells no limit."""
    blanks: bool = True
    """White space counts."""
    shared: bool = False
    """The size is of all policies of this form together."""
    wrapped: Any = None
    """The JSON in which the command takes the document, where it does not take it alone."""
    statement_resource: str = "same"
    """`same`, `*` for "this key", or `omit` where a statement may not name a resource."""
    regional: bool = True
    """The commands need `--region`."""
    each: bool = False
    """One command a statement, because the service takes statements, not documents."""
    beside: bool = False
    """The resource carries several policies: ours goes beside them, under a name of its own."""


ReadOf = Callable[[Arn, str, Place], Plan[TargetReading]]
"""The target's ARN, the IAM action and our place → what was read, in at most two rounds, the key left aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One kind of resource. `described` shows whether it exists, `asked` holds its policy where that does not.

    `policy`, `key` and `tags` are paths into the answers (`Attributes.Policy`, `Repositories.0.Key`), the policy's
    and its version's in that of `asked`; or functions of ARN and answer.
    """

    kind: str
    """What people call it: `queue`."""
    arn: str
    """`dynamodb:table/{name}`: the service and resource parts of its ARNs.

    What stands in square brackets may be missing, and is not part of the resource's own ARN.
    """
    within: tuple[str, ...] = ()
    """The resource parts of what lies in it and has no policy of its own, with the same names in braces."""
    letters: str = "-_."
    """What its names may hold beside letters and digits."""
    holder: str = "{arn}"
    """The ARN of what holds the policy."""
    tagged: str = "{itself}"
    """The ARN under which its tags are kept."""
    described: ServiceRead | None = None
    asked: ServiceRead | None = None
    keyed: ServiceRead | None = None
    """Tells the key, where the description does not."""
    policy: str | Callable[[Arn, Answer], Policy | None] = ""
    key: str | Callable[[Arn, Answer], str] = ""
    key_by_default: str = ""
    version: str = ""
    """Where the policy's answer tells which version it is, for a command that must not write over another's."""
    tags: str = ""
    true_arn: str = ""
    """Where the description tells the resource's whole ARN."""
    findings: Callable[[Arn, Answer], Iterable[Message]] | None = None
    unlocked_by: str = ""
    """AssumeRoot's task policy that unlocks such a resource whose policy shuts everyone out."""
    below: str = ""
    """Actions that ask for what lies below a path: it need not be a resource itself."""
    elsewhere: ServiceRead | bool = True
    """The call that finds one of this name in another Region; False where names are not bound to one."""
    read: ReadOf | None = None
    """Reads an odd one."""
    reads: tuple[DeclaredRead, ...] = ()
    """What `read` uses."""
    listed: Listing | None = None
    hints: tuple[str, ...] = ()
    """Words, upper case, in the names of environment variables that hold such a name."""
    named: Callable[[str, Place], str | None] | None = None
    """The ARN of a name, id or URL, where that is more than to put the name into the template."""
    spotted: Callable[[str, Place], Iterable[str]] | None = None
    """ARNs in a text, beside plain ones."""
    also_called: Callable[[str], Iterable[str]] | None = None
    """Other names under which a text may speak of it, from the name in its ARN."""
    draft: Draft | NoDraft = NoDraft.NO_POLICY
    fills: Callable[[Arn], Parts] | None = None
    """More that its templates need: a queue's URL."""

    @property
    def service(self) -> str:
        """The service part of its ARNs."""
        return self.arn.partition(":")[0]

    @property
    def templates(self) -> tuple[str, ...]:
        """The resource parts of its ARNs: its own first, then those of what lies in it."""
        return (self.arn.partition(":")[2], *self.within)

    @property
    def calls(self) -> tuple[ServiceRead, ...]:
        """The calls of one round: the policy's first."""
        return tuple(call for call in (self.asked, self.described, self.keyed) if call is not None)


@dataclass(frozen=True, slots=True)
class Role:
    """What such a client usually does: offered where one of `asked` was denied; `*` for any.

    `grants`: places of resources → actions on them. A place is templates, `same` for the denied call's, or `*`.
    """

    name: str
    asked: str
    grants: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service. `prefix` is IAM's.

    Lists of actions are texts with blanks between them, and without the prefix where it is this service's.
    """

    prefix: str
    name: str
    """As part of a policy's name: `SQS`."""
    title: str = ""
    page: str = ""
    """Of AWS's documentation, about its policies."""
    also: tuple[str, ...] = ()
    """Other IAM prefixes whose actions are done to its resources."""
    resources: tuple[Resource, ...] = ()
    endpoints: tuple[str, ...] = ()
    """Its VPC endpoints, where they are not called like the prefix."""
    roles: tuple[Role, ...] = ()
    neighbours: str = ""
    """Its best known actions: what a draft must leave as it was."""
    needs_besides: Mapping[str, str] = field(default_factory=dict)
    """Actions, or operations that need more, → those of KMS that they need of the key that encrypts their target."""
    keys_page: str = ""
    """Of AWS's documentation, that says so."""
    tries: Mapping[str, str] = field(default_factory=dict)
    """Action → a command, without `aws`, that tries it and changes nothing: sending, or receiving what others wait for, does."""
    unrecorded: str = ""
    """Actions that CloudTrail's event history does not keep."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Write operation, as CloudTrail calls it → what was done, in words."""

    def actions(self, text: str) -> tuple[str, ...]:
        """The IAM actions of a list of this declaration."""
        return tuple(each if ":" in each or each == "*" else f"{self.prefix}:{each}" for each in text.split())


@cache
def pattern(template: str, letters: str) -> re.Pattern[str]:
    """Matches the resource part of ARNs; a name ends at `:`, and at `/` unless it may hold one."""
    each = r"[^:]+" if "/" in letters else r"[^/:]+"
    literal = re.escape(template).replace(r"\[", "(?:").replace(r"\]", ")?")
    named = re.sub(r"\\{(\w+)\\}", rf"(?P<\1>{each})", literal)  # `{name}`, as re.escape leaves it
    return re.compile(rf"{named}(?:[/:].*)?\Z", re.DOTALL)


def literal_length(template: str) -> int:
    """How much a template says by itself: the longer, the more special."""
    return len(re.sub(r"\{\w+\}", "", template))  # without its `{name}`s


def filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its names filled; one that is not known is empty."""
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], "")), template)  # each `{name}`
