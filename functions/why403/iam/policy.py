"""A policy as it was read: a name and a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Policy:
    """`document` is the parsed JSON, or the text as it stood where it is no JSON.

    `name` is what people call it: an inline policy's name, a managed policy's name, `queue policy`. `arn` is the
    managed policy's or the SCP's ARN, empty for the others.
    """

    name: str
    document: Mapping[str, Any] | str
    arn: str = ""
