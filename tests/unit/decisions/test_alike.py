"""Requests that a set's policies cannot tell apart get what each would get alone, word for word."""

import json
import random
from typing import Any

from why403.cli.answer import Answers
from why403.cli.evaluate import read_policies, read_request
from why403.decisions.alike import Alike
from why403.decisions.evaluate import compile_set

from tests.oracle.worlds import random_case

HOME = "arn:aws:sts::123456789012:assumed-role/app"
WORLDS = 6


def _answers(policies: dict[str, Any]) -> Answers:
    return Answers(compile_set(read_policies(policies)))


def _mark(policies: dict[str, Any], request: dict[str, Any]) -> object:
    compiled = compile_set(read_policies(policies))
    return Alike(compiled.layers).mark(compiled.context(read_request(request)))


def _allow(action: str, resource: str, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"name": "p", "document": {"Version": "2012-10-17", "Statement": [statement]}}


def _request(**changed: Any) -> dict[str, Any]:
    arn = "arn:aws:sqs:us-east-1:123456789012:orders"
    return {"principal": f"{HOME}/s1", "action": "sqs:SendMessage", "resource": arn, "context": {}} | changed


def test_requests_in_turns_to_one_set_are_answered_as_each_alone() -> None:
    rng = random.Random(20)  # noqa: S311 - the same worlds in every run
    worlds = [random_case(rng) for _ in range(WORLDS)]
    requests = [world["request"] for world in worlds]
    for world in worlds:
        together = _answers(world["policies"])
        asked = [world["request"], *rng.sample(requests, 3)]
        asked += [one | {"principal": rng.choice(requests)["principal"]} for one in asked]
        asked += [one | {"resource": f'{one["resource"]}-"é'} for one in asked]
        for one in [*asked, *asked]:
            alone = _answers(world["policies"]).answer(read_request(one))

            assert alone == together.answer(read_request(one)), json.dumps(world | {"request": one})


def test_what_is_named_is_the_requests_own_name_though_the_answer_was_kept() -> None:
    together = _answers({"identity": [_allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:bills")]})
    told = [together.answer(read_request(_request(resource=f"arn:aws:sqs:::{name}"))) for name in "abc"]

    assert [f'"given": "arn:aws:sqs:::{name}"' in one for name, one in zip("abc", told, strict=True)] == [
        True
    ] * 3


def test_another_value_of_a_key_that_a_condition_reads_is_told_apart() -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/Team": "${aws:PrincipalTag/Owner, 'nobody'}"}}
    policies = {"identity": [_allow("sqs:*", "*", Condition=tagged)]}
    marks = {
        _mark(policies, _request(context={"aws:principaltag/TEAM": team, "aws:PrincipalTag/Owner": owner}))
        for team in "ab"
        for owner in "ab"
    }

    assert len(marks) == 4


def test_a_key_that_no_condition_reads_changes_nothing() -> None:
    compiled = compile_set(read_policies({"identity": [_allow("sqs:*", "*")]}))
    alike = Alike(compiled.layers)
    asked = [
        _request(context={"aws:SourceIp": address}, principal=f"{HOME}/{address}", action=action)
        for address in ("192.0.2.1", "192.0.2.2")
        for action in ("sqs:SendMessage", "sqs:ReceiveMessage")
    ]

    assert len({alike.mark(compiled.context(read_request(one))) for one in asked}) == 1


def test_an_action_that_a_deny_speaks_of_is_told_apart() -> None:
    deny = {"name": "d", "document": {"Statement": {"Effect": "Deny", "Action": "sqs:Se*", "Resource": "*"}}}
    compiled = compile_set(read_policies({"identity": [_allow("sqs:*", "*"), deny]}))
    alike = Alike(compiled.layers)
    asked = [_request(action=action) for action in ("sqs:SendMessage", "sqs:ReceiveMessage")]

    assert len({alike.mark(compiled.context(read_request(one))) for one in asked}) == 2


def test_a_caller_that_aws_keeps_is_like_no_other() -> None:
    role = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_1/ann"

    assert _mark({"identity": [_allow("sqs:*", "*")]}, _request(principal=role)) is None
