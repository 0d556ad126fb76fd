"""Start and stop an embedded AWS account on a free port of 127.0.0.1."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

ACCOUNT = "123456789012"
ROOT_KEY = "test"
ROOT = Path(__file__).parent.parent
STARTS_WITHIN = 60
"""Seconds: it takes some two, a machine whose cores are all busy many more."""
FUNCTIONS_AT_ONCE = 10
"""A process each: more than the stack's functions that a line sets off, fewer than a laptop minds."""
TRIES_AGAIN_AFTER = 0.5
"""Seconds before a failed asynchronous invocation is tried again, and twice that before the last time; AWS: minutes."""


class EmulatorError(Exception):
    """The embedded account did not start: says why, and where its log is."""


@dataclass(frozen=True)
class Emulator:
    """A running embedded account. `log` is its own log file."""

    endpoint: str
    region: str
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to talk to it as the account's root."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def session(
        self, *, key: str = ROOT_KEY, secret: str = ROOT_KEY, token: str | None = None
    ) -> boto3.Session:
        """A session of the account's root, or of the credentials given."""
        return boto3.Session(
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            region_name=self.region,
        )

    def reset(self) -> None:
        """Empty the account."""
        request = urllib.request.Request(f"{self.endpoint}/_ministack/reset", method="POST", data=b"")  # noqa: S310
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310  # 127.0.0.1


@contextmanager
def emulator(
    region: str = "ap-northeast-1", *, enforce: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Emulator]:
    """Run an embedded account for as long as the block lasts; EmulatorError where it does not start.

    `enforce`: check signatures and policies, as AWS does. `settings` are further environment variables.
    """
    port = free_port()
    # a function that the emulator started may still write its bytecode while the folder goes
    with tempfile.TemporaryDirectory(prefix="why403-emulator-", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "emulator.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "demo.embedded_aws"],
                cwd=folder,
                env=_environment(port, region, folder, enforce=enforce) | dict(settings or {}),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        try:
            started = Emulator(f"http://127.0.0.1:{port}", region, log)
            _wait_until_ready(started, process)
            yield started
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(port: int, region: str, folder: str, *, enforce: bool) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))
    }
    return inherited | {
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "demo" / "startup", ROOT, ROOT / "functions"))),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": region,
        "AUTH": "true" if enforce else "false",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(FUNCTIONS_AT_ONCE),
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(TRIES_AGAIN_AFTER),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": region,
        "TMPDIR": folder,
        "LOG_LEVEL": "WARNING",
    }


def _wait_until_ready(started: Emulator, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{started.endpoint}/_ministack/health", timeout=2) as answer:  # noqa: S310
                json.load(answer)
                return
        except (urllib.error.URLError, OSError, ValueError):
            time.sleep(0.1)
    words = started.log.read_text(errors="replace")[-2000:]
    raise EmulatorError(
        f"The embedded account did not start within {STARTS_WITHIN} s. Its last words:\n{words}"
    )
