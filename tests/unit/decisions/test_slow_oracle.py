"""The evaluator beside a second one: slow, obvious, written from the documentation. `make fuzz` runs 100,000 pairs."""

from bench.fuzz.evaluator import run


def test_both_evaluators_decide_random_worlds_alike() -> None:
    expected = "2,000 pairs decided alike"

    actual = run(seed=11, count=2_000)

    assert actual.startswith(expected)
