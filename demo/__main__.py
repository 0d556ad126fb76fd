"""`make demo`: see why403 work without an AWS account. `--once` needs neither a browser nor a terminal."""

import argparse
import sys
import time
from contextlib import ExitStack, suppress

from demo.deploy import DeployError
from demo.emulator import EmulatorError
from demo.preview import preview
from demo.printed import print_message
from demo.story import DemoError, apply_draft, build_world, provoke, resolve


def main() -> int:
    """Run the demo; 0 when everything went as it should, 1 with the reason where not."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="do it all, print the message, and end")
    once: bool = parser.parse_args().once
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {words}", flush=True)

    with ExitStack() as stack:
        try:
            world = build_world(stack, say)
            print_message(provoke(world, say))
            if not once:
                address = stack.enter_context(
                    preview(world.sink, world.outputs["PageUrl"], world.account.endpoint)
                )
                say(f"the message and its fix page: {address}")
                pause("Look at them, then press Enter to apply the draft.")
            apply_draft(world, say)
            print_message(resolve(world, say))
            if not once:
                pause("Press Enter to end the demo.")
        except (DemoError, DeployError, EmulatorError) as error:
            print(f"\nThe demo stopped: {error}", file=sys.stderr)
            return 1
    return 0


def pause(words: str) -> None:
    """Wait for Enter; go on at once where there is no terminal to press it in."""
    with suppress(EOFError, KeyboardInterrupt):
        input(f"{words} ")


if __name__ == "__main__":
    sys.exit(main())
