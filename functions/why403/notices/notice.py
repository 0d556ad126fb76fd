"""Everything that one notice is made of: every renderer takes it, and nothing else."""

from dataclasses import dataclass, field

from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.place import Place
from why403.incidents.incident import Incident, Sample, Severity
from why403.incidents.transition import Transition
from why403.notices.words import Language, word

USUAL_STACK = "why403"
"""The stack that the terminal's commands look for where none is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a notice leads. Empty: there is no such page, and the notice tells more itself."""

    page: str = ""
    """The fix page, signed or behind IAM: to look, and no more."""
    act: str = ""
    """The page with its forms: for the room that is told, never for machines."""
    logs: str = ""
    """The lines in the CloudWatch console."""
    caller: str = ""
    """The role or user in the IAM console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`incident` None: a diagnosis on its own, as `why403 explain` makes it; then `sample` is its line."""

    diagnosis: Diagnosis
    incident: Incident | None = None
    links: Links = field(default_factory=Links)
    language: Language = Language.ENGLISH
    transition: Transition = Transition.OPENED
    in_full: bool = True
    """Whether the whole diagnosis is told; else the transition in a line, as an update of what was told before."""
    reason: str = ""
    """Why that transition was made: an id of incidents/step.py."""
    by: str = ""
    """Which person made it, as far as that is known."""
    occurrences: tuple[tuple[int, int], ...] = ()
    """(start of the hour in ms since the epoch, lines), oldest first."""
    others_open: tuple[tuple[str, str, str], ...] = ()
    """Of each other open incident of the caller: the way to it, what it is and how it stands (page/beside.py)."""
    stack: str = ""
    """The stack whose incident it is, where the reader may be told the terminal's commands; empty: they are not."""
    stack_region: str = ""
    """Where that stack is: another Region may have one of the same name."""
    mention: str = ""
    """Whom to call, as the receiving service writes it; never taken from a log line."""
    quiet: bool = False
    """Nobody is to be woken now."""
    has_buttons: bool = False
    """Whether people can act on it where they read it: the Slack app is there."""
    is_sent_again: bool = False
    """It was sent before, and nobody said whether it arrived."""
    sample: Sample | None = None
    place: Place | None = None
    """Whose log group it is, so that many accounts can share one channel; None: not known."""

    def in_terminal(self, *commands: str) -> str:
        """The sentence that names commands of the terminal's, each with what finds the stack; empty where readers are told none."""
        if not self.stack:
            return ""
        stack = "" if self.stack == USUAL_STACK else f" --stack {self.stack}"
        region = f" --region {self.stack_region}" if self.stack_region else ""
        named = " · ".join(f"why403 {one}{stack}{region}" for one in commands)
        return word("notices.terminal", self.language, commands=named)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The lines to show, redacted."""
        if self.incident is not None and self.incident.samples:
            return self.incident.samples
        return (self.sample,) if self.sample else ()

    @property
    def log_group(self) -> str:
        """The log group, empty where the line came without one."""
        if self.incident is not None:
            return self.incident.log_group
        return self.sample.log_group if self.sample else ""

    @property
    def severity(self) -> Severity:
        """How loud to be; a diagnosis on its own is in the middle."""
        return self.incident.severity if self.incident else Severity.MEDIUM

    @property
    def identity(self) -> str:
        """What names the incident for receivers: threads, deduplication keys. Empty without an incident."""
        return self.incident.fingerprint if self.incident else ""
