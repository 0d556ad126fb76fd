"""All wrappers in the order in which they are asked: the SDKs' first, then the tools'."""

from collections.abc import Iterator, Mapping
from functools import cache

from why403.denials.call import FailedCall, Wrapper
from why403.denials.contains import holds_any
from why403.denials.wrappers import (
    botocore,
    cloudformation,
    cloudtrail,
    controllers,
    cpp,
    dotnet,
    fields,
    fluent_bit,
    go,
    hadoop,
    iot,
    java,
    javascript,
    patterns,
    php,
    ruby,
    rust,
    s3_access_log,
    s3fs,
    service_logs,
    services,
    states,
)
from why403.denials.wrappers.named import read_named

SDKS: tuple[Wrapper, ...] = (
    botocore.WRAPPER,
    go.V2_WRAPPER,
    go.API_ERROR_WRAPPER,
    go.V1_WRAPPER,
    java.WRAPPER,
    java.CLASSES,
    javascript.WRAPPER,
    javascript.CODES,
    php.WRAPPER,
    php.CLASSES,
    ruby.WRAPPER,
    dotnet.WRAPPER,
    rust.WRAPPER,
    rust.CODES,
    cpp.WRAPPER,
    cpp.ARROW_WRAPPER,
)
TOOLS: tuple[Wrapper, ...] = (
    hadoop.WRAPPER,
    hadoop.STORE_WRAPPER,
    s3fs.WRAPPER,
    cloudformation.WRAPPER,
    fluent_bit.WRAPPER,
    controllers.WRAPPER,
    controllers.FAILED_WRAPPER,
    cloudtrail.WRAPPER,
    s3_access_log.WRAPPER,
    iot.WRAPPER,
    iot.RULE_WRAPPER,
    iot.ANSWER_WRAPPER,
    service_logs.SNS_WRAPPER,
    service_logs.FIREHOSE_WRAPPER,
    service_logs.TRANSFER_WRAPPER,
    service_logs.BEDROCK_WRAPPER,
    states.WRAPPER,
    services.ROLE_WRAPPER,
    services.WRAPPER,
    services.TO_CALL_WRAPPER,
    services.CLASS_WRAPPER,
    services.PRINCIPAL_WRAPPER,
    botocore.CALLING_WRAPPER,
    botocore.METHODS,
    fields.WRAPPER,
)

WRAPPERS = SDKS + patterns.wrappers() + TOOLS


@cache
def _by_gate() -> Mapping[str, tuple[int, ...]]:
    """Gate in lower case → the places of the wrappers behind it."""
    behind: dict[str, list[int]] = {}
    for number, wrapper in enumerate(WRAPPERS):
        for gate in services.says() if wrapper is services.WRAPPER else wrapper.gates:
            behind.setdefault(gate.lower(), []).append(number)
    return {gate: tuple(numbers) for gate, numbers in behind.items()}


def gates() -> Iterator[str]:
    """What a text, in lower case, must hold for a wrapper to be asked."""
    return iter(_by_gate())


def read_calls(text: str, found: frozenset[str], *, in_passing: bool) -> Iterator[FailedCall]:
    """Every call that a wrapper finds in the plain text, wrapper by wrapper; `found` are the gates that it holds.

    `in_passing`: where none names an operation, calls named in passing count too.
    """
    told = False
    by_gate = _by_gate()
    for number in sorted({number for gate in found if gate in by_gate for number in by_gate[gate]}):
        if holds_any(text, WRAPPERS[number].gates):
            for call in WRAPPERS[number].read(text):
                told = told or bool(call.operation or call.action)
                yield call
    if in_passing and not told:
        yield from read_named(text)
