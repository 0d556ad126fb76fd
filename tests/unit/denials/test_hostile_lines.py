"""Whoever can make an application log writes these lines: no text may break the classifier or slow it down."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from why403.denials.classify import classify
from why403.denials.denial import Verdict
from why403.log_events.log_event import LogEvent
from why403.remedies.scope import Unscoped, scope_of

from bench.fuzz.lines import compose


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_line_of_the_grammar_breaks_it(random: Random) -> None:
    denials = classify(LogEvent(compose(random)))

    assert denials
    assert all(denial.verdict in Verdict for denial in denials)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_no_text_at_all_breaks_it(text: str) -> None:
    assert len(classify(LogEvent(text))) >= 1


OBJECT = "arn:aws:s3:::photos/"
DENIED = (
    "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::123456789012:assumed-role/"
    "app/me is not authorized to perform: s3:GetObject on resource: {} because no identity-based policy allows the "
    "s3:GetObject action"
)


@pytest.mark.parametrize(
    "key",
    [
        "plain.jpg", "with a space.jpg", "{{resolve:ssm:x}}", "{{{{resolve:ssm:x}}}}", "{{ssm:x}}tail", "???", "really?", "a;b", "a,b",
        "a|b", "a(1).jpg", "[draft]/x", 'x"}]}', "a'b'c", "a`b", "&#123;x", "${a}", "%7Bx%7D",
    ],
)  # fmt: skip
def test_an_object_is_told_by_its_whole_name(key: str) -> None:
    told = classify(LogEvent(DENIED.format(OBJECT + key)))[0]

    assert (OBJECT + key, "implicit-identity") == (told.resource, told.deny_kind)


@pytest.mark.parametrize(
    "key", ["{{resolve:ssm:x}}", "{{RESOLVE:ssm:x}}", "a{{ resolve:ssm:x}}b", "{{{{resolve:ssm:x}}}}"]
)
def test_an_object_that_is_a_dynamic_reference_has_no_draft(key: str) -> None:
    told = classify(LogEvent(DENIED.format(OBJECT + key)))[0]

    assert isinstance(scope_of("s3:GetObject", told.resource or ""), Unscoped)


@pytest.mark.parametrize("form", ['"{}"', "'{}'", "`{}`", "{}.", "{},"])
def test_what_stands_around_an_object_is_no_part_of_its_name(form: str) -> None:
    told = classify(LogEvent(DENIED.format(form.format(OBJECT + "a.jpg"))))[0]

    assert told.resource == OBJECT + "a.jpg"


@pytest.mark.parametrize(
    "space",
    ["\n", "\t", "\r\n", "\u00a0", "\x85", "\u2002", "\u3000", "  ", "\x0b", "\x1f", "\\n", "\\u00a0"],
)
def test_an_object_whose_space_is_another_is_not_told_as_one_with_a_space(space: str) -> None:
    told = classify(LogEvent(DENIED.format(f"{OBJECT}ad{space}min.key")))[0]
    drafted = scope_of("s3:GetObject", told.resource or "")

    assert told.resource != OBJECT + "ad min.key"
    assert isinstance(drafted, Unscoped)


@pytest.mark.parametrize("space", ["\n", "  ", "\u00a0", "\n│ "])
def test_space_behind_an_object_is_layout(space: str) -> None:
    told = classify(LogEvent(DENIED.format(f"{OBJECT}a.jpg{space}")))[0]

    assert told.resource == OBJECT + "a.jpg"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(0, 200))
def test_a_resource_that_the_end_cuts_off_is_not_told(noise: str, length: int) -> None:
    whole = "arn:aws:sqs:eu-west-1:123456789012:orders"
    sentence = f"{noise} User: arn:aws:iam::123456789012:user/dana is not authorized to perform: sqs:SendMessage on resource: "
    cut = whole[: length % (len(whole) - len("orders"))]

    denial = classify(LogEvent(sentence + cut))[0]

    assert denial.resource is None
