"""Publish to an SNS topic.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    SSLError,
)

from why403.errors import DeliveryRefusedError, DeliveryRetryableError

REFUSED = frozenset({
    "NotFound",
    "AuthorizationError",
    "InvalidParameter",
    "ParameterValueInvalid",
    "ValidationException",
    "InvalidSecurity",
    "KMSAccessDenied",
    "KMSDisabled",
    "KMSInvalidState",
    "KMSNotFound",
    "KMSOptInRequired",
})  # fmt: skip
"""Error codes that another try will not mend."""
NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError)
"""There was no connection, so there is nothing that could have arrived."""
SERVERS_FAULT = 500
"""From here on the service may have done the work and failed behind it."""
LONGEST_SUBJECT = 99
"""SNS takes fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""


def publish(
    topic_arn: str,
    message: str,
    *,
    client: Any,  # noqa: ANN401  # boto3's clients have no static type
    subject: str = "",
    attributes: Mapping[str, str] | None = None,
) -> str:
    """The id that SNS gave the message. `attributes` are for subscribers' filters.

    DeliveryRetryableError where SNS may take it later, DeliveryRefusedError where it never will. The subject is
    cut to what SNS takes: under 100 characters of ASCII, in one line.
    """
    request: dict[str, Any] = {"TopicArn": topic_arn, "Message": message}
    if subject:
        ascii_only = " ".join(subject.encode("ascii", "ignore").decode().split())
        request["Subject"] = ascii_only[:LONGEST_SUBJECT] or "why403"
    if attributes:
        request["MessageAttributes"] = {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items() if value
        }
    try:
        message_id: str = client.publish(**request)["MessageId"]
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSED:
            raise DeliveryRefusedError(
                f"SNS refused a message for {topic_arn}: {error}. Look at the topic's policy, its key's policy and "
                "the role of the function."
            ) from error
        raise DeliveryRetryableError(
            f"SNS did not take a message for {topic_arn}: {error}.",
            may_have_arrived=error.response["ResponseMetadata"]["HTTPStatusCode"] >= SERVERS_FAULT,
        ) from error
    except BotoCoreError as error:
        raise DeliveryRetryableError(
            f"SNS did not answer for {topic_arn}: {error}.",
            may_have_arrived=not isinstance(error, NEVER_SENT),
        ) from error
    return message_id
