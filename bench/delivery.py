"""What a delivery costs beyond its lines: CPU and calls of the table in a storm of 50 causes, and lines a second by arithmetic.

DynamoDB is moto's, in the same process; the time that moto itself takes is not counted. No batch comes twice: one that does is
counted in less. No TLS: a call to AWS costs some tenths of a millisecond more.
"""

import gc
from collections.abc import Iterator
from statistics import mean, median
from time import process_time
from typing import Any

import boto3
from moto import mock_aws
from moto.core.models import botocore_stubber
from why403.aws.session import ACTING
from why403.denials.classify import classify
from why403.deployed.triage import StormTable
from why403.incidents.sighting import add_up
from why403.incidents.watch import OwnRoles, parse_watch
from why403.log_events.log_event import LogEvent, decode_subscription
from why403.triage import triage

from bench.arriving import lines, made_causes, payload
from bench.figure import Figure
from bench.incidents.cost import MEMORY_MB, assumed
from tests.fakes.dynamodb_table import NOW, make_table

CAUSES = 50
"""As in the storm of docs/cost.md."""
DELIVERIES, COUNTED = 100, 60
"""The last ones count: by then all incidents are open and hold what they keep of a storm."""
WARM = 20_000
"""Lines before them, that are only classified: a storm of a million is at its rate when the templates are known."""
EVERY_MS = {100: 35, 1_000: 180}
"""Between two deliveries of one execution that is busy without a pause, by the lines of one: what this benchmark finds."""
EXECUTIONS = 10
"""Of triage, as `concurrency` has it."""
LEAST = 30_000
"""Lines a second that ten executions of 512 MB are to hold."""


def run() -> Iterator[Figure]:
    """Deliveries that hold all causes; of fewer lines, the incidents would still gather samples when the counting begins."""
    for size in EVERY_MS:
        whole, of_lines, calls = _played(size)
        told = f"{size:,} lines a delivery"
        yield Figure(f"{told}: CPU beyond its lines", (whole - of_lines) * 1000, "ms")
        yield Figure(f"{told}: calls of the table", calls, "")
        busy = whole * assumed("memory_mb_of_one_vcpu") / MEMORY_MB
        waiting = calls * assumed("milliseconds_a_table_call") / 1000
        yield Figure(
            f"{told}: ten executions hold", EXECUTIONS * size / (busy + waiting), "lines/s", at_least=LEAST
        )


class _Moto:
    """Passes calls on to moto; their number, and the CPU seconds that it took. What it makes is not ours to collect."""

    def __init__(self, call: Any) -> None:  # noqa: ANN401  # moto has no static types
        self._call = call
        self.seconds = 0.0
        self.calls = 0

    def __call__(self, event_name: str, request: Any, **named: Any) -> Any:  # noqa: ANN401  # as above
        started = process_time()
        gc.disable()
        answer = self._call(event_name, request, **named)
        gc.freeze()
        gc.enable()
        self.seconds += process_time() - started
        self.calls += 1
        return answer


def _played(size: int) -> tuple[float, float, float]:
    """Median CPU seconds of a delivery, those of decoding and classifying it, and its calls."""
    watch = parse_watch(
        '{"include": ["*"], "exclude": []}', "[]", OwnRoles("", frozenset(), frozenset()), redact_emails=False
    )
    for message in lines(made_causes(CAUSES), WARM, seed=20):
        classify(LogEvent(message))
    messages = lines(made_causes(CAUSES), size * DELIVERIES)
    whole, of_lines, calls = [], [], []
    now = NOW
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="us-east-1").client(
            "dynamodb", config=ACTING
        )
        make_table(client, "incidents")
        moto = _Moto(botocore_stubber)
        client.meta.events.unregister("before-send", botocore_stubber)  # type: ignore[arg-type]  # moto registers it as it is
        client.meta.events.register("before-send", moto)
        table = StormTable(client, "incidents", retention_days=90, clock=lambda: now)
        for start in range(0, len(messages), size):
            delivery = payload(messages[start : start + size], start)
            started = process_time()
            add_up(decode_subscription(delivery), watch.without_own(classify), now)
            of_lines.append(process_time() - started)
            before, called = moto.seconds, moto.calls
            started = process_time()
            triage(delivery, watch=watch, table=table, classify=classify, now=now)
            whole.append(process_time() - started - (moto.seconds - before))
            calls.append(moto.calls - called)
            now += EVERY_MS[size]
    gc.unfreeze()
    return median(whole[-COUNTED:]), median(of_lines[-COUNTED:]), mean(calls[-COUNTED:])
