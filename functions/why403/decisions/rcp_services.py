"""The services that resource control policies apply to.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
"""

import json
from functools import cache
from importlib.resources import files


@cache
def _services() -> frozenset[str]:
    table = json.loads(files("why403.decisions").joinpath("rcp_services.json").read_text("utf-8"))
    return frozenset(table["services"])


def supports_rcp(action: str) -> bool:
    """Whether an RCP has a say over `action`, given in lower case."""
    return action.partition(":")[0] in _services()
