"""The options that commands share: with whose credentials they read, where, which stack, and time spans."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from why403.aws.accounts import ANY_ACCOUNT, ROLE_NAME
from why403.aws.session import sign_in
from why403.iam.principal import PrincipalKind, parse_principal
from why403.reads import ORGANIZATION

ACCOUNT = re.compile(r"[0-9]{12}")
"""An account id, as AWS writes it."""
SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
Wrapped = TypeVar("Wrapped", bound=Callable[..., Any])


def credentials(command: Wrapped) -> Wrapped:
    """The options that say with which credentials, and where: --profile and --region."""

    def chosen(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
        if name:
            sign_in(name)
        return name

    with_region = click.option(
        "--region", default="", metavar="REGION", help="Where to look; default: your configured Region."
    )
    with_profile = click.option(
        "--profile",
        default="",
        metavar="NAME",
        expose_value=False,
        callback=chosen,
        shell_complete=_profiles,
        help="A profile of your AWS configuration; default: AWS_PROFILE, or what the environment holds.",
    )
    return with_profile(with_region(command))


def _profiles(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415  # only a shell asks this
    from botocore.session import Session  # noqa: PLC0415

    try:
        return [name for name in Session().available_profiles if name.startswith(begun)]
    except BotoCoreError:
        return []


def of_stack(command: Wrapped) -> Wrapped:
    """The option that names the deployed stack."""
    told = "The deployed stack (default: why403)."
    return click.option("--stack", default="why403", metavar="NAME", help=told)(command)


def seconds(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """For a time span such as 24h: its seconds; None where none is given."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text)  # a number and its unit, as people write spans
    if found is None:
        raise click.BadParameter(f"{text!r} is no time span: 30m, 24h, 7d and 2w are")
    return int(found[1]) * SECONDS[found[2]]


def read_roles(command: Wrapped) -> Wrapped:
    """The options that name roles to read elsewhere with, each a mapping of account (or ORGANIZATION) to ARN."""
    targets = click.option(
        "--target-read-role",
        multiple=True,
        metavar="ACCOUNT=ARN",
        callback=_read_role,
        help="A role to read the targets of another account with (repeatable), or *=NAME for all; without one, what lies there is told as "
        "unreadable.",
    )
    organization = click.option(
        "--organization-read-role",
        default="",
        metavar="ARN",
        callback=_organization_role,
        help="A role in the organization's management account to read SCPs and RCPs with; without one, your own "
        "credentials are tried.",
    )
    return targets(organization(command))


def _read_role(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    return dict(_role_of_account(text) for text in given)


def _organization_role(_context: click.Context, _parameter: click.Parameter, arn: str) -> dict[str, str]:
    return {ORGANIZATION: _role(arn)} if arn else {}


def _role_of_account(text: str) -> tuple[str, str]:
    account, equals, arn = text.partition("=")
    if account == ANY_ACCOUNT and re.fullmatch(ROLE_NAME, arn, re.ASCII):
        return account, arn
    if not equals or not ACCOUNT.fullmatch(account):
        raise click.BadParameter(
            f"{text} is not ACCOUNT=ARN: give the account's 12 digits, =, and the role's ARN; or *= and the name that the role "
            "has in every account"
        )
    return account, _role(arn)


def _role(arn: str) -> str:
    if parse_principal(arn).kind is not PrincipalKind.ROLE:
        raise click.BadParameter(f"{arn} is no role's ARN: it looks like arn:aws:iam::123456789012:role/NAME")
    return arn
