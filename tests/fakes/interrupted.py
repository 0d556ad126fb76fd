"""A port whose calls can be made to break off before or after they took effect."""

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The process ended here. No handler of ours may catch it."""


class Interrupted:
    """Passes calls on to `port`. `plan` is told each call's number (from 1) and name.

    It gives None to let the call through, or the error to raise and whether the call takes effect before.
    """

    def __init__(self, port: object, plan: Callable[[int, str], tuple[BaseException, bool] | None]) -> None:
        self._port = port
        self._plan = plan
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            planned = self._plan(self.calls, name)
            if planned is None:
                return real(*arguments, **named)
            error, takes_effect = planned
            if takes_effect:
                real(*arguments, **named)
            raise error

        return call


def killed_at(step: int, *, takes_effect: bool) -> Callable[[int, str], tuple[BaseException, bool] | None]:
    """The process ends at its `step`-th call; 0: it does not."""
    return lambda number, _name: (Killed(), takes_effect) if number == step else None
