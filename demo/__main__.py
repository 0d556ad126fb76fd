"""`make demo`: see why403 work without an AWS account. `--once` needs neither a browser nor a terminal."""

import argparse
import sys
import time
from contextlib import ExitStack, suppress

from rich.console import Console

from demo.deploy import DeployError
from demo.emulator import EmulatorError
from demo.preview import preview
from demo.printed import print_message
from demo.story import DemoError, build_world, check_revert, fix_source, provoke, provoke_further, resolve

INTERRUPTED = 130
"""A shell's own status for Ctrl-C: 128 and the signal's number."""


class Teller:
    """Says what is done, with the seconds since the start; on a terminal it shows that something still is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self.status = console.status("starting")

    def say(self, words: str) -> None:
        """One line, and what is being waited for from here on."""
        self._console.print(
            f"[{time.monotonic() - self._began:5.1f} s] {words}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        self.status.update(words.partition(". ")[0][:70])

    def pause(self, words: str) -> None:
        """Wait for Enter; go on at once where there is no terminal to press it in."""
        self.status.stop()
        with suppress(EOFError):
            input(f"{words} ")
        self.status.start()


def main() -> int:
    """Run the demo; 0 when everything went as it should, 1 with the reason where not, 130 where it was stopped."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="do it all, print the messages, and end")
    parser.add_argument("--language", choices=["en", "ja", "ko"], default="en", help="of the messages")
    given = parser.parse_args()
    teller = Teller(Console())
    try:
        with ExitStack() as stack, teller.status:
            tell(stack, teller, language=given.language, once=given.once)
    except (DemoError, DeployError, EmulatorError) as error:
        print(f"\nThe demo stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe demo was stopped. Nothing of it is left.", file=sys.stderr)
        return INTERRUPTED
    return 0


def tell(stack: ExitStack, teller: Teller, *, language: str, once: bool) -> None:
    """The story: three denials, three messages, the first one's source fixed and deployed, and what a revert is told."""
    say = teller.say
    world = build_world(stack, say, language=language, further=True)
    for message in (provoke(world, say), *provoke_further(world, say)):
        print_message(message)
    if not once:
        shown = stack.enter_context(preview(world.sink, world.outputs, world.account.endpoint))
        say(f"the messages, their buttons and their fix pages: {shown}")
        teller.pause("Look at them, then press Enter to fix the first one in its source.")
    fix_source(world, say)
    print_message(resolve(world, say))
    check_revert(world, say)
    if not once:
        teller.pause("Press Enter to end the demo.")


if __name__ == "__main__":
    sys.exit(main())
