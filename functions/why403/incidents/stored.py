"""What is stored or under way may be another version's: read as far as it is known, kept where it is not.

After a rollback an older version meets what a newer one wrote: docs/upgrade.md.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from why403.errors import StoreError
from why403.incidents.table_keys import LAYOUT

Member = TypeVar("Member", bound=Enum)


def known_or(unknown: Member, value: object) -> Member:
    """The member of that value; `unknown` where this version has none."""
    try:
        return type(unknown)(value)
    except ValueError:
        return unknown


def known_fields(kind: Any, told: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    """What the dataclass has a field for."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in told.items() if name in names}


def unknown_fields(kind: Any, told: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    """What it has none for: to be written back."""
    known = known_fields(kind, told)
    return {name: value for name, value in told.items() if name not in known}


def check_layout(layout: object) -> None:
    """StoreError where it is of a later layout than this version's: it would be misread. None is of the first."""
    if int(str(layout or LAYOUT)) > LAYOUT:
        raise StoreError(
            f"A newer version of why403 stored this in layout {layout}; this one reads {LAYOUT}. It is tried again, then "
            "parked in the dead-letter queue: deploy the newer version, then redrive it (docs/upgrade.md)."
        )
