"""Whose credentials a test calls with: the embedded account's, moto's in this process, or nobody's."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from moto import mock_aws
from why403.aws.session import forget

from demo.emulator import Emulator
from tests.aws.policy_holders import REGION


@contextmanager
def calling_in(account: Emulator) -> Iterator[Emulator]:
    """Call as the account's root within the block; the account is emptied at its end."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in account.environment.items():
            patch.setenv(name, value)
        forget()
        yield account
    forget()
    account.reset()


@contextmanager
def calling_in_moto(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Call in an empty account of moto's within the block."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "testing")
    patch.setenv("AWS_DEFAULT_REGION", REGION)
    patch.delenv("AWS_ENDPOINT_URL", raising=False)
    forget()
    with mock_aws():
        yield
    forget()


@contextmanager
def calling_as_nobody(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Call without any credentials within the block."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        patch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        patch.setenv(name, "/nowhere")
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    forget()
    yield
    forget()
