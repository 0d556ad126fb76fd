"""A schedule and EventBridge → survey: who writes to which log group is kept in the index."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import survey
from why403.deployed.start import start

ONE_MORE_MS = 130_000
"""The longest that one slice takes, its calls' waits included."""

logger = Logger(service="survey")
start(survey.CLIENTS, survey.READING)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """The rules' target: {"task": "survey"}, or an event of AWS's. What fails goes up: it is tried again, then parked."""
    own_arn = context.invoked_function_arn
    if event.get("task") != "survey":
        logger.info("renewed", extra={"entries": survey.hear(event, own_arn)})
        return
    done = survey.run(own_arn, lambda: context.get_remaining_time_in_millis() > ONE_MORE_MS)
    logger.info(
        "surveyed",
        extra={"slices": done.slices, "entries": done.written, "unread": done.unread, "ended": done.ended},
    )
