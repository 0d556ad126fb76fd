"""Values fit the grammar of each language, whatever language they are in themselves."""

import re
from collections.abc import Iterator

import pytest
from why403.message import Message
from why403.notices.grammar import MARK, PARTICLES, Sound, in_japanese, in_korean, last_sound
from why403.notices.words import PLACEHOLDER, Language, say, words

BOTH = re.compile("|".join(map(re.escape, PARTICLES)))
KANA_OR_IDEOGRAPH = "[\u3040-\u30ff\u4e00-\u9fff]"
APART = re.compile(rf"{KANA_OR_IDEOGRAPH} {KANA_OR_IDEOGRAPH}")
"""A blank between two Japanese words, of which one is a value."""
VALUES = {
    "Latin": "orders",
    "an ARN": "arn:aws:sqs:ap-northeast-1:123456789012:orders",
    "a number": "12",
    "Japanese": "注文キュー",
    "Japanese and Latin": "キュー orders",
    "Korean": "대기열 주문",
    "Korean and Latin": "대기열 orders",
    "in parentheses": "laravel-server (역할 web)",
}


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ("주문", Sound.CONSONANT),
        ("역할", Sound.RIEUL),
        ("키", Sound.VOWEL),
        ("orders", Sound.VOWEL),
        ("bucket", Sound.CONSONANT),
        ("table", Sound.RIEUL),
        ("server", Sound.VOWEL),
        ("queue", Sound.VOWEL),
        ("production", Sound.CONSONANT),
        ("staging", Sound.CONSONANT),
        ("app", Sound.CONSONANT),
        ("test", Sound.VOWEL),
        ("sqs:SendMessage", Sound.VOWEL),
        ("s3:PutObject", Sound.VOWEL),
        ("KMS", Sound.VOWEL),
        ("ARN", Sound.CONSONANT),
        ("URL", Sound.RIEUL),
        ("10", Sound.CONSONANT),
        ("2", Sound.VOWEL),
        ("1", Sound.RIEUL),
        ("orders.fifo", Sound.VOWEL),
        ("laravel-server (역할 web)", Sound.VOWEL),
        ("“주문”", Sound.CONSONANT),
        ("注文キュー", Sound.VOWEL),
        ("セッション", Sound.CONSONANT),
        ("注文", Sound.UNKNOWN),
        ("*", Sound.UNKNOWN),
        ("", Sound.UNKNOWN),
    ],
)
def test_a_value_ends_as_a_korean_reads_it(value: str, sound: Sound) -> None:
    assert sound == last_sound(value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("정책", "정책은 정책이 정책을 정책과 정책으로"),
        ("역할", "역할은 역할이 역할을 역할과 역할로"),
        ("queue", "queue는 queue가 queue를 queue와 queue로"),
        ("*", "*은(는) *이(가) *을(를) *와(과) *(으)로"),
    ],
)
def test_a_particle_follows_the_sound(value: str, told: str) -> None:
    text = "{x}은(는) {x}이(가) {x}을(를) {x}와(과) {x}(으)로"

    assert told == in_korean(text, lambda _name: value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("orders", "ここは orders に (orders) 届く"),
        ("キュー orders", "ここはキュー orders に (キュー orders) 届く"),
        ("orders キュー", "ここは orders キューに (orders キュー) 届く"),
        ("注文", "ここは注文に (注文) 届く"),
    ],
)
def test_japanese_stands_without_blanks_and_latin_with_them(value: str, told: str) -> None:
    assert told == in_japanese("ここは {x} に ({x}) 届く", lambda _name: value)


def _said(language: Language, value: str) -> Iterator[tuple[str, str]]:
    for identifier, text in words(language).items():
        yield identifier, say(Message(identifier, dict.fromkeys(PLACEHOLDER.findall(text), value)), language)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_korean_text_leaves_the_reader_to_choose_a_particle(value: str) -> None:
    assert [identifier for identifier, told in _said(Language.KOREAN, value) if BOTH.search(told)] == []


@pytest.mark.parametrize("value", ["キュー注文", "注文"])
def test_no_japanese_text_sets_japanese_apart(value: str) -> None:
    apart = [told for _, told in _said(Language.JAPANESE, value) if APART.search(told)]

    assert apart == []


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("language", list(Language))
def test_no_text_has_a_doubled_blank_or_one_before_its_stop(language: Language, value: str) -> None:
    odd = re.compile(r"  | [.,;。、]|\( | \)")

    assert [told for _, told in _said(language, value) if odd.search(told)] == []


AWS_TERMS = {
    Language.JAPANESE: (
        *("ブロックパブリックアクセス", "ID ベースのポリシー", "暗示的", "フェデレーティッド"),
        *("（", "ログの行", r"レベル \{level", "想定済み"),
    ),
    Language.KOREAN: (
        *("암시적 거부", "암묵적 거부", "자격 증명 기반 정책", "서비스 승인 참조", "교차 출처"),
        *("맡", "시크릿", "시청자", "주석", "프로파일 또는", "십시오", "why403가"),
    ),
    Language.ENGLISH: (r"\bhangs on\b", r"\bmend(s|ed)?\b", r"\bwants\b"),
}
"""What is said otherwise, in AWS's own documentation of the language, in our other texts or in plain English of today."""


@pytest.mark.parametrize("language", list(Language))
def test_each_thing_has_the_name_that_its_readers_know(language: Language) -> None:
    odd = [
        identifier
        for identifier, text in words(language).items()
        if any(re.search(term, text, re.IGNORECASE) for term in AWS_TERMS[language])
    ]

    assert odd == []


@pytest.mark.parametrize(
    ("identifier", "policy", "told"),
    [
        ("remedies.deny.statement", "bucket-policy", "Statement Mine of the bucket policy denies"),
        ("remedies.deny.statement", "Orders", "Statement Mine of policy Orders denies"),
        ("notices.near-miss.other", "queue policy", "Statement Mine of the queue policy comes close"),
        ("decisions.lint-duplicate-sid", "key-policy", "The key policy has the Sid"),
        ("decisions.lint-duplicate-sid", "Orders", "Policy Orders has the Sid"),
        ("policies.says-deny", "queue-policy", "The queue policy of somebody denies"),
        ("notices.policy", "queue-policy", "queue policy"),
    ],
)
def test_a_policy_that_is_told_by_its_kind_has_its_article(identifier: str, policy: str, told: str) -> None:
    values = {"policy": policy, "statement": "Mine", "caller": "somebody", "action": "s3:GetObject"}

    assert say(Message(identifier, values), Language.ENGLISH).startswith(told)


def test_a_blank_stays_behind_a_colon_and_a_dash() -> None:
    texts = ("次: {a}", "群 · {a}", "前 — {a}", "次は {a} です")

    assert [in_japanese(text, lambda _name: "変更") for text in texts] == [
        "次: 変更",
        "群 · 変更",
        "前 — 変更",
        "次は変更です",
    ]


@pytest.mark.parametrize(
    ("language", "told"), [(Language.JAPANESE, "バケットポリシー"), (Language.KOREAN, "버킷 정책")]
)
@pytest.mark.parametrize("mark", ["", MARK])
def test_a_policy_told_by_its_kind_is_told_in_the_language_and_once(
    language: Language, told: str, mark: str
) -> None:
    identifier = "remedies.deny.named-policy"
    said = say(Message(identifier, {"policy": f"{mark}bucket policy{mark}"}), language).replace(MARK, "")

    assert "bucket" not in said
    assert said.count({Language.JAPANESE: "ポリシー", Language.KOREAN: "정책"}[language]) == 1, said
    assert told in said
