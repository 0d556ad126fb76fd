"""No made-up secret of a kind that the public scanners know gets through, however a log wrote it."""

import html
import json
import random
import re
import string
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from why403.denials.classify import classify
from why403.log_events.log_event import LogEvent
from why403.log_events.redaction import redact

CASES = Path(__file__).parents[2] / "cases" / "redaction"
KINDS: dict[str, dict[str, Any]] = json.loads((CASES / "secrets.json").read_text(encoding="utf-8"))
KEPT: list[str] = json.loads((CASES / "kept.json").read_text(encoding="utf-8"))
HARD: dict[str, str] = json.loads((CASES / "hard.json").read_text(encoding="utf-8"))
PUBLIC: list[list[Any]] = json.loads(
    files("why403.log_events").joinpath("redaction_public.json").read_text(encoding="utf-8")
)["prefixed"]
DENIALS = sorted((CASES.parent / "denials").glob("*.json"))
ALPHABETS = {
    "A": string.ascii_uppercase + string.digits,
    "a": string.ascii_lowercase + string.digits,
    "x": "0123456789abcdef",
    "m": string.ascii_letters + string.digits,
    "d": string.digits,
}
LONGEST_LEFT = 7
"""Characters of a secret in a row that may be left: no scanner knows a secret by so few."""


def _secret(kind: str) -> str:
    """A made-up value, built only here, so that the repository holds nothing that looks like one."""
    chance = random.Random(kind)  # noqa: S311  # the same value in each run
    parts = KINDS[kind]["shape"]
    return "".join(
        part if isinstance(part, str) else "".join(chance.choice(ALPHABETS[part[0]]) for _ in range(part[1]))
        for part in parts
    )


def _ways(kind: str, secret: str) -> dict[str, str]:
    """How a log may write it: where the kind has no shape of its own, the name stands before it."""
    name = KINDS[kind].get("name", f"{kind.replace('-', '_').upper()}_SECRET_TOKEN")
    half = len(secret) // 2
    return {
        "plain": f"calling with {name}={secret} failed",
        "json": json.dumps({"level": "error", "env": {name: secret}}),
        "json in json": json.dumps({"message": json.dumps({name: secret})}),
        "url": f"GET /v1/items?{name.lower()}={quote(secret, safe='')}&page=2",
        "header": f"Authorization: Bearer {secret}",
        "lines": f'{name} = "{secret[:half]}" +\n  "{secret[half:]}"',
        "fields": json.dumps({f"{name}_1": secret[:half], f"{name}_2": secret[half:]}),
    }


def _secret_part(kind: str, secret: str) -> str:
    prefix = KINDS[kind]["shape"][0]
    return secret[len(prefix) :] if isinstance(prefix, str) else secret


def test_no_secret_of_a_known_kind_gets_through() -> None:
    left = {}
    for kind in KINDS:
        secret = _secret(kind)
        private = _secret_part(kind, secret)
        pieces = [private[start : start + LONGEST_LEFT + 1] for start in range(len(private) - LONGEST_LEFT)]
        for way, line in _ways(kind, secret).items():
            told = redact(line)
            if any(piece in told for piece in pieces):
                left[kind, way] = told

    assert left == {}


@pytest.mark.parametrize("line", KEPT)
def test_what_a_person_needs_stays(line: str) -> None:
    assert line == redact(line)


@pytest.mark.parametrize("kind", ["github-token", "aws-access-key-id"])
def test_what_is_redacted_stays_as_it_is_when_it_is_redacted_again(kind: str) -> None:
    once = redact(f"key {_secret(kind)} used")

    assert once == redact(once)


def test_mail_addresses_go_where_the_settings_say_so() -> None:
    line = "user ana@example.com may not"

    assert (line, "user [redacted:email] may not") == (redact(line), redact(line, emails=True))


WRAPPED = {
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\nthen",
    "a private key of another tool": "-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----",
    "a private key without its end": "-----BEGIN PRIVATE KEY-----\n{lines}",
    "a private key without its start": "{lines}\n-----END PRIVATE KEY-----",
    "a PuTTY key": "Private-Lines: 6\n{lines}\nPrivate-MAC: 0",
    "a session token": "aws_session_token = {lines}",
    "a client's secret": "client_secret: {lines}\nretrying",
    "a bearer's token": "Authorization: Bearer {lines}",
}


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n    ", "\n2026-11-25 03:51:00 INFO "])
@pytest.mark.parametrize("wrapped", WRAPPED)
def test_no_secret_over_several_lines_gets_through(wrapped: str, between: str) -> None:
    chance = random.Random(wrapped)  # noqa: S311  # the same value in each run
    lines = ["".join(chance.choice(ALPHABETS["m"] + "+/") for _ in range(64)) for _ in range(6)]
    plain = WRAPPED[wrapped].format(lines=between.join(lines))
    left = {
        written: line
        for written in (plain, json.dumps({"message": plain}))
        for line in lines
        if line[:12] in redact(written) or line[-12:] in redact(written)
    }

    assert left == {}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("machine api.example login ana password hunter2x9", "machine api.example login ana password "),
        ("sshpass -p hunter2x9 ssh app@host", "sshpass -p "),
        ("mysql -uroot -phunter2x9 -h db", "mysql -uroot -p"),
        ("passwd Hunter-hunter2x9 rejected", "passwd "),
        ("login admin:hunter2x9Q ok", "login admin:"),
        ("ldap bind cn=admin,dc=x pw hunter2x9Q", "ldap bind cn=admin,dc=x pw "),
        ("passphrase for key is hunter2x9Q", "passphrase for key is "),
        ("totp seed hunter2x9JBSWY3DPEHPK3PXP", "totp seed "),
        ("  - name: DB_PASS\n    value: hunter2x9Q", "  - name: DB_PASS\n    value: "),
        ("jdbc:oracle:thin:app/hunter2x9@//db:1521/x", "jdbc:oracle:thin:app/"),
        (
            "Authorization failed: GenieKey 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
            "Authorization failed: GenieKey ",
        ),
    ],
)
def test_a_secret_without_a_separator_goes_and_what_it_is_for_stays(written: str, told: str) -> None:
    redacted = redact(written)

    assert redacted.startswith(told)
    assert ("hunter2x9" in redacted, "0a1b2c3d-" in redacted) == (False, False)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: f"calling it {text} failed",
    "json": lambda text: json.dumps({"level": "error", "value": text}),
    "json in json": lambda text: json.dumps({"message": json.dumps({"value": text})}),
    "url": lambda text: f"GET /v1/items?next={quote(text, safe='')}&page=2",
    "html": lambda text: f"<td>{html.escape(text)}</td>",
    "lines": lambda text: f"got\n  {text}\nthen",
}


@pytest.mark.parametrize("rule", PUBLIC, ids=lambda rule: f"{rule[0]} {rule[1][0]}")
def test_no_secret_that_a_public_rule_knows_gets_through_without_a_name(rule: list[Any]) -> None:
    kind, starts, following, least = rule
    letters = [letter for letter in map(chr, range(33, 127)) if re.match(following, letter)]
    plain = [letter for letter in letters if letter.isalnum()]
    chance = random.Random(kind)  # noqa: S311  # the same values in each run
    left = []
    for _ in range(12):
        start = chance.choice(starts)
        body = "".join(chance.choice(plain) for _ in range(least + chance.randint(8, 24)))
        for name, encode in ENCODINGS.items():
            told = redact(encode(start + body))
            left += [(name, told)] if body[:8] in told or body[-8:] in told else []

    assert left == []


@pytest.mark.parametrize("secret", ["hunter2x9Qm7", "Xk92mPq0vL4z", "a1b2c3d4e5f6a7b8"])
def test_no_secret_gets_through_however_hard_it_is_to_see(secret: str) -> None:
    left = {
        form: told
        for form, written in HARD.items()
        for told in [redact(written.format(secret))]
        if any(secret[start : start + 8] in told for start in range(len(secret) - 7))
    }

    assert left == {}


def test_a_key_id_without_a_digit_is_one() -> None:
    assert redact("key AKIAABCDEFGHIJKLMNOP used") == "key [redacted:aws-access-key-id] used"


BESIDE = {
    "a tag before": '{{"extra": "<password>x1y2z3w4</password>"}} {}',
    "a key that does not end": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcdefghijklmnop\n{}",
    "a cookie before": "Cookie: session=abc123def456; theme=dark {}",
    "a header before": "Authorization: Bearer abcDEF123456789xyz {}",
    "a password before": "password=hunter2x9 {}",
    "a password behind": "{} password=hunter2x9",
    "an object behind": '{} {{"password":"hunter2x9"}}',
    "a cookie behind": "{}\nCookie: a=b1c2d3e4f5",
}


def _told(line: str) -> list[tuple[Any, ...]]:
    return [(d.verdict, d.action, d.resource, d.principal, d.deny_kind) for d in classify(LogEvent(line))]


@pytest.mark.parametrize("family", DENIALS, ids=lambda path: path.stem)
def test_no_denial_is_swallowed_beside_a_secret(family: Path) -> None:
    lines = [case["message"] for case in json.loads(family.read_text(encoding="utf-8"))]
    swallowed = [
        written
        for line, told in {each: _told(each) for each in lines}.items()
        for written in (line, *(way.format(line) for way in BESIDE.values()))
        if _told(written) == told != _told(redact(written))
    ]

    assert swallowed == []
