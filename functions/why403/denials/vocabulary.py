"""Every phrase that the classifier knows, looked up in a line once: gates of wrappers, lookalikes, other systems.

All at once by an automaton (Aho-Corasick): a line costs its length, however many phrases there are
(docs/decisions/0012-speed-of-triage.md).
"""

from functools import cache
from typing import Any

from ahocorasick import Automaton

from why403.denials.lookalikes import sayings
from why403.denials.wrappers.register import gates


@cache
def _automaton() -> Any:  # noqa: ANN401  # the package has no types
    automaton = Automaton()
    for phrase in (*gates(), *sayings()):
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    return automaton


def phrases_in(lowered: str) -> frozenset[str]:
    """Those that stand in the text, which is in lower case as they are."""
    return frozenset([phrase for _, phrase in _automaton().iter(lowered)])
