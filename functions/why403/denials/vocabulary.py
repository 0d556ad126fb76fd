"""Every phrase that the classifier knows, looked up in a line once: gates of wrappers, lookalikes, other systems.

All at once by an automaton (Aho-Corasick): a line costs its length, however many phrases there are
(docs/decisions/0012-speed-of-triage.md).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ahocorasick import Automaton

from why403.denials.lookalikes import sayings
from why403.denials.wrappers.register import gates

Search = Callable[[str], Iterator[tuple[int, str]]]
"""A text → each phrase that stands in it, after the place of its last letter."""


def search_for(phrases: Iterable[str]) -> Search:
    """Looks for all of them at once."""
    automaton = Automaton()
    for phrase in phrases:
        automaton.add_word(phrase, phrase)
    automaton.make_automaton()
    search: Search = automaton.iter
    return search


@cache
def _vocabulary() -> Search:
    return search_for((*gates(), *sayings()))


def phrases_in(lowered: str) -> frozenset[str]:
    """Those that stand in the text, which is in lower case as they are."""
    return frozenset([phrase for _, phrase in _vocabulary()(lowered)])
