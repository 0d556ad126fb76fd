"""Reads in another account go through the role that a setting names for it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

import boto3

from why403.aws.session import READING, Clients
from why403.iam.place import Place
from why403.reads import ORGANIZATION

SESSION_SECONDS = 900
"""AssumeRole's least: credentials for another account live no longer than the reads need."""
RENEW_AFTER_SECONDS = 600
"""Five minutes before they end, longer than a function of ours runs on with them."""
SESSION_NAME = "why403"


ANY_ACCOUNT = "*"
"""In `roles`: the name of a role, with its path, that stands in every account that no other entry is for."""
ROLE_NAME = r"(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,64}"
"""Such a name: what IAM takes, without a / before its path."""


class NoReadRoleError(LookupError):
    """No setting names a role to read this account with."""


@dataclass(frozen=True, slots=True)
class _Assumed:
    clients: Clients
    renew_at: float


class Accounts:
    """Clients by account: our own for our account, else those of the role to assume.

    `roles` maps an account id, or ORGANIZATION, to a role's ARN, and ANY_ACCOUNT to a role's name. Without a role for ORGANIZATION our own
    credentials are tried: the stack may stand in the management account.
    """

    def __init__(
        self,
        place: Place,
        own: Clients,
        roles: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._own = own
        self._roles = {account: role for account, role in roles.items() if role}
        self._clock = clock
        self._assumed: dict[str, _Assumed] = {}
        self._lock = Lock()

    @property
    def region(self) -> str:
        """Where a read is made that names no Region: the place's, whatever the session's own is."""
        return self._place.region

    def clients(self, account: str) -> Clients:
        """The clients to read `account` with. NoReadRoleError, or botocore's errors of AssumeRole."""
        role = self._role(account)
        if account in {"", self._place.account} or (account == ORGANIZATION and not role):
            return self._own
        if not role:
            raise NoReadRoleError(account)
        with self._lock:
            known = self._assumed.get(account)
            if known is None or known.renew_at <= self._clock():
                known = _Assumed(self._assume(role), self._clock() + RENEW_AFTER_SECONDS)
                self._assumed[account] = known
            return known.clients

    def _role(self, account: str) -> str:
        named = self._roles.get(ANY_ACCOUNT, "")
        if account in self._roles or account == ORGANIZATION or not named:
            return self._roles.get(account, "")
        return f"arn:{self._place.partition}:iam::{account}:role/{named}"

    def _assume(self, role: str) -> Clients:
        given = self._own.get("sts").assume_role(
            RoleArn=role, RoleSessionName=SESSION_NAME, DurationSeconds=SESSION_SECONDS
        )["Credentials"]
        assumed = boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=self._place.region,
        )
        return Clients(assumed, READING)
