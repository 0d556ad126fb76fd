"""The `why403` command: a stream starts at once, everything else through the command line's library."""

import os
import sys
from collections.abc import Callable
from importlib import import_module

from why403.cli import STREAMS
from why403.errors import NoAccessError, SettingsError, StoreError

USAGE_STATUS, NOTHING_READ, OUR_FAULT = 2, 3, 70
"""70: what sysexits.h calls an internal software error."""
INTERRUPTED, NOBODY_READS = 130, 141
"""As shells count Ctrl-C and a closed pipe: 128 and the signal's number."""
TRACEBACK = "WHY403_TRACEBACK"
"""Set, it shows where a fault of ours lies."""


def main() -> int:
    """Run the command that argv names; its exit status."""
    arguments = sys.argv[1:]
    if len(arguments) == 1 and arguments[0] in STREAMS:
        return _ended(lambda: import_module(f"why403.cli.{arguments[0]}").run([]))
    return _ended(lambda: import_module("why403.cli.app").run(arguments))


def _ended(run: Callable[[], int]) -> int:
    """The command's exit status; what ends it early becomes one as well, never a traceback."""
    try:
        status = int(run())
        sys.stdout.flush()
    except SettingsError as error:
        return _told(str(error), USAGE_STATUS)
    except (NoAccessError, StoreError) as error:
        return _told(str(error), NOTHING_READ)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # or Python's own flush at exit fails as well
        return NOBODY_READS
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        fault = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
        return _told(
            f"this is a fault of why403's own ({fault}). Please report it with the output of the same command "
            f"under {TRACEBACK}=1, and take out what is secret.",
            OUR_FAULT,
        )
    return status


def _told(sentence: str, status: int) -> int:
    print(f"why403: {sentence}", file=sys.stderr)  # noqa: T201  # a command prints
    return status


if __name__ == "__main__":
    sys.exit(main())
