"""Lines in, lines out, in the same order: each answered as it comes, many that come together on all processors."""

import gc
import json
import os
import select
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Answer = Callable[[bytes], str]
"""From one input line to the output line, both without line ends. A name of a module: processes are handed it."""
BATCH = 256 * 1024
"""Bytes that are handed to a process at once: thousands of small lines, some hundred with policies."""
BULK = 16 * 1024
"""Bytes that lie ready together where the sender waits for no answer; fewer are answered on the spot."""
ALONE = 1024 * 1024
"""Bytes that are answered before processes are started, which take as long to come up."""
AHEAD = 3
"""Batches in work or done and not yet written, for each process."""
COLLECT_AFTER = 100_000
"""New objects between two searches for cycles: a line leaves none, and compiled policies are many to look through."""


def as_json(answer: Callable[[bytes], object]) -> Answer:
    """An answer that is written as JSON."""
    return partial(_dumped, answer)


def _dumped(answer: Callable[[bytes], object], line: bytes) -> str:
    return json.dumps(answer(line))


def answer_lines(answer: Answer) -> None:
    """Answer standard input on standard output, a line a line. A line end alone is a line; the last needs none."""
    gc.set_threshold(COLLECT_AFTER)
    bulk = _Bulk(answer)
    try:
        for batch in _batches(sys.stdin.buffer):
            bulk.take(batch)
            if not _is_more_ready():
                bulk.finish()
        bulk.finish()
    finally:
        bulk.close()


def _batches(stream: BinaryIO) -> Iterator[bytes]:
    """Whole lines, as many as lie ready."""
    begun: list[bytes] = []
    while data := stream.read1(BATCH):  # type: ignore[attr-defined]  # the buffer of sys.stdin has it
        end = data.rfind(b"\n") + 1
        begun.append(data[:end] if end else data)
        if end:
            yield b"".join(begun)
            begun = [data[end:]] if end < len(data) else []
    if begun:
        yield b"".join(begun)


def _is_more_ready() -> bool:
    """Whether reading on would not wait. Where nobody can tell, it would."""
    try:
        return bool(select.select([sys.stdin.buffer], [], [], 0)[0])
    except (OSError, ValueError):
        return False


class _Bulk:
    """Answers in the order of their lines, whoever works them out."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        self._pool: ProcessPoolExecutor | None = None
        self._pending: deque[Future[str]] = deque()
        self._taken = 0

    def take(self, batch: bytes) -> None:
        self._taken += len(batch)
        if self._processors == 1 or self._taken <= ALONE or len(batch) < BULK:
            self.finish()
            _write(_answered(self._answer, batch))
            return
        self._pending.append(self._started().submit(_answered, self._answer, batch))
        while len(self._pending) > AHEAD * self._processors:
            _write(self._pending.popleft().result())

    def finish(self) -> None:
        """Write what is still in work."""
        while self._pending:
            _write(self._pending.popleft().result())

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _started(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            # Most runs are short and need none of it.
            from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

            self._pool = ProcessPoolExecutor(self._processors, initializer=_begin)
        return self._pool


def _begin() -> None:
    """A process of its own: Ctrl-C is for the one that was started by hand, and it ends with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(COLLECT_AFTER)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Who is killed has no time to end its processes, and they would wait for work for ever."""
    from multiprocessing import parent_process  # noqa: PLC0415  # as above

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _answered(answer: Answer, batch: bytes) -> str:
    lines = batch.removesuffix(b"\n").split(b"\n")
    return "".join([f"{answer(line)}\n" for line in lines])


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
