"""Hundreds of phrases looked up in a text at the cost of some dozen: grouped by a word that few lines hold."""

from collections.abc import Iterable, Iterator

KEYS = (
    "subscri", "credential", "signature", "token", "expire", "permission", "account", "privilege", "assume", "cloud", "model",
    "exceeded", "limit", "block", "missing", "public", "forbidden", "denied", "auth", "access", "error", "request", "secret",
    "user", "sign", "stor", "local", "unable", "enabled", ".com", ".org", ".io", "tion", "[", "not ", "_", "-", ".", ":",
)  # fmt: skip
"""The rarer first: a phrase is looked up only in texts that hold the first of these that it holds itself."""


class Phrases:
    """A set of phrases in lower case."""

    __slots__ = ("_groups", "_others")

    def __init__(self, phrases: Iterable[str]) -> None:
        """Group the phrases by key; those without any are always looked up."""
        groups: dict[str, list[str]] = {}
        for phrase in dict.fromkeys(phrases):
            groups.setdefault(next((key for key in KEYS if key in phrase), ""), []).append(phrase)
        self._others = tuple(groups.pop("", ()))
        self._groups = tuple((key, tuple(members)) for key, members in groups.items())

    def found_in(self, lowered: str) -> Iterator[str]:
        """Those that stand in the text, in no particular order."""
        for key, members in self._groups:
            if key in lowered:
                for phrase in members:
                    if phrase in lowered:
                        yield phrase
        for phrase in self._others:
            if phrase in lowered:
                yield phrase

    def any_in(self, lowered: str) -> bool:
        """Whether one of them stands in the text."""
        return next(self.found_in(lowered), None) is not None
