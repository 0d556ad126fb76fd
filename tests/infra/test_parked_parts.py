"""The redrive command finds each function and its dead-letter queue in the stack, whatever CloudFormation names them."""

from typing import Any

import pytest
from why403.aws.stack import DeployedStack, StackResource
from why403.cli.redrive import PARKING, parts_of

pytestmark = pytest.mark.xdist_group("synth")


@pytest.mark.parametrize("stem", PARKING)
def test_each_function_that_parks_is_found_with_its_queue(synth: Any, stem: str) -> None:
    template = synth({"log_groups": ["/ecs/*"]}).body["Resources"]
    resources = tuple(StackResource(logical, part["Type"], logical) for logical, part in template.items())
    function, queue = parts_of(stem, DeployedStack("why403", {}, resources))

    assert template[function]["Properties"]["Handler"] == f"{stem}.handler"
    assert "DeadLetters" in queue
    assert queue.startswith(stem.title())
