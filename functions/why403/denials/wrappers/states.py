"""Step Functions' execution log: the task that failed names the service and the call beside AWS's words.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of

FAILED = re.compile(r"\"type\": ?\"(?:Task|Activity|LambdaFunction)[A-Za-z]{0,10}Failed\"")
"""`TaskFailed`, `LambdaFunctionFailed`, `ActivityFailed`, and their `ScheduleFailed` and `StartFailed`: other events tell no failure."""
CALL = re.compile(
    r"\"resource\": ?\"(?P<operation>[a-z][A-Za-z0-9]{2,60})(?:\.[A-Za-z:]{1,30}){0,2}\", ?\"resourceType\": ?\"(?:aws-sdk:)?(?P<service>[a-z0-9-]{2,40})\""
)
"""`sendMessage.waitForTaskToken` of `sqs`, `getObject` of `aws-sdk:s3`; the details' fields stand in the alphabet's order."""


def read(text: str) -> Iterator[FailedCall]:
    """The call of each task that failed, where the reference knows it."""
    failed = FAILED.search(text)
    for match in CALL.finditer(text, failed.end()) if failed else ():
        prefix = prefix_of(match["service"])
        operation = match["operation"][0].upper() + match["operation"][1:]
        if prefix and actions_of(prefix, operation):
            yield FailedCall.at(match, service=prefix, operation=operation)


WRAPPER = Wrapper(('"resourceType"',), read)
