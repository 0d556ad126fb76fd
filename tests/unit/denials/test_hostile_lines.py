"""Whoever can make an application log writes these lines: no text may break the classifier or slow it down."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from why403.denials.classify import classify
from why403.denials.denial import Verdict
from why403.log_events.log_event import LogEvent

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


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(0, 200))
def test_a_resource_that_the_end_cuts_off_is_not_told(noise: str, length: int) -> None:
    whole = "arn:aws:sqs:eu-west-1:123456789012:orders"
    sentence = f"{noise} User: arn:aws:iam::123456789012:user/dana is not authorized to perform: sqs:SendMessage on resource: "
    cut = whole[: length % (len(whole) - len("orders"))]

    denial = classify(LogEvent(sentence + cut))[0]

    assert denial.resource is None
