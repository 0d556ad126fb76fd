"""Values put into a text as its language wants them: English articles, Japanese blanks, Korean particles.

A Korean particle has a form for a value that ends in a vowel and one for a consonant. A text names both,
`을(를)`, and the value's last sound chooses; where nobody can know the sound, both stay.
https://www.korean.go.kr/kornorms/regltn/regltnView.do (외래어 표기법: how foreign words sound)
"""

import re
from collections.abc import Callable, Container, Mapping
from enum import StrEnum

MARK = "\x00"
"""What the page puts around a value to find it again: no sound, and no character of it."""


class Sound(StrEnum):
    """How a value ends when it is read aloud."""

    VOWEL = "vowel"
    CONSONANT = "consonant"
    RIEUL = "rieul"
    """ㄹ: a consonant, but for (으)로."""
    UNKNOWN = "unknown"


PARTICLES: Mapping[str, tuple[str, str]] = {
    "은(는)": ("는", "은"),
    "이(가)": ("가", "이"),
    "을(를)": ("를", "을"),
    "와(과)": ("와", "과"),
    "(으)로": ("로", "으로"),
    "(이)라고": ("라고", "이라고"),
}
"""How a text names both forms → the one after a vowel, the one after a consonant."""
ENGLISH_PLACE = re.compile(r"(?P<article>\b[Tt]he )?(?P<noun>\b[Pp]olicy )?\{(?P<place>[a-z_]+)\}")
"""A place, and what may stand before a policy's."""
BEFORE_PARTICLE = re.compile(
    r"\{([a-z_]+)\}([”’」]?(?:\((?![으이]\))[^()]{0,200}\))?)(" + "|".join(map(re.escape, PARTICLES)) + ")?"
)
"""A place, what stands behind it in quotes or parentheses, and the particle that hangs on it."""
BETWEEN_BLANKS = re.compile(r"((?<![:·—]) |)\{([a-z_]+)\}( ?)(?!\()")
"""A place and the blanks around it, which Japanese has around Latin words only, and behind these signs always."""
WIDE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]")
"""Characters that no blank sets apart: kana, ideographs, full-width punctuation."""
IN_PARENTHESES = re.compile(r"[ ]?[(（][^()（）]{0,300}[)）]$")
"""An explanation behind a name: the particle follows the name's sound."""
LAST_WORD = re.compile(r"(?:[A-Z]?[a-z]{1,60}|[A-Z]{1,60}|[0-9]|[가-힣]|[ぁ-ー])$")
"""What is read aloud last: a word of camel case, an abbreviation, a digit, a syllable."""
VOWELS = frozenset("aeiou")
LETTERS = {"l": Sound.RIEUL, "r": Sound.RIEUL, "m": Sound.CONSONANT, "n": Sound.CONSONANT}
"""Letters whose names end in a consonant (엘, 알, 엠, 엔); all others end in a vowel."""
DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
CODAS, FIRST_SYLLABLE, CODA_OF_RIEUL = 28, 0xAC00, 8
"""Unicode orders syllables by their end, 28 of them: none, …, ㄹ the eighth."""


def in_english(text: str, value_of: Callable[[str], str], kinds: Container[str]) -> str:
    """The text with each place's value in it; a policy that is told by its kind, one of `kinds`, has its article.

    `Statement Mine of policy {policy}` is told of policy Orders, and of the queue policy.
    """
    return ENGLISH_PLACE.sub(lambda found: _with_article(found, value_of(found["place"]), kinds), text)


def _with_article(found: re.Match[str], value: str, kinds: Container[str]) -> str:
    before = (found["article"] or "") + (found["noun"] or "")
    if found["place"] != "policy" or value.strip(MARK) not in kinds or found[0] == found.string:
        return f"{before}{value}"
    article = found["article"] or ("the " if found.start() else "The ")
    return f"{article}{value}"


def in_japanese(text: str, value_of: Callable[[str], str]) -> str:
    """The text with each place's value in it."""
    return BETWEEN_BLANKS.sub(lambda found: _without_blanks(found, value_of(found[2])), text)


def in_korean(text: str, value_of: Callable[[str], str]) -> str:
    """The text with each place's value in it."""
    return BEFORE_PARTICLE.sub(lambda found: _with_particle(found, value_of), text)


def _without_blanks(found: re.Match[str], value: str) -> str:
    shown = value.strip(MARK)
    before = "" if shown and WIDE.match(shown[0]) else found[1]
    after = "" if shown and WIDE.match(shown[-1]) else found[3]
    return f"{before}{value}{after}"


def _with_particle(found: re.Match[str], value_of: Callable[[str], str]) -> str:
    value, behind, both = value_of(found[1]), found[2], found[3] or ""
    if behind:
        behind = in_korean(behind, value_of)
    sound = last_sound(value) if both else Sound.UNKNOWN
    if sound is Sound.UNKNOWN:
        return f"{value}{behind}{both}"
    after_vowel, after_consonant = PARTICLES[both]
    is_vowel = sound is Sound.VOWEL or (sound is Sound.RIEUL and both == "(으)로")
    return f"{value}{behind}{after_vowel if is_vowel else after_consonant}"


def last_sound(value: str) -> Sound:
    """How the value ends when a Korean reads it aloud; UNKNOWN for signs that have no name."""
    named = IN_PARENTHESES.sub("", value.strip(MARK)).rstrip("\"'”’」`")
    found = LAST_WORD.search(named)
    if found is None:
        return Sound.UNKNOWN
    word = DIGITS.get(found[0], found[0])
    if "가" <= word <= "힣":
        coda = (ord(word) - FIRST_SYLLABLE) % CODAS
        return Sound.VOWEL if coda == 0 else Sound.RIEUL if coda == CODA_OF_RIEUL else Sound.CONSONANT
    if "ぁ" <= word <= "ー":
        return Sound.CONSONANT if word in "んン" else Sound.VOWEL
    if word.isupper() or len(word) == 1:
        return LETTERS.get(word[-1].lower(), Sound.VOWEL)
    return _of_english(word.lower())


def _of_english(word: str) -> Sound:
    """As foreign words are written in Korean: m, n, ng and l close a syllable; p, t, k and b after a short vowel."""
    silent = word.endswith("e") and word[-2] not in VOWELS
    heard = word[:-1] if silent else word
    if heard[-2:-1] == heard[-1:]:
        heard = heard[:-1]
    last, before = heard[-1], heard[-2:-1]
    if last == "l":
        return Sound.RIEUL
    if last in "mn" or heard.endswith("ng"):
        return Sound.CONSONANT
    is_short = before in VOWELS and (heard[-3:-2] not in VOWELS or heard[-3:] in {"ook", "oup"})
    if not silent and last in "pbtkc" and (is_short or heard.endswith("ck")):
        return Sound.CONSONANT
    return Sound.VOWEL
