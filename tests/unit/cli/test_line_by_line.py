"""Lines in, lines out: in order, none lost, at once where they come one by one, and ended without a traceback."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import IO

import pytest
from why403.cli.evaluate import evaluate_line
from why403.cli.line_by_line import ALONE

from tests.oracle.fault_lab import faults

ROOT = Path(__file__).parents[3]
PATIENCE = 60
"""Seconds after which a run that should have ended hangs."""


@pytest.fixture
def evaluate() -> Iterator[subprocess.Popen[bytes]]:
    """`why403 evaluate`, waiting for lines."""
    command = [sys.executable, "-m", "why403", "evaluate"]
    pipe = subprocess.PIPE
    # A suite that a shell runs in the background ignores Ctrl-C, and so would all that it starts.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env={"PYTHONPATH": str(ROOT / "functions")}
    ) as run:
        signal.signal(signal.SIGINT, ours)
        yield run
        run.kill()


def bulk(times: int) -> list[bytes]:
    """More than is answered before processes are started, `times` over, a line in a hundred no case."""
    cases = [json.dumps(fault.case).encode() for fault in faults(1, 6)]
    lines: list[bytes] = []
    while sum(map(len, lines)) < ALONE * times:
        lines += [*cases, b"no case", b"", b'{"id": "\xff"}']
    return lines


def _ask(stream: IO[bytes], lines: list[bytes]) -> None:
    stream.write(b"\n".join(lines) + b"\n")
    stream.flush()


def test_many_lines_are_answered_in_their_order(evaluate: subprocess.Popen[bytes]) -> None:
    lines = bulk(times=3)

    told, errors = evaluate.communicate(b"\n".join(lines), timeout=PATIENCE)

    expected = {line: json.dumps(evaluate_line(line)).encode() for line in set(lines)}
    assert [expected[line] for line in lines] == told.split(b"\n")[:-1]
    assert errors == b""


def test_who_asks_line_by_line_is_answered_line_by_line_after_a_bulk_as_before(
    evaluate: subprocess.Popen[bytes],
) -> None:
    assert evaluate.stdin is not None
    assert evaluate.stdout is not None
    question = next(json.dumps(fault.case).encode() for fault in faults(2, 1))
    answers = []
    for asked in ([question], bulk(times=2), [question]):
        asking = Thread(target=_ask, args=(evaluate.stdin, asked))
        asking.start()
        answers = [evaluate.stdout.readline() for _ in asked]
        asking.join()

    assert [json.dumps(evaluate_line(question)).encode() + b"\n"] == answers


def test_a_line_longer_than_any_batch_is_one_line(evaluate: subprocess.Popen[bytes]) -> None:
    case = next(fault.case for fault in faults(3, 1))
    case["request"]["context"]["aws:UserAgent"] = "x" * 2 * ALONE

    told, errors = evaluate.communicate(json.dumps(case).encode(), timeout=PATIENCE)

    assert (told.count(b"\n"), errors) == (1, b"")
    assert json.loads(told)["decision"] == "implicit-deny"


def test_who_stops_reading_ends_it_quietly(evaluate: subprocess.Popen[bytes]) -> None:
    assert evaluate.stdout is not None
    evaluate.stdout.close()

    _, errors = evaluate.communicate(b"\n".join(bulk(times=4)), timeout=PATIENCE)

    assert (evaluate.returncode, errors) == (141, b"")


def test_ctrl_c_ends_it_quietly(evaluate: subprocess.Popen[bytes]) -> None:
    assert evaluate.stdin is not None
    assert evaluate.stdout is not None
    assert evaluate.stderr is not None
    evaluate.stdin.write(b"{}\n")
    evaluate.stdin.flush()
    evaluate.stdout.readline()

    evaluate.send_signal(signal.SIGINT)

    assert evaluate.wait(PATIENCE) == 130
    assert evaluate.stderr.read() == b""


def test_who_is_killed_leaves_no_process_behind(evaluate: subprocess.Popen[bytes]) -> None:
    assert evaluate.stdin is not None
    assert evaluate.stdout is not None
    lines = bulk(times=2)
    asking = Thread(target=_ask, args=(evaluate.stdin, lines))
    asking.start()
    for _ in lines:
        evaluate.stdout.readline()
    asking.join()

    evaluate.kill()

    # Its processes hold the other ends as well: they read as ended once all are gone.
    assert evaluate.stdout.read() == b""
