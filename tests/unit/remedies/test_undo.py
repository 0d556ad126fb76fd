"""A change that came just before the denial can be undone, where nothing was changed since."""

import json
from typing import Any

from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy

from tests.unit.remedies.incident_case import case_of

QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
SEND = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
PURGE = {"Sid": "Purge", "Effect": "Allow", "Action": "sqs:PurgeQueue", "Resource": QUEUE}
LOGS = {"Sid": "Logs", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}


def document(*statements: dict[str, str]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def undone(before: object, after: object, now: dict[str, Any]) -> list[Remedy]:
    change = {
        "what": "PutRolePolicy app",
        "when": "2026-11-25T08:58:00Z",
        "by": "arn:aws:iam::123456789012:user/alice",
        "before": json.dumps(before) if before else "",
        "after": json.dumps(after) if after else "",
    }
    case = {
        "request": {
            "principal": "arn:aws:sts::123456789012:assumed-role/checkout/task-1",
            "action": "sqs:SendMessage",
            "resource": QUEUE,
        },
        "policies": {"identity": [{"name": "app", "document": now}]},
        "changes": [change],
    }
    return [each for each in draft_remedies(case_of(case)) if each.title.id == "remedies.undo.title"]


def test_what_was_changed_since_is_never_written_over() -> None:
    assert undone(document(SEND, LOGS), document(LOGS), document(LOGS, PURGE)) == []


def test_a_change_of_which_only_one_side_is_known_is_not_undone() -> None:
    assert undone(None, document(LOGS), document(LOGS)) == []


def test_the_statement_that_was_taken_away_is_put_back_beside_the_smallest_draft() -> None:
    (undo,) = undone(document(SEND, LOGS), document(LOGS), document(LOGS))

    assert undo.set > 1
    assert undo.proven
    assert not undo.wider
    assert (undo.before, undo.after) == (document(LOGS), document(SEND, LOGS))
    assert '+      "Sid": "Send"' in undo.diff
    assert "put-role-policy" in undo.commands.aws_cli
    assert undo.title.values["by"].endswith("user/alice")


def test_what_comes_back_besides_is_told_as_wider() -> None:
    (undo,) = undone(document(SEND, PURGE, LOGS), document(LOGS), document(LOGS))

    assert undo.wider
    assert set(undo.adds) == {"sqs:SendMessage", "sqs:PurgeQueue"}


def test_a_change_that_took_nothing_of_this_call_is_not_undone() -> None:
    assert undone(document(PURGE, LOGS), document(LOGS), document(LOGS)) == []
