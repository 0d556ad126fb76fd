"""What many tests share: the embedded account."""

from collections.abc import Iterator

import pytest

from demo.account_hosts import resolve_account_hosts
from demo.emulator import Emulator, emulator


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
