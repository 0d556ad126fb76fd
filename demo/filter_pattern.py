"""How CloudWatch Logs reads a filter pattern of terms, for an emulator that reads it otherwise.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re

TERM = re.compile(
    r'(?<!\s)\s*+(?P<sign>[?-])?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"%]+))'
)
"""A term may be quoted, a regular expression within percent signs, or a word; `?` before it means any of, `-` none."""


def matches(pattern: str, message: str) -> bool:
    """Whether a log event matches an unstructured filter pattern, as CloudWatch Logs reads it.

    Terms are substrings, case-sensitive; all plain ones must stand in the message, no `-` one may, and of the `?`
    ones at least one must. AWS ignores `?` terms beside plain ones. An empty pattern matches everything.
    Raises ValueError for a pattern that is no list of terms.
    """
    plain: list[bool] = []
    either: list[bool] = []
    excluded: list[bool] = []
    at = 0
    stripped = pattern.strip()
    while at < len(stripped):
        term = TERM.match(stripped, at)
        if term is None or term.end() == at:
            raise ValueError(f"Not a filter pattern of terms, at {stripped[at : at + 20]!r}: {pattern!r}")
        found = _holds(term, message)
        {"?": either, "-": excluded}.get(term["sign"] or "", plain).append(found)
        at = term.end()
    if any(excluded):
        return False
    return all(plain) if plain or not either else any(either)


def _holds(term: re.Match[str], message: str) -> bool:
    if term["regex"] is not None:
        return re.search(term["regex"], message) is not None
    text = term["word"] if term["quoted"] is None else re.sub(r"\\(.)", r"\1", term["quoted"])
    return text in message
