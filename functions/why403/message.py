"""What a stage wants people to be told: an id and its values. The words are in notices/words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is a key of notices/words/*.json; `values` fill its {placeholders}, as text."""

    id: str
    values: Mapping[str, str] = field(default_factory=dict)
