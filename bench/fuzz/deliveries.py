"""Random schedules of deliveries: records given again, in any order, the process killed at any step."""

from tests.oracle.delivery_worlds import World, check, each_line_redacted_once

COUNT = 10_000
"""Worlds by default: some minutes."""
APART = 1_000_000
"""Worlds between one seed's and the next's."""


def run(seed: int, count: int) -> str:
    """Raise AssertionError with the world's number at the first that tells twice, not at all or counts wrongly."""
    with each_line_redacted_once():
        for number in range(seed * APART, seed * APART + count):
            world = World(number)
            world.run()
            check(world, number)
    return f"{count:,} schedules: each thing told once, every line counted."
