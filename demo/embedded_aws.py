"""The emulator's own process: ministack, mended from outside where it differs from AWS in what we rely on.

Started by demo/emulator.py as `python -m demo.embedded_aws`; docs/decisions/0003-embedded-world.md says why each
mend is here. Each hook is checked before it is replaced, so that another version of ministack fails loudly.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudwatch_logs, lambda_svc, sns
from ministack.services.cloudformation import provisioners

from demo.filter_pattern import matches

Batch = list[dict[str, Any]]
"""Records of a table's stream."""
STREAM_BACKOFF = 0.2
"""Seconds that each further try of a stream's batch waits longer."""
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105  # a resource type


def hook(owner: ModuleType, name: str) -> Any:  # noqa: ANN401  # ministack has no types
    """The function that is about to be replaced; RuntimeError where this ministack has none of that name."""
    found = getattr(owner, name, None)
    if found is None:
        raise RuntimeError(
            f"{owner.__name__} has no {name}: this is not the ministack that demo/requirements.txt pins. "
            "Run `make setup` again."
        )
    return found


def mend_filter_patterns() -> None:
    """AWS's `?a ?"b c"` means any of them; ministack asks for all words."""
    hook(cloudwatch_logs, "_subscription_pattern_matches")
    cloudwatch_logs._subscription_pattern_matches = lambda pattern, message: (  # noqa: SLF001
        not pattern or matches(pattern, message or "")
    )


def mend_secret_references() -> None:
    """`Ref` of a secret is its ARN on AWS, its name in ministack: a grant to read it would name nothing."""
    handlers: Mapping[str, dict[str, Any]] = hook(provisioners, "_RESOURCE_HANDLERS")
    create, update, delete = (handlers[SECRET][verb] for verb in ("create", "update", "delete"))

    def by_arn(made: tuple[str, Mapping[str, str]]) -> tuple[str, Mapping[str, str]]:
        return made[1]["Arn"], made[1]

    handlers[SECRET]["create"] = lambda *given: by_arn(create(*given))
    handlers[SECRET]["update"] = lambda arn, *given, **named: by_arn(update(name_in(arn), *given, **named))
    handlers[SECRET]["delete"] = lambda arn, *given: delete(name_in(arn), *given)


def name_in(secret_arn: str) -> str:
    """A secret's name: the ARN's last part without the six characters that AWS adds."""
    return secret_arn.rpartition(":secret:")[2].rpartition("-")[0]


def mend_alarms_on_expressions() -> None:
    """An alarm on a metric expression is kept as one on a metric that never comes: ministack evaluates none."""
    plain = hook(provisioners, "_cw_metric_alarm_record")

    def record(name: str, properties: Mapping[str, Any]) -> Any:  # noqa: ANN401  # ministack has no types
        if not properties.get("Metrics"):
            return plain(name, properties)
        stand_in = {"Namespace": "expression", "MetricName": "expression", "Statistic": "Sum"}
        return plain(name, {**properties, **stand_in, "Metrics": None})

    provisioners._cw_metric_alarm_record = record  # noqa: SLF001


def mend_transport() -> None:
    """Plain HTTP on the loopback counts as TLS: the stack's topics and queues refuse everything else, as they should."""
    plain = hook(iam_evaluator, "_resolve_condition_key")
    iam_evaluator._resolve_condition_key = lambda key, context: (  # noqa: SLF001
        "true" if key.lower() == "aws:securetransport" else plain(key, context)
    )


def mend_public_function_urls() -> None:
    """A function URL with AuthType NONE asks for no signature; ministack asks everybody for one."""
    plain = hook(app, "_enforce_data_plane")

    def enforce(service: str, action: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401  # ministack has no types
        kind = (named.get("service_context") or {}).get("lambda:FunctionUrlAuthType")
        if action == "lambda:InvokeFunctionUrl" and kind == "NONE":
            return None
        return plain(service, action, *given, **named)

    app._enforce_data_plane = enforce  # noqa: SLF001


def mend_asynchronous_invocations() -> None:
    """What a log group or a topic hands to a function is tried again twice and then parked; ministack forgets a failure.

    A log group hands over the function's own record, a caller who waits for the answer a copy of it.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    plain = hook(lambda_svc, "_execute_function_with_config_scope")
    again = hook(lambda_svc, "invoke_async_with_retry")
    hook(sns, "_deliver_to_lambda")

    def from_topic(
        endpoint: str,
        envelope: str,
        _topic: str,
        subscription: str,
        *_: Any,  # noqa: ANN401
    ) -> None:
        function, config, _name = lambda_svc._get_func_record_for_ref(endpoint)  # noqa: SLF001
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        if function and config:
            again({**function, "config": config}, {"Records": [record]})

    def execute(function: dict[str, Any], event: dict[str, Any]) -> Any:  # noqa: ANN401  # ministack has no types
        name = function["config"]["FunctionName"]
        if "awslogs" in event and function is lambda_svc._functions.get(name):  # noqa: SLF001
            return again(function, event)
        return plain(function, event)

    sns._deliver_to_lambda = from_topic  # noqa: SLF001
    lambda_svc._execute_function_with_config_scope = execute  # noqa: SLF001


def mend_stream_batches() -> None:
    """A batch of a table's stream goes on where it failed, as often as its mapping says, and is parked then.

    ministack takes records that a function says it failed on for done, and tries what raised without an end.
    """
    plain = hook(lambda_svc, "_execute_function")
    park = hook(lambda_svc, "_send_ddb_stream_failure_record")

    def execute(function: dict[str, Any], event: dict[str, Any], *given: Any) -> Any:  # noqa: ANN401
        records = event.get("Records") if isinstance(event, dict) else None
        if not records or records[0].get("eventSource") != "aws:dynamodb":
            return plain(function, event, *given)
        stream = records[0]["eventSourceARN"]
        mapping = next(one for one in lambda_svc._esms.values() if one["EventSourceArn"] == stream)  # noqa: SLF001

        def give(batch: Batch) -> Mapping[str, Any]:
            return dict(plain(function, {"Records": batch}, *given))

        for failed, answer in give_stream_batch(records, give, int(mapping["MaximumRetryAttempts"])):
            park(mapping, function, failed, stream, answer, "RetryAttemptsExhausted")
        return {"body": {"batchItemFailures": []}}

    lambda_svc._execute_function = execute  # noqa: SLF001


def give_stream_batch(
    batch: Batch, give: Callable[[Batch], Mapping[str, Any]], retries: int
) -> Iterator[tuple[Batch, Mapping[str, Any]]]:
    """Give a batch as Lambda does; yields what is to be parked, and the last answer to it.

    A batch that raised is halved, each half with tries of its own; one that names records it failed on goes on with the
    first of them.
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    answer: Mapping[str, Any] = {}
    for attempt in range(retries + 1):
        time.sleep(STREAM_BACKOFF * attempt)
        answer = give(batch)
        if answer.get("error") and len(batch) > 1:
            half = len(batch) // 2
            yield from give_stream_batch(batch[:half], give, retries)
            yield from give_stream_batch(batch[half:], give, retries)
            return
        batch = batch if answer.get("error") else batch[first_failed(batch, answer) :]
        if not batch:
            return
    yield batch, answer


def first_failed(batch: Batch, answer: Mapping[str, Any]) -> int:
    """Where the first record that the function says it failed on stands; behind the last where it failed on none."""
    body = answer.get("body")
    failures = (body.get("batchItemFailures") if isinstance(body, dict) else None) or ()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    return min((numbers.index(one["itemIdentifier"]) for one in failures), default=len(batch))


MENDS: tuple[Callable[[], None], ...] = (
    mend_filter_patterns,
    mend_secret_references,
    mend_alarms_on_expressions,
    mend_transport,
    mend_public_function_urls,
    mend_asynchronous_invocations,
    mend_stream_batches,
)


def main() -> None:
    """Mend, then serve until the process is ended."""
    for mend in MENDS:
        mend()
    app.main()


if __name__ == "__main__":
    main()
