"""Diagnose, deployed: a turn is diagnosed with the function's own credentials, and told to its topic."""

from collections.abc import Callable
from time import thread_time

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.open_reader import open_reader
from why403.aws.session import client
from why403.aws.topic import publish
from why403.aws.workload_index import open_index
from why403.diagnose import diagnose_turn
from why403.environment import DiagnoseEnvironment
from why403.iam.place import place_of
from why403.incidents.outbox import turn_message
from why403.incidents.transition import Turn

CLIENTS = ("dynamodb", "sns")
READING = (
    "iam", "logs", "ecs", "lambda", "organizations", "cloudtrail", "cloudformation", "resourcegroupstaggingapi",
    "accessanalyzer",
)  # fmt: skip
"""What nearly every diagnosis asks, whatever was denied; the others are made when they are first asked."""


def run(
    turn: Turn, own_arn: str, *, published: Callable[[], None], report: Callable[[Exception], None]
) -> None:
    """`own_arn` is the function's. `report` hears of a diagnosis that failed and is told as the line has it."""
    told = DiagnoseEnvironment.read()
    place = place_of(own_arn)

    def tell(said: Turn) -> None:
        _publish(told.topic_arn, said)
        published()

    diagnose_turn(
        turn,
        table=open_table(told.table_name),
        index=open_index(told.table_name),
        ask=open_reader(
            place, told.target_read_roles, told.organization_read_role, table_name=told.table_name
        ).run,
        tell=tell,
        report=report,
        place=place,
        now=milliseconds(),
        clock=thread_time,
    )


def _publish(topic_arn: str, turn: Turn) -> None:
    attributes = {"transition": turn.transition.value}
    publish(topic_arn, turn_message(turn), client=client("sns"), attributes=attributes)
