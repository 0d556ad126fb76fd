"""What an application says that it could not do, in its own words, as the action of a service that the line tells already.

`failed to send a message to queue jobs`, `S3 upload failed`: a person knows the call. An operation's own words count
first (`describe log groups`); a table names what applications call otherwise. Two deeds in one line tell nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from why403.denials.contains import holds_any
from why403.denials.shared_operation import service_of
from why403.iam.reference import actions_of, prefix_with

WORDS = Path(__file__).parent / "words" / "deeds.json"
PATH = re.compile(r"[\"'`]?\bs3[an]?://[^\s\"'`,;)]{1,1280}[\"'`]?")
"""Of S3: a bucket's 63 characters, a key's 1,024, and what escapes them; its quotes end no clause."""
ARN = re.compile(r"\barn:[^\s\"'`,;)]{10,1000}")
"""One thing, whatever words are in it."""
MARK = re.compile(r"(?<!\berror)(?<!denied):|:(?! (?:while |when )?[a-z]{2,20}ing )|[;,(){}\[\]\"\n]|\.\s")
"""Ends a clause; `error: uploading object` is one, as Go words it, and `denied: while reading key`."""
CODES = ("accessdenied", "unauthorizedoperation", "access denied", "forbidden")
"""Behind a clause they make it what was not done: `fetch object from s3: AccessDenied`."""
NOT_DONE = re.compile(
    r"\b(?:fail(?:ed|ure|s|ing)?|unable|could ?n[o']t|cannot|can't|error|exception|access ?denied|problem|trouble|not (?:able|allowed|permitted|authorized)):?"
    r"(?: (?:to|in|on|while|when|during|trying|attempting|occurred)\b){0,4} (?P<deed>.{3,200})"
)
"""That it failed, and behind that what, in some twenty words."""
DONE_NOT = re.compile(
    r"\s{0,9}(?P<deed>.{3,200}?) (?:has |have |was |were )?(?:failed|failure|error|denied|refused|rejected)\b"
)
"""The other way round: `uploading a.csv to bucket acme failed`."""
BEHIND = re.compile(
    r"[^。\n:]{0,20}?(?:失敗|エラー|拒否|でき(?:ません|なかった|ない)|실패|오류|에러|거부|수 없|못했)"
)
"""That it failed, in Japanese and Korean, where the verb of that stands behind what was to be done."""
READ = 8_000
"""Characters of a line that are looked at: what failed stands before its stack."""
SKIPPED = frozenset({"the", "a", "an", "my", "our", "your", "this", "new", "aws", "amazon", "some", "any"})
"""Words that name no deed and no thing."""
FIRST = 3
"""Words in which the verb stands: a brand or a program's name may stand before it."""
LONGEST = 4
"""Words of an operation's name, as most have at most."""
NO_NAMES = frozenset({"s3:GetObjectAttributes"})
"""Whose name is of ordinary words: clients of stores call so what HeadObject answers."""
NOT_ONE = ("director", "prefix", "listing", "glob")
"""Beside one of these, what was to be read may have been listed."""


@cache
def _table() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    return {service: tuple(deeds) for service, deeds in json.loads(WORDS.read_text(encoding="utf-8")).items()}


def action_in_words(text: str, service: str) -> str:
    """The IAM action of the one thing that the line says was not done; empty where it says none, or several. Linear."""
    plain = ARN.sub("@arn", PATH.sub("@path", text[:READ])).lower()
    told = {action for clause in _clauses(plain) if (action := _action(clause, service))}
    told |= set() if plain.isascii() else set(_of_stems(plain, service))
    action = told.pop() if len(told) == 1 else ""
    may_be_list = action == "s3:GetObject" and holds_any(plain, NOT_ONE)
    return "" if may_be_list else action


def operation_in_words(text: str) -> tuple[str, str]:
    """The IAM prefix and the operation that the words of what was not done are, where no other service has one of that name.

    Three words at least: `list hosted zones` is Route 53's, `list users` anybody's.
    """
    plain = ARN.sub("@arn", PATH.sub("@path", text[:READ])).lower()
    told = {name for clause in _clauses(plain) for name in _names(clause) if prefix_with(name)}
    of = {(service_of(name, text), name) for name in told}
    return of.pop() if len(of) == 1 else ("", "")


def _names(words: list[str]) -> Iterator[str]:
    for end in (4, 3):
        verb = words[0].removesuffix("ing") if len(words) >= end else ""
        for first in (verb, f"{verb}e", verb[:-1]) if verb else ():
            yield "".join(word.capitalize() for word in (first, *words[1:end]))


def _clauses(plain: str) -> Iterator[list[str]]:
    clauses = MARK.split(plain)
    for clause, behind in zip(clauses, (*clauses[1:], ""), strict=True):
        told = [match["deed"] for match in (NOT_DONE.search(clause), DONE_NOT.match(clause)) if match]
        for deed in told or ([clause] if behind.lstrip().startswith(CODES) else []):
            yield [word for word in re.split(r"[^\w@]+", deed) if word and word not in SKIPPED]


def _action(words: list[str], service: str) -> str:
    for at in range(min(FIRST, len(words))):
        found = _of_reference(words[at:], service) or _of_table(words[at:], service)
        if found:
            return found
    return ""


def _of_reference(words: list[str], service: str) -> str:
    """The longest name of an operation that the words are: `describe log groups`, `describe ec2 tags`."""
    words = [word for word in words if word != service]
    for end in range(min(LONGEST, len(words)), 1, -1):
        verb = words[0].removesuffix("ing")
        for first in (verb, f"{verb}e", verb[:-1]):
            needed = actions_of(service, "".join(word.capitalize() for word in (first, *words[1:end])))
            if needed and needed[0] not in NO_NAMES:
                return needed[0]
    return ""


def _of_stems(plain: str, service: str) -> Iterator[str]:
    """What a stem of Japanese or Korean says, with its failure behind it."""
    for deed in _table().get(service, ()):
        for stem in deed.get("stems", ()):
            at = plain.find(stem)
            if at >= 0 and BEHIND.match(plain, at + len(stem)):
                yield str(deed["action"])


def _of_table(words: list[str], service: str) -> str:
    verb, rest = words[0].removesuffix("ing"), f" {' '.join(words[1:])} "
    for deed in _table().get(service, ()):
        things = deed.get("things", ())
        if verb in deed["verbs"] and (not things or any(f" {thing} " in rest for thing in things)):
            return str(deed["action"])
    return ""
