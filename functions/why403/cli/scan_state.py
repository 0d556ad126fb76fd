"""What an interrupted scan leaves behind, so that the next one goes on: what is still to be read, and what was found."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from why403.aws.log_search_parts import SearchPart, Window
from why403.cli.scan_causes import Causes
from why403.errors import SettingsError

VERSION = 1
"""Of the file's form: what another release kept is not gone on with."""


@dataclass(frozen=True, slots=True)
class ScanState:
    """A file of one scan's; an empty path keeps nothing. Its owner alone may read it: lines are in it, redacted."""

    path: str

    def found(self, groups: tuple[str, ...]) -> tuple[tuple[SearchPart, ...], Mapping[str, Any]] | None:
        """What is left of a scan of these groups, and its causes; None where there is none. SettingsError: another's."""
        if not self.path or not Path(self.path).exists():
            return None
        try:
            kept = json.loads(Path(self.path).read_text("utf-8"))
            left = tuple(
                SearchPart(tuple(one["groups"]), Window(**one["window"]), one["lines"])
                for one in kept["left"]
            )
            is_ours = kept["version"] == VERSION and sorted(kept["groups"]) == sorted(groups)
            causes: Mapping[str, Any] = kept["causes"]
        except (KeyError, TypeError, ValueError):
            is_ours = False
        if not is_ours:
            raise SettingsError(
                f"{self.path} is not the state of a scan of these log groups. Name another file, or remove it."
            )
        return left, causes

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
        beside = Path(f"{self.path}.new")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(kept), "utf-8")
        beside.replace(self.path)

    def drop(self) -> None:
        """The scan came to its end."""
        if self.path:
            Path(self.path).unlink(missing_ok=True)
