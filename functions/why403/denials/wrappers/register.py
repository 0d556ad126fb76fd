"""All wrappers: the SDKs' first, then the tools'."""

from collections.abc import Iterator

from why403.denials.call import Call
from why403.denials.contains import holds_any
from why403.denials.wrappers.sdks import SDKS
from why403.denials.wrappers.tools import TOOLS


def read_calls(text: str) -> Iterator[Call]:
    """Every call that a wrapper finds in the plain text, wrapper by wrapper."""
    for wrapper in SDKS + TOOLS:
        if holds_any(text, wrapper.gates):
            yield from wrapper.read(text)
