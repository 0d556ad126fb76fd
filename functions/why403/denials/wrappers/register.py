"""All wrappers, in the order in which they are asked."""

from collections.abc import Iterator

from why403.denials.call import Call, Wrapper
from why403.denials.wrappers import (
    botocore,
    cloudformation,
    cloudtrail,
    controllers,
    cpp,
    dotnet,
    fluent_bit,
    go,
    hadoop,
    java,
    javascript,
    php,
    ruby,
    rust,
    s3_access_log,
    services,
)

WRAPPERS: tuple[Wrapper, ...] = (
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
    hadoop.WRAPPER,
    cloudformation.WRAPPER,
    fluent_bit.WRAPPER,
    controllers.WRAPPER,
    controllers.FAILED_WRAPPER,
    cloudtrail.WRAPPER,
    s3_access_log.WRAPPER,
    services.WRAPPER,
    services.TO_CALL_WRAPPER,
    botocore.METHODS,
)


def read_calls(text: str) -> Iterator[Call]:
    """Every call that a wrapper finds in the plain text, wrapper by wrapper."""
    for wrapper in WRAPPERS:
        if any(gate in text for gate in wrapper.gates):
            yield from wrapper.read(text)
