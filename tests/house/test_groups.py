"""Tests that share a deployed stack run in one process, or each process deploys it anew and nobody sees why it takes so long."""

import pytest


@pytest.mark.xdist_group("kept-together")
def test_a_test_is_sent_where_its_group_is(request: pytest.FixtureRequest) -> None:
    """pytest-xdist 3.8 knows a group by the end of its tests' names; pytest 9.2 took that away, and both said nothing."""
    is_by_group = getattr(request.config.option, "loadgroup", False)

    assert request.node.nodeid.endswith("@kept-together" if is_by_group else "group_is")
