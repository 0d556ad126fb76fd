"""Hundreds of phrases looked up in a text at the cost of some dozen: grouped by letters that few lines hold."""

from collections.abc import Iterable

KEYS = (
    "name", "cloud", "thorization", " role", "loc", "<", "alid", "cou", "gi", "yp", "ed for", "la", "api", "edential", "ire", "[", "do",
    "_", "ne", "bl", "j", "il", "m ", "ode", "access ", "ke", '"', "si", "ra", "error ", "q", "-", "ca", "co",
    "v", "nt", "ri", ".", "x", "3", "w",
)  # fmt: skip
"""The rarer in logs first: a phrase is looked up only in texts that hold the first of these that it holds itself."""


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

    def found_in(self, lowered: str) -> frozenset[str]:
        """Those that stand in the text."""
        found = {phrase for phrase in self._others if phrase in lowered}
        for key, members in self._groups:
            if key in lowered:
                for phrase in members:
                    if phrase in lowered:
                        found.add(phrase)
        return frozenset(found)
