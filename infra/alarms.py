"""What is watched of why403 itself: alarms.json, read. Each has a runbook, docs/runbooks/<name>.md."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmPlan:
    """One alarm: it rings when the metric reaches `threshold` (or stays below it) for `periods` × `minutes`.

    `metric` is namespace and name, `of` whose: `function:…`, `queue:…` or `service:…` with stems, or `table`.
    `query` in their place names a metric of all subscriptions.
    """

    name: str
    means: str
    urgency: str
    """How soon somebody should look: now, today, this week."""
    metric: tuple[str, str] = ("", "")
    of: str = ""
    query: str = ""
    statistic: str = "Maximum"
    threshold: float = 1
    below: bool = False
    minutes: int = 5
    periods: int = 1
    missing: str = "notBreaching"

    @property
    def runbook(self) -> str:
        """Where it stands what to do."""
        return f"docs/runbooks/{self.name}.md"

    @property
    def parts(self) -> tuple[str, ...]:
        """The stems of the functions that it is about."""
        return tuple(self.of.partition(":")[2].split(",")) if ":" in self.of else ()

    def description(self, dashboard: str) -> str:
        """What the alarm says to who gets it; `dashboard` is where its runbook and charts stand, empty without one."""
        where = f"{dashboard} ({self.runbook})" if dashboard else self.runbook
        return f"{self.means} Urgency: {self.urgency}. What to do: {where}"

    def steps(self) -> str:
        """Its runbook, in Markdown."""
        return (Path(__file__).parents[1] / self.runbook).read_text("utf-8")


def alarm_plans() -> tuple[AlarmPlan, ...]:
    """All alarms of alarms.json, in its order."""
    entries = json.loads((Path(__file__).parent / "alarms.json").read_text())
    return tuple(AlarmPlan(**{**entry, "metric": tuple(entry.get("metric", ("", "")))}) for entry in entries)
