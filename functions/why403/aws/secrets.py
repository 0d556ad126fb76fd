"""Read a secret of ours, by name or ARN.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
"""

import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.session import client
from why403.errors import DeliveryRefusedError, DeliveryRetryableError

KEPT_SECONDS = 300
"""How long a secret is kept in memory: a rotated one is used after that."""
REFUSED = frozenset(
    {"ResourceNotFoundException", "AccessDeniedException", "InvalidRequestException", "DecryptionFailure"}
)


class Secrets:
    """Secrets by name or ARN; `client_of` gives boto3's Secrets Manager client of a Region, `clock` counts seconds."""

    def __init__(self, client_of: Callable[[str], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._client_of = client_of
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def read(self, name: str) -> str:
        """The secret's text.

        DeliveryRefusedError where it is not there, empty or not ours to read, DeliveryRetryableError where it may be later.
        """
        until, text = self._kept.get(name, (0.0, ""))
        if self._clock() < until:
            return text
        return self._keep(name, self._fetch(name))

    def is_renewed(self, name: str) -> bool:
        """Whether another text stands there than was read last: asked where a receiver refused that. Raises as `read`."""
        _, before = self._kept.get(name, (0.0, ""))
        return self._keep(name, self._fetch(name)) != before

    def _keep(self, name: str, text: str) -> str:
        """An empty one is not kept: it is filled sooner or later, and then it counts."""
        if text.strip():
            self._kept[name] = (self._clock() + KEPT_SECONDS, text)
        return text

    def _fetch(self, name: str) -> str:
        try:
            found = self._client_of(region_of(name)).get_secret_value(SecretId=name)
            return str(found.get("SecretString", ""))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in REFUSED:
                raise DeliveryRefusedError(
                    f"The secret {name} cannot be read ({code}): it is not there, was never filled, or the function "
                    "may not read it (another account's secret and a customer's key have policies of their own). "
                    f"Fill it: aws secretsmanager put-secret-value --secret-id {name} "
                    "--secret-string …"
                ) from None
            raise DeliveryRetryableError(f"The secret {name} cannot be read just now ({code}).") from None
        except BotoCoreError as error:
            raise DeliveryRetryableError(
                f"Secrets Manager did not answer for {name} ({type(error).__name__})."
            ) from None


@lru_cache(maxsize=1)
def open_secrets() -> Secrets:
    """The secrets of a deployed function: one for a process, so that a warm call asks for none."""
    return Secrets(partial(client, "secretsmanager"))


def region_of(secret: str) -> str:
    """Where a secret lies that is named by its ARN, which no other Region answers for; empty: our own.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
    """
    parts = secret.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 3 else ""  # noqa: PLR2004  # an ARN's fourth part
