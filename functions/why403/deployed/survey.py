"""Survey, deployed: the account's workloads are listed with the function's own credentials, and kept in its index."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from why403.aws.budget import RunLimits
from why403.aws.incident_table import milliseconds
from why403.aws.reader import Reader
from why403.aws.session import reading_clients
from why403.aws.workload_index import open_index
from why403.environment import SurveyEnvironment
from why403.iam.place import Place, place_of
from why403.survey import Surveyed, renew, survey

CLIENTS = ("dynamodb",)
READING = ("ecs", "lambda")
AT_ONCE = 2
"""Calls under way: the account's limits are for those who wait, and nobody waits for a survey."""


def run(own_arn: str, has_time: Callable[[], bool]) -> Surveyed:
    """Slices as long as `has_time` says that there is room for one more."""
    place = place_of(own_arn)
    index = open_index(SurveyEnvironment.read().table_name)
    return survey(index, _reader(place).run, place, now=milliseconds(), has_time=has_time)


def hear(event: Mapping[str, Any], own_arn: str) -> int:
    """An event of EventBridge: what changed is asked for anew. The number of entries that it came to."""
    place = place_of(own_arn)
    index = open_index(SurveyEnvironment.read().table_name)
    return renew(index, _reader(place).run, event, place, now=milliseconds())


@lru_cache(maxsize=1)
def _reader(place: Place) -> Reader:
    return Reader(place, clients=reading_clients(), limits=RunLimits(threads=AT_ONCE))
