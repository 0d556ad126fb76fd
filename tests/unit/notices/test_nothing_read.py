"""An explicit deny of which only AWS's words tell: every form says what they say, and claims nothing more."""

import json
import re
from dataclasses import replace
from itertools import product

import pytest
from why403.decisions.decision import Decision, LayerFinding, Outcome
from why403.decisions.reasons import Reason
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.layer import Effect, Layer
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.notices.dialects.chat import render_chat
from why403.notices.dialects.email import render_email
from why403.notices.dialects.machines import diagnosis_json
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.text import render_text
from why403.notices.notice import Notice
from why403.notices.verdict import verdict
from why403.notices.words import Language
from why403.page.render import render_page

from tests.fakes.answers import FakeReader

PLACE = Place("123456789012", "eu-west-1")
LAYERS = {
    "a service control policy": "arn:aws:organizations::111122223333:policy/o-abc/service_control_policy/p-abc",
    "a resource control policy": "arn:aws:organizations::111122223333:policy/o-abc/resource_control_policy/p-rcp",
    "a VPC endpoint policy": "",
    "a session policy": "arn:aws:iam::123456789012:policy/SessionOnly",
    "a permissions boundary": "arn:aws:iam::123456789012:policy/Boundary",
    "an identity-based policy": "arn:aws:iam::123456789012:policy/Developers",
    "a resource-based policy": "",
}
"""How AWS names each layer in its message, and an ARN as it names one there."""
NAMED = [(layer, arn) for layer, policy in LAYERS.items() for arn in dict.fromkeys(("", policy))]
LAYER_OF = {
    "a service control policy": Layer.SCP,
    "a resource control policy": Layer.RCP,
    "a VPC endpoint policy": Layer.VPC_ENDPOINT,
    "a session policy": Layer.SESSION,
    "a permissions boundary": Layer.BOUNDARY,
    "an identity-based policy": Layer.IDENTITY,
    "a resource-based policy": Layer.RESOURCE,
}
CALLER = "arn:aws:sts::123456789012:assumed-role/orders-task/9f8e7d"
CASES = list(product(NAMED, [True, False]))
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)
"""Our own script holds braces and calls without an argument."""
HOLE = re.compile(r"\{[a-z_]+\}")
"""A place of a text that nothing was put into."""
CLAIMS = re.compile(
    r"has no condition|attached at level|Statement #?\w+ |statement {2}|, statement|\w \(\)|: -\)"
)
"""What only somebody can say who read the policy, and what is left of a sentence without its value."""


def _diagnosed(layer: str, arn: str, *, on_bucket: bool = True) -> Diagnosis:
    policy = f": {arn}" if arn else ""
    call = (
        "s3:PutObject on resource: arn:aws:s3:::made-up-uploads/a.txt"
        if on_bucket
        else "cloudwatch:ListMetrics"
    )
    message = f"An error occurred (AccessDenied): User: {CALLER} is not authorized to perform: {call} with an explicit deny in {layer}{policy}"
    event = LogEvent(message, "orders", "orders/1", 1_760_000_000_000)
    [denial] = classify(event)
    return FakeReader({}).run(diagnose(denial, event, PLACE, now=1_760_000_000_000))


def _forms(notice: Notice) -> dict[str, str]:
    mail = render_email(notice)
    return {
        "text": render_text(notice),
        "slack": json.dumps(render_slack(notice), ensure_ascii=False),
        "chat": json.dumps(render_chat(notice), ensure_ascii=False),
        "page": SCRIPT.sub("", render_page(notice)),
        "e-mail": f"{mail.subject}\n{mail.body}",
        "json": json.dumps(diagnosis_json(notice.diagnosis), ensure_ascii=False),
    }


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("named", "on_bucket"), CASES)
def test_a_deny_that_nobody_read_is_told_without_a_hole(
    named: tuple[str, str], language: Language, *, on_bucket: bool
) -> None:
    notice = Notice(diagnosis=_diagnosed(*named, on_bucket=on_bucket), language=language, place=PLACE)
    forms = _forms(notice)

    assert [(form, found[0]) for form, told in forms.items() if (found := HOLE.search(told))] == []


@pytest.mark.parametrize(("named", "on_bucket"), CASES)
def test_nothing_is_claimed_of_a_statement_that_nobody_read(
    named: tuple[str, str], *, on_bucket: bool
) -> None:
    forms = _forms(Notice(diagnosis=_diagnosed(*named, on_bucket=on_bucket), place=PLACE))

    assert [(form, found[0]) for form, told in forms.items() if (found := CLAIMS.search(told))] == []


@pytest.mark.parametrize(("named", "on_bucket"), [each for each in CASES if each[0][1]])
def test_the_policy_that_aws_named_stands_in_every_form(named: tuple[str, str], *, on_bucket: bool) -> None:
    forms = _forms(Notice(diagnosis=_diagnosed(*named, on_bucket=on_bucket), place=PLACE))

    assert [form for form, told in forms.items() if named[1] not in told] == []


@pytest.mark.parametrize(("layer", "named"), LAYER_OF.items())
def test_the_layer_that_aws_names_is_told_of_a_line_without_a_resource(layer: str, named: Layer) -> None:
    kind = layer.partition(" ")[2]
    explicit = f"with an explicit deny in {layer}"
    implicit = f"because no {kind} allows the sqs:SendMessage action"
    told = [verdict(Notice(diagnosis=_of_words(words), place=PLACE)).id for words in (explicit, implicit)]

    assert [f"notices.verdict.{named}.explicit", f"notices.verdict.{named}.implicit"] == told


@pytest.mark.parametrize("action", ["cloudwatch:ListMetrics", "cloudwatch:PutMetricData"])
def test_an_action_that_can_do_without_a_resource_is_judged_for_all_of_them(action: str) -> None:
    diagnosis = _of_words(f"because no permissions boundary allows the {action} action", action)

    assert diagnosis.request is not None
    assert diagnosis.decision is not None
    assert (diagnosis.request.resource, diagnosis.decision.denied_by) == ("*", (Layer.BOUNDARY,))


ALLOWED = LayerFinding(layer=Layer.IDENTITY, effect=Effect.ALLOW, reason=Reason.ALLOWED)
BY_CONDITION = LayerFinding(layer=Layer.TRUST, effect=Effect.UNKNOWN, reason=Reason.CONDITION_UNKNOWN)
UNREAD = LayerFinding(layer=Layer.TRUST, effect=Effect.UNKNOWN, reason=Reason.UNREAD)


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ((ALLOWED, UNREAD), "notices.verdict.unknown"),
        ((ALLOWED, BY_CONDITION), "notices.verdict.unknown.condition"),
        ((ALLOWED,), "notices.verdict.unknown.allowed"),
    ],
)
def test_why_nobody_knows_which_policy_said_no_is_said(layers: tuple[LayerFinding, ...], told: str) -> None:
    decision = Decision(outcome=Outcome.UNKNOWN, layers=layers)
    diagnosis = replace(_of_words("because no permissions boundary allows it"), decision=decision)

    assert verdict(Notice(diagnosis=diagnosis, place=PLACE)).id == told


def _of_words(words: str, action: str = "sqs:SendMessage") -> Diagnosis:
    """The diagnosis of a line that names no resource."""
    message = f"AccessDenied: User: {CALLER} is not authorized to perform: {action} {words}"
    event = LogEvent(message, "orders", "orders/1", 1_760_000_000_000)
    [denial] = classify(event)
    return FakeReader({}).run(diagnose(denial, event, PLACE, now=1_760_000_000_000))
