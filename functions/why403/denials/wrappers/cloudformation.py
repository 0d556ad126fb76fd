"""CloudFormation, the CDK and SAM: `API: iam:CreateRole User: ..`, `API: s3:PutBucketPolicy Access Denied`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of

API = re.compile(
    r"\bAPI: (?P<service>[a-z0-9-]{2,40}):(?P<operation>[A-Za-z]\w{2,80})(?P<refused> (?:Access [Dd]enied|You are not authorized))?"
)
"""CloudFormation writes service and operation as if they were an action, some as `ec2:allocateAddress`: the reference says which action the
call needs. What the service said follows."""


def read(text: str) -> Iterator[FailedCall]:
    """The API that CloudFormation called, which gives the action."""
    for match in API.finditer(text):
        prefix = prefix_of(match["service"]) or match["service"]
        operation = match["operation"][0].upper() + match["operation"][1:]
        actions = actions_of(prefix, operation)
        yield FailedCall.at(
            match,
            service=prefix,
            action=actions[0] if actions else f"{prefix}:{operation}",
            code="AccessDenied" if match["refused"] else "",
        )


WRAPPER = Wrapper(("API: ",), read)
