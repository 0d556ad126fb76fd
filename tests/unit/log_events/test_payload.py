import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from why403.denials.classify import classify
from why403.errors import PayloadError
from why403.log_events.log_event import decode_subscription

from tests.fakes.subscription import OWNER, payload

EVENT = Path(__file__).parents[2] / "events" / "logs_subscription.json"


def _packed(body: Any) -> dict[str, Any]:
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def test_a_control_message_holds_no_events() -> None:
    assert decode_subscription(_packed({"messageType": "CONTROL_MESSAGE", "logEvents": []})) == ()


def test_a_subscription_gives_its_events_with_group_stream_and_owner() -> None:
    events = decode_subscription(json.loads(EVENT.read_text()))

    assert [(event.log_group, event.log_stream, event.account) for event in events] == [
        ("/ecs/orders", "web/orders/0a1b", "123456789012")
    ] * 2
    assert classify(events[1])[0].action == "sqs:SendMessage"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"awslogs": {}},
        {"awslogs": {"data": "no base64!"}},
        {"awslogs": {"data": base64.b64encode(b"no gzip").decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"no json")).decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"{}" * 99)[:-9]).decode()}},
        _packed([]),
        _packed({"messageType": "DATA_MESSAGE"}),
        _packed({"logEvents": [{"message": "no id"}]}),
    ],
)
def test_what_is_no_subscription_is_told_as_such(event: dict[str, Any]) -> None:
    with pytest.raises(PayloadError):
        decode_subscription(event)


SYSTEM = {"@aws.account": "111122223333", "@aws.region": "eu-west-1"}


@pytest.mark.parametrize("beside", [SYSTEM, {"extractedFields": SYSTEM}])
def test_a_line_of_a_central_log_group_is_of_the_account_and_region_that_it_came_from(
    beside: dict[str, Any],
) -> None:
    own = {"id": "1", "timestamp": 1, "message": "denied"}
    ours, theirs = decode_subscription(payload([own, {**own, **beside}]))

    assert (ours.account, ours.region) == (OWNER, "")
    assert (theirs.account, theirs.region) == ("111122223333", "eu-west-1")


@pytest.mark.parametrize("fields", [None, "x", ["@aws.account"], {"@aws.account": None}])
def test_system_fields_that_say_nothing_leave_a_line_with_its_group_s_owner(fields: Any) -> None:
    own = {"id": "1", "timestamp": 1, "message": "denied", "extractedFields": fields}
    (event,) = decode_subscription(payload([own]))

    assert (event.account, event.region) == (OWNER, "")
