"""An allowed world, broken in exactly one way: the decision names the broken layer, policy and statement."""

import json
from typing import Any

from why403.cli.evaluate import evaluate_line

from tests.oracle.fault_lab import BREAKS, Fault, faults

FAULTS = tuple(faults(seed=11, worlds=60))


def answer(case: dict[str, Any]) -> dict[str, Any]:
    return evaluate_line(json.dumps(case))


def named(fault: Fault, decided: dict[str, Any]) -> tuple[str, str]:
    finding = next(layer for layer in decided["layers"] if layer["layer"] == fault.layer)
    return finding["policy"], finding["statement"]


def test_every_way_of_breaking_is_in_the_lab() -> None:
    assert len({fault.name for fault in FAULTS}) == len(BREAKS)


def test_the_whole_worlds_are_allowed() -> None:
    decisions = {answer(fault.allowed)["decision"] for fault in FAULTS}

    assert decisions == {"allowed"}


def test_only_the_broken_layer_is_said_to_deny() -> None:
    wrong = [
        (fault.name, fault.case["request"]["action"], decided)
        for fault in FAULTS
        for decided in [answer(fault.case)]
        if ([fault.layer], fault.decision) != (decided["denied_by"], decided["decision"])
    ]

    assert wrong == []


def test_the_broken_statement_is_named() -> None:
    wrong = [
        (fault.name, fault.policy, fault.statement, found)
        for fault in FAULTS
        if fault.statement
        for found in [named(fault, answer(fault.case))]
        if (fault.policy, fault.statement) != found
    ]

    assert wrong == []
