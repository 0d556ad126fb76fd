"""The emulator's own process: ministack, mended from outside where it differs from AWS in what we rely on.

Started by demo/emulator.py as `python -m demo.embedded_aws`; docs/decisions/0003-embedded-world.md says why each
mend is here. Each hook is checked before it is replaced, so that another version of ministack fails loudly.
"""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners
from why403.log_events.filter_pattern import matches

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


MENDS: tuple[Callable[[], None], ...] = (
    mend_filter_patterns,
    mend_secret_references,
    mend_alarms_on_expressions,
    mend_transport,
    mend_public_function_urls,
)


def main() -> None:
    """Mend, then serve until the process is ended."""
    for mend in MENDS:
        mend()
    app.main()


if __name__ == "__main__":
    main()
