"""What must hold in every world: more Deny never allows, order and splitting change nothing, wildcards mean themselves."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from why403.cli.evaluate import evaluate_line
from why403.iam.glob import compile_glob, tokens

from tests.oracle.slow_conditions import wild
from tests.oracle.worlds import random_case, random_policies, random_policy

Case = dict[str, Any]
FLAT = ("identity", "boundary", "session", "vpc_endpoint")
WORLDS = 400
OPEN = frozenset(
    {"aws:principalorgid", "aws:principaltag/team", "aws:currenttime", "s3:max-keys", "aws:tagkeys"}
)
"""Keys that a role's own call may carry, as far as the kind of call tells."""


def worlds() -> Iterator[tuple[random.Random, Case]]:
    rng = random.Random(7)  # noqa: S311 - the same seed must make the same worlds
    return ((rng, random_case(rng)) for _ in range(WORLDS))


def decided(case: Case) -> str:
    return str(evaluate_line(json.dumps(case))["decision"])


def changed(case: Case, change: Callable[[Case], object]) -> str:
    other = copy.deepcopy(case)
    change(other["policies"])
    return decided(other)


def listed(written: Any) -> list[Case]:
    return written if isinstance(written, list) else [written]


def policies_of(policies: Case) -> Iterator[Case]:
    for layer in FLAT:
        yield from policies.get(layer, [])
    for layer in ("scp", "rcp"):
        for level in policies.get(layer, []):
            yield from level
    if "resource" in policies:
        yield policies["resource"]


def add_identity_policy(extra: Case, policies: Case) -> None:
    policies["identity"].append(extra)


def split_actions(policies: Case) -> None:
    """Every statement with several actions becomes as many statements; NotAction cannot be split."""
    for policy in policies_of(policies):
        statements = listed(policy["document"]["Statement"])
        policy["document"]["Statement"] = [
            statement | ({"Action": action} if "Action" in statement else {})
            for statement in statements
            for action in (listed(statement["Action"]) if "Action" in statement else [""])
        ]


def turn_round(policies: Case) -> None:
    """Policies of a layer and statements of a policy, last first."""
    for layer in FLAT:
        policies.get(layer, []).reverse()
    for layer in ("scp", "rcp"):
        for level in policies.get(layer, []):
            level.reverse()
    for policy in policies_of(policies):
        policy["document"]["Statement"] = listed(policy["document"]["Statement"])[::-1]


def test_no_added_deny_turns_denied_into_allowed() -> None:
    for rng, case in worlds():
        extra = random_policy(rng, "identity", "123456789012")
        for statement in extra["document"]["Statement"]:
            statement["Effect"] = "Deny"

        before = decided(case)

        after = changed(case, partial(add_identity_policy, extra))

        assert after in {before, "explicit-deny"} or (before, after) == ("allowed", "unknown")


def test_no_added_allow_turns_allowed_into_denied() -> None:
    for rng, case in worlds():
        extra = random_policy(rng, "identity", "123456789012")
        for statement in extra["document"]["Statement"]:
            statement["Effect"] = "Allow"
        before = decided(case)

        after = changed(case, partial(add_identity_policy, extra))

        more = {"implicit-deny": {"unknown", "allowed"}, "unknown": {"allowed"}}
        assert after in {before, *more.get(before, ())}


@pytest.mark.parametrize("change", [split_actions, turn_round])
def test_neither_splitting_nor_order_changes_a_decision(change: Callable[[Case], None]) -> None:
    for _, case in worlds():
        assert decided(case) == changed(case, change)


def test_an_unknown_key_gives_no_decision_that_a_value_would_overturn() -> None:
    for rng, case in worlds():
        keys = sorted(key for key in case["request"]["context"] if key.lower() in OPEN)
        if not keys or "/app" not in case["request"]["principal"]:
            continue
        hidden = rng.choice(keys)
        partly = copy.deepcopy(case)
        del partly["request"]["context"][hidden]
        partly["request"]["context_complete"] = False
        sure = {"implicit-deny": {"implicit-deny", "explicit-deny"}}

        told = decided(partly)

        assert told == "unknown" or decided(case) in sure.get(told, {told})


def test_policies_of_another_world_never_crash() -> None:
    for rng, case in worlds():
        case["policies"] = random_policies(rng, "111122223333")

        assert decided(case) in {"allowed", "implicit-deny", "explicit-deny", "unknown"}


def test_wildcards_mean_what_a_regular_expression_says() -> None:
    rng = random.Random(3)  # noqa: S311 - the same seed must make the same texts
    for _ in range(20_000):
        pattern = "".join(rng.choices("ab*?:/", k=rng.randint(0, 9)))
        text = "".join(rng.choices("ab:/", k=rng.randint(0, 9)))

        assert compile_glob(tokens(pattern))(text) is wild(pattern, text), (pattern, text)
