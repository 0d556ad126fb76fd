"""How bad the line itself says it is: its level, and whether the application went on without."""

import json
import re
from functools import cache
from pathlib import Path

from why403.denials.contains import holds_any

WORDS = Path(__file__).parent / "words" / "handled.json"
NAMES_OF_LEVELS = "TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|SEVERE|FATAL|CRITICAL|ALERT|EMERGENCY|PANIC"
LEVEL = re.compile(
    r"(?i:\b(?:level|severity|levelname|log_level|loglevel|@level)['\"]?\s*[=:]\s*['\"]?|[\[<(|]\s*)"
    rf"(?P<keyed>(?i:{NAMES_OF_LEVELS}))(?=[\]\s:\"',|>)/]|$)"
    rf"|(?:^|(?<=[\s:]))(?P<word>{NAMES_OF_LEVELS})(?=[\]\s:\"',|>)/]|$)"
    rf"|^(?P<first>(?i:{NAMES_OF_LEVELS})): "
)
KLOG = re.compile(r"(?:^|\s)(?P<letter>[IWEF])\d{4} \d{2}:\d{2}:\d{2}\.")
PINO = re.compile(r"\"level\": ?(?P<number>[1-6]0)\b")
MONOLOG = re.compile(r"\b\w+\.(?P<level>DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): ")
NAMES = {"WARNING": "WARN", "ERR": "ERROR", "SEVERE": "ERROR", "PANIC": "FATAL"}
LETTERS = {"I": "INFO", "W": "WARN", "E": "ERROR", "F": "FATAL"}
NUMBERS = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"}
HEAD = 400
"""Characters in which a level stands."""


@cache
def _words() -> tuple[str, ...]:
    return tuple(json.loads(WORDS.read_text(encoding="utf-8")))


def is_handled(lowered: str) -> bool:
    """Whether the line says that the application went on: falling back, skipping, ignoring."""
    return holds_any(lowered, _words())


def level_of(text: str) -> str | None:
    """The line's level as TRACE, DEBUG, INFO, NOTICE, WARN, ERROR, FATAL, CRITICAL, ALERT, EMERGENCY; None: none."""
    head = text[:HEAD]
    klog, number, monolog = KLOG.search(head), PINO.search(head), MONOLOG.search(head)
    if klog:
        return LETTERS[klog["letter"]]
    if number:
        return NUMBERS[number["number"]]
    match = LEVEL.search(head)
    if monolog is None and match is None:
        return None
    level = (monolog["level"] if monolog else (match and match[match.lastgroup or 0]) or "").upper()
    return NAMES.get(level, level)
