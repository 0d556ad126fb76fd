"""The patterns that secrets are found by, compiled once from the JSON beside this file."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

Trie = dict[str, "Trie"]
END = ""
GAP = "[_. -]?"
"""What may stand where a listed name has an underscore: apiKey, api-key, api.key, API KEY."""


def _data(name: str) -> Any:  # noqa: ANN401  # JSON
    return json.loads(Path(__file__).with_name(f"redaction_{name}.json").read_text(encoding="utf-8"))


def _folded(trie: Trie) -> str:
    """One pattern in which words that start alike share their start: a search tries few branches a character."""
    branches = [
        (GAP if letter == "_" else re.escape(letter)) + _folded(rest)
        for letter, rest in sorted(trie.items())
        if letter != END
    ]
    body = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})" if branches else ""
    return f"(?:{body})?" if END in trie and branches else body


def any_of(words: list[str]) -> str:
    """A pattern for any of the words, the longest that fits; `_` stands for a gap that may be left out."""
    trie: Trie = {}
    for word in words:
        node = trie
        for letter in word:
            node = node.setdefault(letter, {})
        node[END] = {}
    return _folded(trie)


@cache
def names() -> dict[str, list[str]]:
    """Words that make a value a secret, and those that do not."""
    found: dict[str, list[str]] = _data("names")
    return found


@cache
def shapes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds that are known by their whole shape, and those that are known by how they start."""
    kinds = _data("kinds")
    return tuple((kind, re.compile(pattern)) for kind, pattern in kinds["shapes"].items())


@cache
def prefixed() -> tuple[re.Pattern[str], dict[str, tuple[tuple[str, re.Pattern[str]], ...]]]:
    """A pattern for where a known prefix stands, and for each prefix the kinds (name, whole pattern)."""
    ours = [(kind, *rest) for kind, rest in _data("kinds")["prefixed"].items()]
    by_prefix: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for kind, prefixes, body, least in [*ours, *_data("public")["prefixed"]]:
        for prefix in prefixes:
            whole = re.compile(f"{re.escape(prefix)}{body}{{{least},}}")
            by_prefix.setdefault(prefix, []).append((kind, whole))
    start = _folded_literally(list(by_prefix))
    return re.compile(f"(?<![A-Za-z0-9])(?={start})"), {
        prefix: tuple(found) for prefix, found in by_prefix.items()
    }


def _folded_literally(words: list[str]) -> str:
    return any_of(words).replace(GAP, "_")


NAME_TAIL = r"[A-Za-z0-9_.-]{0,30}"
SEPARATOR = (
    r"(?:[\"'`\])}]{0,2}\s{0,5}(?:=>|:=|->|==|\?=|\|\||=|:|：|(?<!/)>(?=\s{0,40}[^<\s\"'}][^<]{0,4000}</))"
    r"|[\"']\s{0,5},\s{0,40}[\"']?(?:value|val|data|content|string|plaintext)[\"']?\s{0,5}[:=]"
    r"|[\"']\s{0,5},(?=\s{0,5}[\"'])"
    r"|\s{1,3}value\s{0,3}[:=])"
)
WRAPPER = r"(?:string\(\d{1,6}\)\s{0,3}|[A-Za-z]{1,20}[(\[](?=[\"']))?"
"""PHP's `string(9) "…"`, Rust's `Some("…")`, Java's `Optional["…"]`."""
VALUE = (
    r"\s{0,40}(?:[|>]-?\s{0,40})?" + WRAPPER + r"[\[({]?(?:[bBN](?=[\"']))?"
    r"(?:\"(?P<double>[^\"]{1,4000}(?:\"(?=[A-Za-z0-9!#$%*+./?@^_~-])[^\"]{1,400}){0,4})"
    r"|'(?P<single>[^']{1,4000}(?:'(?=[A-Za-z0-9!#$%*+./?@^_~-])[^']{1,400}){0,4})"
    r"|`(?P<tick>[^`]{1,4000})|(?P<bare>(?:<(?!/))?[^\s,;&\"'`<>)}\]]{1,4000}))"
)
"""A quote within a value that goes on after it was an escaped one."""


@cache
def keyed(kind: str) -> re.Pattern[str]:
    """A name of this kind (`certain`, `likely`, `vendors`), a separator and a value, however quoted."""
    edge = "(?<![A-Za-z])" if kind == "vendors" else ""
    return re.compile(
        f"{edge}(?P<name>{any_of(names()[kind])})(?P<tail>{NAME_TAIL}){SEPARATOR}{VALUE}",
        re.IGNORECASE,
    )
