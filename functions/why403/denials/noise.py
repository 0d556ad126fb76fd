"""Most lines of a log are no 403: they hold no trace of one, and nothing else is done with them.

The traces are what the classifier's words begin with: the roots of a refusal, and the phrases of wordings/ that mean
something without one. They are found by an automaton, whose cost is the line's length
(docs/decisions/0012-speed-of-triage.md).
"""

import re
from collections.abc import Iterator
from functools import cache

from why403.denials.contains import holds_any
from why403.denials.lookalikes import telling_alone
from why403.denials.signs import DENIAL_CODES, REFUSAL_ROOTS
from why403.denials.vocabulary import Search, search_for
from why403.denials.wording import wordings

COMMON = ("enied", "403", "uthori")
"""Those of nearly every line that passes the filter, without the letter whose case varies."""

ESCAPED = re.compile(r"[\"'<>&/\\]+")
"""What a wrapper writes in another way, so that a phrase does not stand there as it is."""


@cache
def traces() -> tuple[str, ...]:
    """In lower case: one of them stands in every line that we have something to say about."""
    codes = (code.lower() for code in DENIAL_CODES)
    actions = (phrase for one in wordings() if one.action and not one.only_refused for phrase in one.says)
    phrases = (*REFUSAL_ROOTS, *codes, *actions, *telling_alone())
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
