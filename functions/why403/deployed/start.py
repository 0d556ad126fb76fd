"""A function's clients, made while Lambda starts it: that phase has a whole processor, the calls after it a share.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
"""

from collections.abc import Iterable

from why403.aws.session import client, reading_clients
from why403.environment import region_of_lambda


def start(clients: Iterable[str], reading: Iterable[str] = ()) -> None:
    """Make boto3's `clients` for our own resources, and those for `reading`; outside of Lambda, nothing."""
    region = region_of_lambda()
    if not region:
        return
    for service in clients:
        client(service)
    for service in reading:
        reading_clients().get(service, region)
