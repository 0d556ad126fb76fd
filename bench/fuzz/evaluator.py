"""Random requests and policies, decided by the evaluator and by a second, slow one written from the documentation."""

import json
import random

from why403.cli.evaluate import evaluate_line

from tests.oracle.slow_evaluator import evaluate
from tests.oracle.worlds import random_case

COUNT = 100_000
"""Cases by default: some minutes."""


def run(seed: int, count: int) -> str:
    """Raise AssertionError with the whole case at the first pair on which the two differ."""
    rng = random.Random(seed)  # noqa: S311 - the same seed must make the same worlds
    outcomes: dict[str, int] = {}
    for _ in range(count):
        case = random_case(rng)
        slow = evaluate(case)
        fast = evaluate_line(json.dumps(case))["decision"]
        if slow != fast:
            raise AssertionError(f"documentation: {slow}, evaluator: {fast}: {json.dumps(case)}")
        outcomes[slow] = outcomes.get(slow, 0) + 1
    shares = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(outcomes.items()))
    return f"{count:,} pairs decided alike ({shares})."
