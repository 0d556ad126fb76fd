"""The blocks of meaning that a notice is told in, and which of them go first where room is short.

Every text is in the notice's language, plain and not escaped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from why403.notices.checklist import Row
from why403.notices.offers import Offer
from why403.reads import BlindSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """Who was denied what, in a few words and in a sentence; and where."""

    mark: str
    """How the incident stands, at a glance."""
    title: str
    now: str
    """What happened to the incident; empty where the verdict is the news."""
    verdict: str
    where: str
    severity: str
    confidence: str
    """How sure the verdict is, and why; empty where it is sure."""
    facts: tuple[tuple[str, str], ...]
    """What names the denial: labels and values."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A resource that may have been meant, where the line names none."""

    arn: str
    likelihood: str
    """The best match, or one that is possible too."""
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Which layer says no, and the statement that comes close; then what is odd."""

    rows: tuple[Row, ...]
    quote: str
    """What the line itself says, where little else is known; else empty."""
    meant: str
    """Which resource fits best; empty where the line names its own."""
    findings: tuple[str, ...]
    candidates: tuple[Meant, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """Of a flood: the causes that have no notice of their own, likeliest to be real first."""

    heading: str
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecentChange:
    """What somebody did just before; `when` in ISO 8601, `by` an ARN, `who` the same in a few words."""

    what: str
    when: str
    by: str
    who: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed just before."""

    heading: str
    changes: tuple[RecentChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What to do: the remedies of the first set, which suffice together; none where too little is known."""

    heading: str
    remark: str
    """That they go together, or that there is none; empty for one."""
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What follows applying the drafts, each step once, and the commands that check them."""

    heading: str
    steps: tuple[str, ...]
    verify_heading: str
    verify: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The other ways, and what the same call would meet next."""

    heading: str
    offers: tuple[Offer, ...]
    next_denials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be read."""

    heading: str
    spots: tuple[BlindSpot, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A page to open; `name` is `page`, `act`, `logs` or `caller`."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Where to go on."""

    links: tuple[Action, ...]
    terminal: str = ""
    """The terminal's commands for the next step, where no link leads to the incident itself; else empty."""


Block = Headline | Why | Folded | Changed | Fix | Steps | Others | Unknown | Actions
LEAST_FIRST = (Others, Unknown, Steps, Changed, Why, Folded, Fix)
"""The order in which blocks are left out where a dialect's budget is short. Headline and Actions always stay."""


def within(blocks: Sequence[Block], fits: Callable[[Sequence[Block]], bool]) -> tuple[Block, ...]:
    """The blocks that fit, the least needed left out one by one."""
    kept = tuple(blocks)
    for least in LEAST_FIRST:
        if fits(kept):
            break
        kept = tuple(block for block in kept if not isinstance(block, least))
    return kept
