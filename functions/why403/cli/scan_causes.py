"""The denials of a scan, grouped by cause as incidents are."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from why403.aws.log_search_parts import SearchPart, Window
from why403.denials.classify import classify
from why403.denials.denial import Denial, Verdict
from why403.errors import SettingsError
from why403.incidents.fingerprint import fingerprint
from why403.incidents.incident_json import denial_from_json, denial_to_json
from why403.log_events.log_event import LogEvent
from why403.log_events.redaction import redact

TOLD = frozenset({Verdict.MISSING_PERMISSION, Verdict.CREDENTIALS, Verdict.AWS_403_NOT_IAM})
SAMPLE_LENGTH = 300
"""Characters: two lines of a terminal; AWS's sentence mostly fits."""
VERSION = 1
"""Of the file's form: what another release kept is not gone on with."""


@dataclass(slots=True)
class Cause:
    """One cause; times in milliseconds since the epoch. `sample` is its first line."""

    fingerprint: str
    denial: Denial
    sample: LogEvent
    count: int = 0
    first: int = 0
    last: int = 0
    streams: set[tuple[str, str]] = field(default_factory=set)


class Causes:
    """Grows by events; `lines` counts those that were denials."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._by_fingerprint: dict[str, Cause] = {}
        self.lines = 0
        self.unread = 0
        """Lines that match the search and were not read: then each count is one of at least so many."""
        self.failed = 0
        """Searches that failed for good: the same."""

    def add(self, event: LogEvent) -> None:
        """Count the event's denials, if it has any."""
        denials = [denial for denial in classify(event) if denial.verdict in TOLD]
        self.lines += bool(denials)
        for denial in denials:
            key = fingerprint(denial, log_group=event.log_group, account=event.account or self._account)
            cause = self._by_fingerprint.setdefault(key, Cause(key, denial, event, first=event.timestamp))
            cause.count += 1
            cause.first = min(cause.first, event.timestamp)
            cause.last = max(cause.last, event.timestamp)
            cause.streams.add((event.log_group, event.log_stream))

    @property
    def is_partial(self) -> bool:
        """Whether there may be more than was read."""
        return bool(self.unread or self.failed)

    def __iter__(self) -> Iterator[Cause]:
        return iter(sorted(self._by_fingerprint.values(), key=lambda cause: (-cause.count, cause.first)))

    def objects(self) -> list[dict[str, Any]]:
        """Each cause for machines, most lines first."""
        return [
            {
                "fingerprint": cause.fingerprint,
                "count": cause.count,
                "at_least": self.is_partial,
                "first": _iso(cause.first),
                "last": _iso(cause.last),
                "verdict": cause.denial.verdict.value,
                "action": cause.denial.action,
                "resource": cause.denial.resource or cause.denial.resource_name,
                "principal": cause.denial.principal,
                "deny_kind": cause.denial.deny_kind.value if cause.denial.deny_kind else None,
                "log_groups": sorted({group for group, _ in cause.streams}),
                "streams": len(cause.streams),
                "sample": redact(cause.sample.message)[:SAMPLE_LENGTH],
            }
            for cause in self
        ]

    def stored(self) -> dict[str, Any]:
        """As `restore` takes it: a scan that is interrupted goes on from it. Samples are redacted."""
        causes = [
            {
                "fingerprint": cause.fingerprint,
                "denial": denial_to_json(cause.denial),
                "sample": cause.sample._replace(message=redact(cause.sample.message))._asdict(),
                "count": cause.count,
                "first": cause.first,
                "last": cause.last,
                "streams": sorted(cause.streams),
            }
            for cause in self
        ]
        return {"lines": self.lines, "unread": self.unread, "failed": self.failed, "causes": causes}

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Go on from what `stored` told. KeyError, TypeError or ValueError where it is nothing of that kind."""
        self.lines, self.unread = int(stored["lines"]), int(stored["unread"])
        self.failed = int(stored.get("failed", 0))
        for kept in stored["causes"]:
            cause = Cause(
                kept["fingerprint"],
                denial_from_json(kept["denial"]),
                LogEvent(**kept["sample"]),
                count=kept["count"],
                first=kept["first"],
                last=kept["last"],
                streams={(group, stream) for group, stream in kept["streams"]},
            )
            self._by_fingerprint[cause.fingerprint] = cause

    def text(self) -> str:
        """Each cause for people, most lines first."""
        causes = list(self)
        if not causes:
            return f"No denials were found{' in what could be read' if self.is_partial else ''}.\n"
        least = "at least " if self.is_partial else ""
        told = [f"{least}{len(causes)} cause(s) in {least}{self.lines} line(s)\n"]
        told += [_told(number, cause) for number, cause in enumerate(causes, 1)]
        return "\n".join(told)


@dataclass(frozen=True, slots=True)
class ScanState:
    """A file of one scan's; an empty path keeps nothing. Its owner alone may read it: lines are in it, redacted."""

    path: str

    def found(self, groups: tuple[str, ...], causes: Causes) -> tuple[SearchPart, ...] | None:
        """What is left of a scan of these groups, whose causes go into `causes`; None where there is none.

        SettingsError where it is another scan's, or nothing can be kept there.
        """
        if not self.path:
            return None
        try:
            self._beside.touch(mode=0o600)
            self._beside.unlink()
            if not Path(self.path).exists():
                return None
            kept = json.loads(Path(self.path).read_text("utf-8"))
            left = tuple(
                SearchPart(tuple(one["groups"]), Window(**one["window"]), one["lines"])
                for one in kept["left"]
            )
            is_ours = kept["version"] == VERSION and sorted(kept["groups"]) == sorted(groups)
            if is_ours:
                causes.restore(kept["causes"])
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be written: {error.strerror}.") from error
        except (AttributeError, KeyError, TypeError, ValueError):
            is_ours = False
        if not is_ours:
            raise SettingsError(
                f"{self.path} is not the state of a scan of these log groups. Name another file, or remove it."
            )
        return left

    def keep(self, groups: tuple[str, ...], left: tuple[SearchPart, ...], causes: Causes) -> None:
        """Write it whole or not at all."""
        if not self.path:
            return
        kept = {
            "version": VERSION,
            "groups": groups,
            "left": [asdict(part) for part in left],
            "causes": causes.stored(),
        }
        self._beside.touch(mode=0o600)
        self._beside.write_text(json.dumps(kept), "utf-8")
        self._beside.replace(self.path)

    @property
    def _beside(self) -> Path:
        return Path(f"{self.path}.new")

    def drop(self) -> None:
        """The scan came to its end."""
        if self.path:
            Path(self.path).unlink(missing_ok=True)


def _told(number: int, cause: Cause) -> str:
    denial = cause.denial
    what = denial.action or denial.operation or denial.kind.value or denial.verdict.value
    target = denial.resource or denial.resource_name or "an unnamed resource"
    layer = f" ({denial.deny_kind.value})" if denial.deny_kind else ""
    groups = sorted({group for group, _ in cause.streams})
    sample = redact(cause.sample.message)[:SAMPLE_LENGTH]
    line = cause.sample
    where = f"--log-group {shlex.quote(line.log_group)} --log-stream {shlex.quote(line.log_stream)} --timestamp {line.timestamp}"
    lines = (
        f"{number}. {cause.count} × {what} on {target}{layer}",
        f"   by {denial.principal or 'a caller that the line does not name'}, in {', '.join(groups)}",
        f"   {_iso(cause.first)} to {_iso(cause.last)}, {len(cause.streams)} stream(s)",
        f"   {' '.join(sample.split())}",
        f"   why403 explain {where} -",
    )
    return "\n".join((*lines, ""))


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
