"""How bad the line itself says it is: its level, and whether the application went on without."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from why403.denials.contains import holds_any

WORDS = Path(__file__).parent / "words" / "handled.json"
NAMES_OF_LEVELS = "TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|SEVERE|FATAL|CRITICAL|ALERT|EMERGENCY|PANIC"
NAMES_OF_FIELDS = r"level(?:_?name)?|severity(?:_?text)?|log[._]?level|lvl"
"""Loggers' own names of the level's field; `severity_text` and `severityText` are OpenTelemetry's."""
ENDS = r"(?=[\]\s:\"',|>)/]|$)"
KEYED = re.compile(rf"(?i)\b(?:{NAMES_OF_FIELDS})['\"]?\s*[=:]\s*['\"]?(?P<level>{NAMES_OF_LEVELS}){ENDS}")
"""As logfmt (`level=warn`), as JSON or as Python's dict writes it."""
BRACKETED = re.compile(rf"[\[<(|]\s*(?P<level>(?i:{NAMES_OF_LEVELS})){ENDS}")
"""`[ERROR]`, `<warn>`, `(Info)`, `| DEBUG |`: in brackets a level may be in any case."""
WORD = re.compile(rf"(?P<level>{NAMES_OF_LEVELS}){ENDS}")
"""Without brackets or key only capitals are a level: `error` and `info` are words of any sentence."""
FIRST = re.compile(rf"(?P<level>(?i:{NAMES_OF_LEVELS})): ")
"""At the very start a colon does what capitals do elsewhere: `error: cannot put object`, as CLIs print."""
STEMS = (
    "trace", "debug", "info", "notice", "warn", "err", "severe", "fatal", "critical", "alert", "emergency", "panic",
)  # fmt: skip
KLOG = re.compile(r"(?P<letter>[IWEF])(?<!\S[IWEF])\d{4} \d{2}:\d{2}:\d{2}\.")
"""Kubernetes' `E0412 09:30:01.5`: the level is one letter at a word's start, the month and day behind it."""
PINO = re.compile(r"\"level\": ?(?P<number>[1-6]0)\b")
"""pino and bunyan write levels as numbers from 10 (trace) to 60 (fatal)."""
MONOLOG = re.compile(r"\.(?<=\w\.)(?P<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): ")
"""PHP's `app.ERROR: `: the channel and a point before it, a colon behind it."""
NAMES = {"WARNING": "WARN", "ERR": "ERROR", "SEVERE": "ERROR", "PANIC": "FATAL"}
LETTERS = {"I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL"}
NUMBERS = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"}
GOES_ON = frozenset({"TRACE", "DEBUG", "INFO", "NOTICE"})
"""Levels of what is no failure."""
QUIET = {"TRACE", "DEBUG"}
"""Levels that make an incident quiet: these must be the record's own."""
RECORD_HEAD = re.compile(
    r"(?:[\s|\[\](){}<>*]*+[\w.$@/+:,;#\\-]++){0,7}+[\s|\[\](){}<>*]*+(?:\x1b\[[0-9;]{1,12}m)?"
)
"""A record's head: at most seven times, names and ids, without a quotation mark or an equals sign."""
FIELDS = re.compile(
    rf"(?:[^\s\"=]{{1,80}}+\s++){{0,3}}+(?:(?!(?:{NAMES_OF_FIELDS})=)[\w.@-]{{1,80}}+=(?:\"(?:[^\"\\]|\\.)*+\"|[^\s\"]*+)\s++)*+"
    rf"(?:{NAMES_OF_FIELDS})=\"?",
    re.IGNORECASE,
)
"""logfmt: whole fields, then the level's."""
JSON_FIELD = re.compile(
    rf"[^{{\"]{{0,200}}\{{(?:[^\"\\]|\"(?:[^\"\\]|\\.)*\")*?\"@?(?:{NAMES_OF_FIELDS})\"\s*:\s*\"",
    re.IGNORECASE,
)
"""A JSON object's field: every string before it is closed."""
HEAD = 400
"""Characters in which a level stands."""


@cache
def _words() -> tuple[str, ...]:
    return tuple(json.loads(WORDS.read_text(encoding="utf-8")))


ASKED_AGAIN = 16
"""Heads of a line's texts: several judges ask for each."""


def is_handled(lowered: str) -> bool:
    """Whether the line says that the application went on: falling back, skipping, ignoring."""
    return holds_any(lowered, _words())


def level_of(text: str) -> str | None:
    """The line's level as TRACE, DEBUG, INFO, NOTICE, WARN, ERROR, FATAL, CRITICAL, ALERT, EMERGENCY; None: none."""
    level, before = _level_and_head(text[:HEAD])
    return None if level in QUIET and not _is_the_records(before) else level


def reports_failure(message: str) -> bool:
    """Whether the message is a record, which has a level in its head, and the level is none of those at which all goes well.

    `Error: ` alone, in small letters, is a title's word as well.
    """
    level, before = _level_and_head(message[:HEAD])
    is_title = not before and FIRST.match(message) is not None and not message[:2].isupper()
    return level is not None and level not in GOES_ON and not is_title and _is_the_records(before)


@lru_cache(ASKED_AGAIN)
def _level_and_head(head: str) -> tuple[str | None, str]:
    """The first level, and what stands before it; of levels that the form alone tells, nothing does."""
    klog, number = KLOG.search(head), PINO.search(head)
    if klog:
        return LETTERS[klog["letter"]], ""
    if number:
        return NUMBERS[number["number"]], ""
    lowered = head.lower()
    if not holds_any(lowered, STEMS):
        return None, ""
    found = MONOLOG.search(head) or _first_of(head, lowered)
    if found is None:
        return None, ""
    level = found["level"].upper()
    return NAMES.get(level, level), head[: found.start("level")]


def _is_the_records(before: str) -> bool:
    """Whether a level behind this text is the record's own, and no word that somebody wrote into its message."""
    return bool(RECORD_HEAD.fullmatch(before) or FIELDS.fullmatch(before) or JSON_FIELD.fullmatch(before))


def _first_of(head: str, lowered: str) -> re.Match[str] | None:
    """The level that stands first: after a key, in a bracket, as a word of its own, or at the very start."""
    keyed = KEYED.search(head) if "level" in lowered or "severity" in lowered else None
    words = (
        match for match in WORD.finditer(head) if match.start() == 0 or _ends_word(head[match.start() - 1])
    )
    found = (keyed, BRACKETED.search(head), next(words, None), FIRST.match(head))
    return min((match for match in found if match), key=lambda match: match.start(), default=None)


def _ends_word(letter: str) -> bool:
    return letter == ":" or letter.isspace()
