"""Whose credentials we have, and where they lead.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004

from why403.aws.failures import code_of
from why403.aws.session import client, session
from why403.errors import NoAccessError
from why403.iam.arn import parse_arn
from why403.iam.place import Place

REGION_OF_LAST_RESORT = "us-east-1"


@dataclass(frozen=True, slots=True)
class Identity:
    """Our own caller: its ARN, and the account and Region that we read in."""

    arn: str
    place: Place


def whoami(region: str = "", *, likely: str = "") -> Identity:
    """Ask STS; NoAccessError where it cannot be reached, or there are no credentials that it accepts.

    `region` is what somebody asked for, `likely` what to take before the last resort where none is configured.
    """
    where = region or session().region_name or likely or REGION_OF_LAST_RESORT
    try:
        answer: dict[str, Any] = client("sts", where).get_caller_identity()
    except (HTTPClientError, ConnectionError) as error:
        raise NoAccessError(
            f"AWS cannot be reached in {where} ({type(error).__name__}), so nothing can be read. Is that a Region, does "
            "AWS_ENDPOINT_URL point where it should, and does this network let HTTPS out?"
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise NoAccessError(
            f"AWS does not accept our credentials ({code_of(error)}), so nothing can be read. Set AWS_PROFILE or "
            "AWS_ACCESS_KEY_ID, or renew the session, and try `aws sts get-caller-identity`."
        ) from error
    arn = str(answer.get("Arn", ""))
    parsed = parse_arn(arn)
    partition = parsed.partition if parsed else "aws"
    return Identity(arn, Place(str(answer.get("Account", "")), where, partition))
