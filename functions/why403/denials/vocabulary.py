"""Every phrase that the classifier knows, looked up in a line once: gates of wrappers, lookalikes, other systems.

All at once by an automaton (Aho-Corasick): a line costs its length, however many phrases there are
(docs/decisions/0012-speed-of-triage.md). Before that the traces are looked for: most lines of a log hold none, and
nothing else is done with them. They are what the classifier's words begin with, the roots of a refusal, and the phrases
of wordings/ that mean something without one.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ahocorasick import Automaton

from why403.denials.contains import holds_any
from why403.denials.lookalikes import sayings, telling_alone
from why403.denials.signs import DENIAL_CODES, REFUSAL_ROOTS
from why403.denials.stated import TAKES
from why403.denials.wording import wordings
from why403.denials.wrappers.register import gates

Search = Callable[[str], Iterator[tuple[int, str]]]
"""A text → each phrase that stands in it, after the place of its last letter."""
COMMON = ("enied", "403", "uthori")
"""Those of nearly every line that passes the filter, without the letter whose case varies."""
ESCAPED = re.compile(r"[\"'<>&/\\]+")
"""What a wrapper writes in another way, so that a phrase does not stand there as it is."""


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


@cache
def traces() -> tuple[str, ...]:
    """In lower case: one of them stands in every line that we have something to say about."""
    codes = (code.lower() for code in DENIAL_CODES)
    actions = (phrase for one in wordings() if one.action and not one.only_refused for phrase in one.says)
    taken = (word.lower() for word in TAKES)
    phrases = (*REFUSAL_ROOTS, *taken, *codes, *actions, *telling_alone())
    every = {max(ESCAPED.split(phrase), key=len) for phrase in phrases}
    return tuple(sorted(one for one in every if not any(other in one for other in every - {one})))


def is_noise(message: str) -> bool:
    """Whether the line holds no trace of a denial, a credential or a 403. Linear, without regular expressions."""
    return not holds_any(message, COMMON) and next(_found(message), None) is None


def trace_ends(message: str) -> Iterator[int]:
    """Where each trace in the text ends, in order."""
    return (end for end, _ in _found(message))


def _found(message: str) -> Iterator[tuple[int, str]]:
    """Small letters stand where the capitals did (of all letters only this one becomes two), blanks where lines broke."""
    return _search()(message.replace("İ", "I").replace("\n", " ").lower())


@cache
def _search() -> Search:
    return search_for(traces())
