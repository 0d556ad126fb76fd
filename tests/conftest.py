"""What many tests share: the embedded account."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from demo.account_hosts import resolve_account_hosts
from demo.emulator import Emulator, emulator

_read_model = JSONFileLoader.load_file


@cache
def _model_of(path: str) -> Any:
    return _read_model(JSONFileLoader(), path)


def pytest_configure() -> None:
    """Read AWS's models once a process: each test has sessions of its own, and their clients cost mostly this."""
    os.environ.pop("AWS_REGION", None)  # it goes before what a test says
    JSONFileLoader.load_file = lambda _loader, path: _model_of(path)  # type: ignore[assignment, method-assign]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --renew` writes the golden notices anew: read the difference before you commit it."""
    parser.addoption("--renew", action="store_true", help="write the golden files anew")


resolve_account_hosts()


@pytest.fixture(scope="session")
def embedded_account() -> Iterator[Emulator]:
    """One enforcing embedded account a test process. Tests use names of their own, or reset it."""
    with emulator() as running:
        yield running


@pytest.fixture
def empty_account(embedded_account: Emulator) -> Emulator:
    """The embedded account with nothing in it."""
    embedded_account.reset()
    return embedded_account
