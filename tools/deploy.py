"""`make deploy`: look before, then let the CDK deploy. Arguments go to `cdk deploy`.

Concurrency is reserved where the account has it to spare: new accounts have ten executions in all.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from why403.errors import Why403Error

from infra.function import RESERVE
from infra.settings import CONTEXT, Settings, context_of
from tools.preflight import BLOCKED, examine, settings_to_deploy
from tools.preflight_checks import can_reserve

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CDK = (str(BIN / "node"), str(ROOT / "tools" / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"))
"""As tools/cdk.sh puts it there, by its lockfile."""
OTHERS = frozenset({"bootstrap", "destroy"})
"""What else is asked of the CDK, without a look before."""


def command(settings: Settings, arguments: list[str]) -> list[str]:
    """The CDK's own command, with the stack's parameter."""
    return cdk("deploy", "--parameters", f"{RESERVE}={'yes' if _reserves(settings) else 'no'}", *arguments)


def cdk(*arguments: str) -> list[str]:
    """A command of the CDK's, with the app run by this Python."""
    return [*CDK, "--app", f"{sys.executable} app.py", *arguments]


PAGE_MODES = {
    "console": "a dashboard in the CloudWatch console, for those whom IAM lets; no public URL, in every Region",
    "signed": "a page at a public URL, which a message's link opens for whoever has it, until it expires",
    "off": "nowhere but in messages and in the terminal: why403 incidents, open, mute, expect",
}
INTERRUPTED = 130
"""As a shell tells it: 128 and SIGINT's number."""
DEFAULT_MODE = next(iter(PAGE_MODES))


def choose_page_mode(file: Path, arguments: list[str], ask: Callable[[str], str] | None) -> None:
    """Before the first deployment: ask where incidents are shown and keep the answer in the file.

    `ask` is None where nobody sits at a terminal: the default is said then, and the file is left as it is.
    """
    own = context_of(file).get(CONTEXT, {})
    given = any(text.startswith(f"{CONTEXT}=") for text in arguments)
    if given or not isinstance(own, dict) or "page_mode" in own:
        return
    print("Where are incidents shown (setting page_mode)?")
    for mode, told in PAGE_MODES.items():
        print(f"  {mode}: {told}")
    if ask is None:
        print(f"Nobody to ask here: it is {DEFAULT_MODE}. Another is written into cdk.json as page_mode.")
        return
    chosen = ""
    while chosen not in PAGE_MODES:
        chosen = ask(f"{', '.join(PAGE_MODES)} [{DEFAULT_MODE}]: ").strip().lower() or DEFAULT_MODE
    whole = json.loads(file.read_text("utf-8"))
    whole["context"].setdefault(CONTEXT, {})["page_mode"] = chosen
    file.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _reserves(settings: Settings) -> bool:
    """The preflight said already where this could not be asked."""
    try:
        return can_reserve(settings)
    except (BotoCoreError, ClientError):
        return True


def main(arguments: list[str]) -> int:
    """The CDK's exit status, or 1 where the preflight found that it would fail."""
    if OTHERS & {*arguments[:1]}:
        return _run(cdk(*arguments))
    try:
        choose_page_mode(ROOT / "cdk.json", arguments, ask=input if sys.stdin.isatty() else None)
        settings = settings_to_deploy(arguments)
        if not examine(settings):
            return BLOCKED
    except Why403Error as error:
        print(error, file=sys.stderr)
        return BLOCKED
    except (EOFError, KeyboardInterrupt):  # Ctrl-D and Ctrl-C
        print("\nNothing was deployed.", file=sys.stderr)
        return INTERRUPTED
    return _run(command(settings, arguments))


def _run(command: list[str]) -> int:
    """With this Python's Node before the machine's own."""
    environment = {**os.environ, "PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", "")))}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603  # the CDK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
