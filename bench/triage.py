"""Triage of a subscription's payload, against the floor of decoding it (base64, gzip, JSON), and of hostile lines.

The floor and the triage run by turns, so that both see the same machine. In the first payload no two lines are the
same; in the second the denials and lookalikes repeat, as in a storm, and the classifier remembers them.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from why403.denials.classify import _remembered, classify
from why403.incidents.sighting import add_up
from why403.log_events.log_event import LogEvent
from why403.log_events.payload import decode_subscription

from bench.figure import Figure, median_seconds

CASES = Path(__file__).parent.parent / "tests" / "cases" / "denials"
LINES = 10_000
ROUNDS = 9
NOISE = (
    (
        '{{"level":"info","time":"2026-03-01T10:00:{1:02d}.{1:03d}Z","service":"orders","traceId":"{0:032x}","msg":"order shipped",'
        '"orderId":"{0:024x}","customer":"c-{0:016x}","durationMs":{1},"path":"/v1/orders","status":200}}'
    ),
    "2026-03-01T10:00:{1:02d}.{1:03d}Z INFO  [http-nio-8080-exec-{1}] c.e.orders.web.RequestLog : GET /v1/orders/{0:032x} 200 {1}ms",
    "START RequestId: {0:032x} Version: $LATEST",
    "REPORT RequestId: {0:032x}\tDuration: {1}.31 ms\tBilled Duration: {1} ms\tMemory Size: 512 MB\tMax Memory Used: 98 MB\t",
    "\tat com.example.orders.OrderRepository$$FastClassBySpringCGLIB$${0:08x}.invoke(<generated>:{1})",
)
MEGABYTE = 1_000_000
HOSTILE = {
    "no match at all": "abcdefghij ",
    "open quotes": '"',
    "anchors": "is not authorized to perform: ",
    "half sentences": "User: arn:aws:iam::123456789012:user/a is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b ",
    "errors without an end": "An error occurred (AccessDenied) ",
    "403s": "403 ",
    "ARNs": "arn:aws:s3:::<a",
    "backslashes": "\\",
    "frames": "│ \n",
    "Java services": "(Service: Amazon S3; Status Code: 403; ",
    "operation errors": "operation error S3: ",
    "URLs": "https://a.s3.amazonaws.com/",
    "brackets": "[{(<",
    "spaces in 403 Forbidden": "403 Forbidden" + " " * 500,
}
MOST_MILLISECONDS = 100


def run() -> Iterator[Figure]:
    """The ratio over 1% denials, 9% lookalikes and 90% noise; then each hostile line of a megabyte."""
    different, repeated = _payload(different=True), _payload(different=False)
    floor, classified, counted = _by_turns(different, _decode, _classify, _count)
    yield Figure("decoding alone, a line", floor / LINES * 1e6, "µs")
    yield Figure("decoding and classifying, a line", classified / LINES * 1e6, "µs")
    yield Figure("classifying ÷ decoding, all lines different", classified / floor, "×", at_most=2)
    yield Figure("classifying and counting ÷ decoding, all lines different", counted / floor, "×")
    floor, classified, counted = _by_turns(repeated, _decode, _classify, _count)
    yield Figure("classifying ÷ decoding, lines that repeat", classified / floor, "×", at_most=2)
    yield Figure("classifying and counting ÷ decoding, lines that repeat", counted / floor, "×")
    for name, piece in HOSTILE.items():
        line = LogEvent((piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE])
        seconds = median_seconds(lambda line=line: classify(line), rounds=3)  # type: ignore[misc]
        yield Figure(f"1 MB of {name}", seconds * 1000, "ms", at_most=MOST_MILLISECONDS)


def _by_turns(event: dict[str, Any], *ways: Callable[[dict[str, Any]], object]) -> list[float]:
    """Median seconds of each way to treat the payload."""
    seconds: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, taken in zip(ways, seconds, strict=True):
            _remembered.cache_clear()
            started = perf_counter()
            way(event)
            taken.append(perf_counter() - started)
    return [median(taken) for taken in seconds]


def _classify(event: dict[str, Any]) -> None:
    for line in decode_subscription(event):
        classify(line)


def _count(event: dict[str, Any]) -> None:
    add_up(decode_subscription(event), classify, 0)


def _payload(*, different: bool) -> dict[str, Any]:
    random = Random(403)  # noqa: S311  # the same payload in every run
    denials, lookalikes = _cases()
    messages = [random.choice(denials) for _ in range(LINES // 100)]
    messages += [random.choice(lookalikes) for _ in range(LINES * 9 // 100)]
    if different:
        messages = [f"{message} #{random.getrandbits(64):016x}" for message in messages]
    messages += [
        random.choice(NOISE).format(random.getrandbits(128), number % 60)
        for number in range(LINES - len(messages))
    ]
    random.shuffle(messages)
    entries = [
        {"id": f"{number:056d}", "timestamp": number, "message": message}
        for number, message in enumerate(messages)
    ]
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "g",
        "logStream": "s",
        "logEvents": entries,
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def _cases() -> tuple[list[str], list[str]]:
    cases = [case for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text())]
    denials = [case["message"] for case in cases if case["expect"][0]["verdict"] == "missing-permission"]
    return denials, [case["message"] for case in cases if case["message"] not in set(denials)]


def _decode(event: dict[str, Any]) -> object:
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
