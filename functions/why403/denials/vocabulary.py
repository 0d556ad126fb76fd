"""Every phrase that the classifier knows, looked up in a line once: gates of wrappers, lookalikes, other systems."""

from functools import cache

from why403.denials.lookalikes import sayings
from why403.denials.phrases import Phrases
from why403.denials.wrappers.register import gates


@cache
def _vocabulary() -> Phrases:
    return Phrases([*gates(), *sayings()])


def phrases_in(lowered: str) -> frozenset[str]:
    """Those that stand in the text, which is in lower case as they are."""
    return _vocabulary().found_in(lowered)
