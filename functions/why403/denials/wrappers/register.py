"""All wrappers: the SDKs' first, then the tools'."""

from collections.abc import Iterator

from why403.denials.call import Call
from why403.denials.wrappers.sdks import SDKS
from why403.denials.wrappers.tools import TOOLS

WRAPPERS = SDKS + TOOLS
GATES = tuple((gate, number) for number, wrapper in enumerate(WRAPPERS) for gate in wrapper.gates)


def read_calls(text: str) -> Iterator[Call]:
    """Every call that a wrapper finds in the plain text, wrapper by wrapper."""
    for number in sorted({number for gate, number in GATES if gate in text}):
        yield from WRAPPERS[number].read(text)
