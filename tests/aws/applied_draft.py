"""A role in the embedded account, and what a person does with a draft there: run its commands."""

import json
import shlex
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from demo.emulator import ACCOUNT, Emulator

Document = dict[str, Any]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def document(*statements: Document) -> Document:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def client(account: Emulator, service: str, keys: Document | None = None) -> Any:
    """A client of the account's administrator, or of the session that `keys` are of."""
    named = {
        "key": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]
    } if keys else {}  # fmt: skip
    session: Any = account.session(**named)
    return session.client(service, endpoint_url=account.endpoint)


def session_of(account: Emulator, role: str) -> tuple[str, Document]:
    """The ARN and the keys of a session of this role."""
    made = client(account, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="task"
    )
    return made["AssumedRoleUser"]["Arn"], made["Credentials"]


def make_role(account: Emulator, name: str, trust: Document = TRUST) -> str:
    """A role without a policy; its ARN."""
    made = client(account, "iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def apply(account: Emulator, command: str) -> None:
    """Run the `aws` commands of a draft through the same API."""
    for line in command.splitlines():
        _, service, verb, *rest = shlex.split(line)
        flags = [each for each in rest if each == "--set-as-default"]
        words = [each for each in rest if each not in flags]
        given: Document = {
            "".join(part.capitalize() for part in name.strip("-").split("-")): value
            for name, value in zip(words[::2], words[1::2], strict=True)
            if name != "--region"
        }
        if "Attributes" in given:
            given["Attributes"] = json.loads(given["Attributes"])
        given |= {"SetAsDefault": True} if flags else {}
        getattr(client(account, service), verb.replace("-", "_"))(**given)


def outcome(call: Callable[[], object]) -> str:
    """`allowed` or `denied`; whatever else went wrong as it is."""
    try:
        call()
    except ClientError as error:
        return "denied" if "AccessDenied" in error.response["Error"]["Code"] else str(error)
    return "allowed"
