"""Keys in the container's environment win over its role: the SDKs look there first.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from why403.reads import Answer, DeclaredRead, Plan
from why403.workloads.workload import Workload

KEY_OWNER = DeclaredRead(
    "iam",
    "GetAccessKeyLastUsed",
    "Find the user of an access key that stands in a container's environment, where the line does not name it.",
    cache_seconds=300,
)
KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  # the name of a variable
TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  # the name of a variable
SHARED_FILES = ("AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE", "AWS_CONFIG_FILE")


def given_keys(workload: Workload) -> tuple[str, ...]:
    """The names of the variables that give it a key, as it has them."""
    return tuple(name for name in (KEY_ID, SECRET, TOKEN) if name in _given(workload))


def in_environment(workload: Workload) -> bool:
    """Both halves of a key are given to it, plainly or from secrets."""
    return {KEY_ID, SECRET} <= _given(workload)


def half_in_environment(workload: Workload) -> bool:
    """A key's id without its secret: whatever gives the secret later makes the SDK prefer the key."""
    return KEY_ID in _given(workload) and not in_environment(workload)


def _given(workload: Workload) -> set[str]:
    return {name for name, value in workload.environment.items() if value} | set(workload.secret_names)


def shared_file(workload: Workload) -> str:
    """The variable that points the SDK to a profile or a credentials file, or empty."""
    return next((name for name in SHARED_FILES if workload.environment.get(name)), "")


def owner_of_key(workload: Workload) -> Plan[str]:
    """The ARN of the user whose key stands in the environment; empty where it is no user of this account.

    One round, and only where the key's id is readable. The id goes to IAM alone.
    """
    key = workload.environment.get(KEY_ID, "")
    if not key:
        return ""
    (reply,) = yield (KEY_OWNER.of(AccessKeyId=key),)
    user = reply.text("UserName") if isinstance(reply, Answer) else ""
    return f"arn:{workload.partition}:iam::{workload.account}:user/{user}" if user else ""
