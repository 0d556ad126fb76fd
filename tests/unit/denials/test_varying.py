"""Lines of one template are classified once: the answer is the one that each line would get alone."""

import re
from dataclasses import replace
from random import Random

import pytest
from why403.denials.classify import classify, read
from why403.denials.denial import Denial, Verdict
from why403.denials.same_form import Forms
from why403.denials.varying import LONGEST, TEMPLATES, by_template, form_of, key_of
from why403.denials.vocabulary import is_noise
from why403.log_events.log_event import LogEvent

from bench.arriving import case_causes, lines, made_causes

SENTENCE = (
    "An error occurred (AccessDenied) when calling the GetObject operation: User: "
    "arn:aws:sts::123456789012:assumed-role/orders/{session} is not authorized to perform: s3:GetObject on resource: "
    '"arn:aws:s3:::reports/{key}" because no identity-based policy allows the s3:GetObject action'
)
ID, OTHER = "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f0e1d2c3b4a5968778695a4b3c2d1e0f"


def told(message: str) -> tuple[Denial, ...]:
    return classify(LogEvent(message))


@pytest.mark.parametrize(
    "causes", [case_causes(250), made_causes(40)], ids=["the cases", "as many made ones"]
)
def test_every_line_is_answered_as_if_it_had_come_alone(causes: tuple[str, ...]) -> None:
    several = lines(causes, 20 * len(causes))
    filled = by_template(read)
    different = [
        line
        for line in several
        if filled(line) != read(line) and not re.search("[Ii][Dd]: [A-Z0-9]{16}", line)
    ]

    assert different == []


def tampered(message: str, random: Random) -> str:
    """As long, with some figures and letters where others stood: most keep its form, some only seem to."""
    letters = list(message)
    by = random.choice(("0123456789", "0123456789abcdef", "0123456789abcdefABCDEF", "Zz9+/_-=: .,T"))
    places = [at for at, letter in enumerate(letters) if letter in "0123456789abcdefABCDEF"]
    for at in random.sample(places, min(len(places), random.choice((1, 2, 12, 200)))):
        letters[at] = random.choice(by)
    return "".join(letters)


def test_what_is_taken_by_form_are_the_pieces_that_the_pattern_finds() -> None:
    random = Random(403)  # noqa: S311  # the same lines in every run
    forms: Forms[object] = Forms()
    taken = []
    for line in lines((*case_causes(60), *made_causes(9)), 500):
        for message in (line, tampered(line, random), tampered(line, random), line):
            key, pieces = key_of(message)
            found = forms.find(message)
            if found is None:
                forms.add(message, form_of(key), key)
            else:
                taken.append((found, (key, pieces)))

    assert [found for found, _ in taken] == [split for _, split in taken]
    assert len(taken) > 500


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"AccessDenied: 10:00:00.{ID[:8]}-aaaa-bbbb-cccc-ddddeeeeffff x",
            "12345678-1111-1111-1111-111111111111",
        ),
        (f"AccessDenied on {ID}", "12345678901234567890123456789012"),
        (f"AccessDenied on {ID}", "abcdefabcdefabcdefabcdefabcdefab"),
        ("AccessDenied RequestId: 0A1B2C3D4E5F6071 x", "0A1B2C3D4E5F607="),
        ("AccessDenied at 2026-11-30T10:00:00Z", "2026-11-30T10:00:0aZ"),
    ],
)
def test_what_only_seems_to_have_a_form_is_not_taken_by_it(before: str, after: str) -> None:
    key, pieces = key_of(before)
    forms: Forms[object] = Forms()
    forms.add(before, form_of(key), key)
    message = before.replace(pieces[-1][-len(after) :], after)

    assert (len(message), forms.find(message)) == (len(before), None)


def test_what_came_before_changes_no_answer() -> None:
    several = lines(case_causes(250), 1000, seed=20)
    warm = by_template(read)
    answers = [warm(line) for line in [*several, *reversed(several)]]

    assert answers[:1000] == [by_template(read)(line) for line in several]
    assert answers[:999:-1] == answers[:1000]


@pytest.mark.parametrize(
    "message",
    [
        SENTENCE.format(session=ID, key=f"{ID}/a.csv"),
        SENTENCE.format(session=ID, key=f"2026-03-01/{OTHER}-part-00000017.parquet"),
        SENTENCE.format(session="i-0123456789abcdef0", key="100%25/0a1b2c3d4e5f"),
        SENTENCE.format(session="s", key="%2f0a1b2c3d4e5f/%s/%(a)s"),
        (
            f"User: arn:aws:iam::123456789012:user/{ID} is not authorized to perform: kms:Decrypt on resource: "
            "arn:aws:kms:eu-west-1:123456789012:key/1b2c3d4e-1111-4222-8333-444455556666 because no resource-based policy allows it"
        ),
        f"E0301 10:00:00.123456 1 main.go:1] AccessDenied: {ID}",
        '{"level":30,"time":1764000000000,"msg":"AccessDenied: s3:GetObject"}',
        f"AccessDenied {ID} {ID} {OTHER}: GET https://reports.s3.amazonaws.com/{ID}",
        f'{{"container_id":"{ID}","log":"AccessDenied: User: arn:aws:iam::123456789012:user/a"}}',
        f"AccessDenied <HostId>{ID}{OTHER}</HostId> s3.amazonaws.com",
        "10:00:00,403 Forbidden GET https://reports.s3.amazonaws.com/a",
        "AccessDenied: arn:aws:s3:::reports\x00" + ID,
        "ORA-01031 AccessDenied " + ID,
    ],
)
def test_a_piece_comes_back_as_it_stood(message: str) -> None:
    filled = by_template(read)
    other = message.replace("0a1b", "1b0a")
    answers = [filled(one) for one in (other, message, message, other)]

    assert answers == [read(one) for one in (other, message, message, other)]


@pytest.mark.parametrize(
    "piece",
    ["ACCESSDENIED0001", "S3FORBIDDEN00403", "WAFERROR00000403", "EXPIREDTOKEN0001", "DEBUGERRORFATAL1"],
)
@pytest.mark.parametrize(
    "message",
    [
        "INFO done (Service: S3, Status Code: 403, Request ID: {id})",
        "GET /a ERROR s3 token: request id: {id}",
    ],
)
def test_words_in_a_request_id_say_nothing(message: str, piece: str) -> None:
    harmless = told(message.format(id="Q7XK2ZW9V1QXZ5KW"))
    answers = [
        replace(
            denial,
            excerpt=denial.excerpt.replace(piece, "Q7XK2ZW9V1QXZ5KW"),
            request_id=(denial.request_id or "").replace(piece, "Q7XK2ZW9V1QXZ5KW") or None,
        )
        for denial in told(message.format(id=piece))
    ]

    assert answers == [*harmless]


def test_a_403_within_an_id_is_no_status() -> None:
    failed = (
        "An error occurred (NoSuchKey) when calling the GetObject operation, denied before: s3 request {id}"
    )

    verdicts = {told(failed.format(id=one))[0].verdict for one in ("0a1b403c4d5e6f70", "0a1b2c3c4d5e6f70")}

    assert len(verdicts) == 1


def test_where_the_answer_hangs_on_a_piece_each_line_is_read() -> None:
    def odd(message: str) -> tuple[Denial, ...]:
        return (Denial(verdict=Verdict.NOT_AWS if "7" in message else Verdict.NOT_A_DENIAL),)

    filled = by_template(odd)
    several = [f"request {number:016x}0a" for number in range(100)]

    assert [filled(one) for one in [*several, *several]] == [odd(one) for one in [*several, *several]]


def test_where_an_answer_holds_half_a_piece_each_line_is_read() -> None:
    def half(message: str) -> tuple[Denial, ...]:
        return (Denial(verdict=Verdict.NOT_AWS, excerpt=message[:20]),)

    filled = by_template(half)
    several = [f"request {number:016x}0a" for number in range(20)]

    assert [filled(one) for one in [*several, *several]] == [half(one) for one in [*several, *several]]


def test_memory_is_bounded_however_many_templates_come() -> None:
    calls = 0

    def count(message: str) -> tuple[Denial, ...]:
        nonlocal calls
        calls += 1
        return (Denial(verdict=Verdict.NOT_AWS, excerpt=message),)

    filled = by_template(count)
    for _ in range(2):
        for number in range(3 * TEMPLATES):
            filled(f"name{number}x Request ID: 0a1b2c3d4e")

    assert calls >= 6 * TEMPLATES


def test_a_line_longer_than_an_excerpt_is_read_on_its_own() -> None:
    long = SENTENCE.format(session=ID, key=ID) + " padding" * (LONGEST // 8)

    assert told(long) == (read(long) if not is_noise(long) else told(""))
