"""This process talking to an embedded account for a while."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from why403.aws.session import forget

from demo.emulator import Emulator


@contextmanager
def talking_to(account: Emulator) -> Iterator[None]:
    """Environment and sessions are as before afterwards."""
    before = dict(os.environ)
    os.environ.update(account.environment)
    forget()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        forget()
