"""Random worlds of deliveries: one message for each thing that was to be told, and every line counts.

`make fuzz` runs ten thousand more.
"""

from collections.abc import Iterator

import pytest

from tests.oracle.delivery_worlds import World, check, each_line_redacted_once

WORLDS = 1_000
PARTS = 4
TORN_WORLDS = 250


@pytest.fixture(autouse=True)
def _redact_each_line_once() -> Iterator[None]:
    with each_line_redacted_once():
        yield


@pytest.mark.parametrize("part", range(PARTS))
def test_each_thing_is_told_once_and_every_line_counts_whatever_the_schedule(part: int) -> None:
    for seed in range(part, WORLDS, PARTS):
        world = World(seed)
        world.run()
        check(world, seed)


def test_who_is_killed_between_the_receivers_yes_and_our_note_tells_once_more_and_no_oftener() -> None:
    torn = 0
    for seed in range(TORN_WORLDS):
        world = World(seed, torn=True)
        world.run()
        torn += world.torn.total()
        check(world, seed)

    assert torn > TORN_WORLDS / 10
