"""A decision and a line of `why403 evaluate`, beside core engine and public entry of @cloud-copilot/iam-simulate.

The peer (AGPL) is a separate program: npm installs it into a cache folder outside the tree, node runs it. Without
npm, node or the network only our own figure is told, and that the peer was not there.
"""

import gc
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from why403.cli.evaluate import answer_line, read_policies, read_request
from why403.cli.line_by_line import COLLECT_AFTER
from why403.decisions.evaluate import compile_set
from why403.decisions.lint import lint_policies

from bench.figure import Figure
from tests.oracle.fault_lab import allowed_world, policy, statement

PEER = "@cloud-copilot/iam-simulate"
WORLDS = 40
"""So many different policies that no single one decides the median."""
ROUNDS = 60
"""Times each is measured: the median moves by less than a hundredth from run to run."""
WARM = 10
"""Times each is decided unmeasured, so that caches and Node's compiler are as in a process that runs."""
REQUESTS = 12
"""Other requests to each world: more lines with policies of their own than are kept between lines."""
CACHE = Path(tempfile.gettempdir()) / "why403-bench-peer"
SIZE = 2_000
"""Bytes of policies in a world, at least."""

PERIMETER = {
    "Sid": "OnlyOurs",
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["s3:*", "sqs:*", "kms:*", "sts:*", "secretsmanager:*"],
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-aaaa"}},
}


OTHERS = {
    "dynamodb:GetItem": "arn:aws:dynamodb:us-east-1:123456789012:table/{}",
    "logs:PutLogEvents": "arn:aws:logs:us-east-1:123456789012:log-group:{}:*",
    "sqs:*": "arn:aws:sqs:us-east-1:123456789012:{}",
    "s3:Get*": "arn:aws:s3:::{}/*",
}
"""What is granted besides, as people write it: a place of another form would have something to tell in every line."""


def worlds() -> list[dict[str, Any]]:
    """Allowed worlds of about 2 KB of policies; without a session policy, of which the peer takes only one kind."""
    rng = random.Random(403)  # noqa: S311 - the same worlds in every run
    found = []
    for number in range(WORLDS):
        case = allowed_world(rng, number).case
        del case["policies"]["session"]
        case["policies"]["rcp"] = [[policy("data-perimeter", PERIMETER)]]
        while len(json.dumps(case["policies"])) < SIZE:
            several = [_other_statement(rng, n) for n in range(3)]
            case["policies"]["identity"].append(policy("others", *several))
        found.append(case)
    return found


def _other_statement(rng: random.Random, number: int) -> dict[str, Any]:
    action, place = rng.choice(tuple(OTHERS.items()))
    name = place.format(f"other-{rng.randint(0, 99)}")
    condition = {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}
    return statement(f"Other{number}", action, name, condition if number else None)


def run() -> Iterable[Figure]:
    """The median microseconds of a decision, and how many times as long the peer takes."""
    cases = worlds()
    ours = _ours(cases)
    asked = list(other_requests(cases))
    repeating = _lines(asked, list(other_requests(cases, REQUESTS)))
    own = _lines([_own_policies(case, "warm") for case in asked], [_own_policies(case) for case in asked])
    different = [_no_policy_twice(case, "x") for case in asked]
    alone = _lines([_no_policy_twice(case, "w") for case in asked], different)
    reading, linting = _parts([json.dumps(case) for case in different])
    yield Figure("policies of a world, median", _median_size(cases), "bytes")
    yield Figure("a decision, warm, median", ours, "µs", at_most=50)
    yield Figure("a line, policies repeat with other requests", repeating, "µs")
    yield Figure("a line, policies of its own beside those of its world", own, "µs")
    yield Figure("a line, no policy twice", alone, "µs")
    yield Figure("of it: from parsed JSON to a decision", reading, "µs")
    yield Figure("of it: what is odd in the policies, which the peer does not look for", linting, "µs")
    peer = _peer(asked)
    if peer is None:
        print(f"  {PEER} is not there (no npm, node or network): nothing to compare with.")
        return
    yield Figure("requests that the peer's core allows", peer["core_allowed"], f"of {len(asked)}")
    yield Figure(f"{PEER}, core engine, median", peer["core"], "µs")
    yield Figure(f"{PEER}, public entry, median", peer["entry"], "µs")
    yield Figure(f"{PEER}, core engine, from parsed JSON, median", peer["core_reading"], "µs")
    yield Figure(f"{PEER}, core engine, a line in and a line out, median", peer["core_line"], "µs")
    yield Figure("core engine ÷ ours", peer["core"] / ours, "×", at_least=2)
    yield Figure("core engine ÷ our line, policies repeat", peer["core"] / repeating, "×", at_least=5)
    like = "no policy twice"
    yield Figure(
        f"core engine ÷ ours, from parsed JSON to a decision, {like}",
        peer["core_reading"] / reading,
        "×",
        at_least=1,
    )
    line = peer["core_line"]
    yield Figure(
        f"core engine ÷ our line but for what is odd, JSON in and out, {like}",
        line / (alone - linting),
        "×",
        at_least=1,
    )
    yield Figure(f"core engine ÷ our line, JSON in and out, {like}", line / alone, "×")
    yield Figure("core engine ÷ our line, JSON in and out, own policies beside the world's", line / own, "×")
    yield Figure(f"core engine without JSON ÷ our line, {like}", peer["core_reading"] / alone, "×")
    yield Figure("public entry ÷ ours", peer["entry"] / ours, "×", at_least=5)


def other_requests(cases: list[dict[str, Any]], first: int = 0) -> Iterable[dict[str, Any]]:
    """Each world asked by other callers, on other resources and for other actions, in turns: the policies repeat.

    No request comes twice, and `first` makes them others than those from 0 on.
    """
    for number in range(first, first + REQUESTS):
        for case in cases:
            request = dict(case["request"])
            match number % 3:
                case 1:
                    request["resource"] += f"-{number}"
                case 2:
                    request["action"] = f"{request['action'].partition(':')[0]}:Delete{number}"
            request["principal"] += f"-{number}"
            yield case | {"id": f"{case['id']}-{number}", "request": request}


def _own_policies(case: dict[str, Any], kind: str = "") -> dict[str, Any]:
    """The same with resources that no other line has in what is granted besides; the rest stands as in its world."""
    text = json.dumps(case["policies"]).replace("other-", f"other-{kind}{case['id']}-".replace(" ", "-"))
    return case | {"policies": json.loads(text)}


def _no_policy_twice(case: dict[str, Any], kind: str) -> dict[str, Any]:
    """The same with no policy that stands in another line: each name and Sid another, and what `_own_policies` makes other."""
    own = _own_policies(case, kind)
    mark = f"{kind}{case['id']}-".replace(" ", "-")
    text = (
        json.dumps(own["policies"])
        .replace('"name": "', f'"name": "{mark}')
        .replace('"Sid": "', f'"Sid": "{mark}')
    )
    return own | {"policies": json.loads(text)}


def _parts(lines: list[str]) -> tuple[float, float]:
    """Median microseconds from JSON just parsed to a decision, as the peer's core does, and of the lint beside it."""
    reading, linting = [], []
    for line in lines:
        case = json.loads(line)
        start = time.process_time_ns()
        compiled = compile_set(read_policies(case["policies"]))
        compiled.decide(read_request(case["request"]))
        decided = time.process_time_ns()
        lint_policies(compiled.layers)
        linting.append(time.process_time_ns() - decided)
        reading.append(decided - start)
    return statistics.median(reading) / 1000, statistics.median(linting) / 1000


def _lines(before: list[dict[str, Any]], cases: list[dict[str, Any]]) -> float:
    """Median microseconds of a line in and a line out, after those `before`, which do not count."""
    gc.set_threshold(COLLECT_AFTER)  # as the command does
    for case in before:
        answer_line(json.dumps(case))
    times = []
    for line in [json.dumps(case) for case in cases]:
        start = time.process_time_ns()
        answer_line(line)
        times.append(time.process_time_ns() - start)
    return statistics.median(times) / 1000


def _median_size(cases: list[dict[str, Any]]) -> float:
    return statistics.median(len(json.dumps(case["policies"])) for case in cases)


def _ours(cases: list[dict[str, Any]]) -> float:
    """Median microseconds over all worlds and rounds, policies compiled before."""
    prepared = [
        (read_request(case["request"]), compile_set(read_policies(case["policies"]))) for case in cases
    ]
    times = []
    for number in range(WARM + ROUNDS):
        for request, compiled in prepared:
            start = time.process_time_ns()
            compiled.decide(request)
            if number >= WARM:
                times.append(time.process_time_ns() - start)
    return statistics.median(times) / 1000


def _peer(cases: list[dict[str, Any]]) -> dict[str, Any] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    CACHE.mkdir(exist_ok=True)
    install = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(CACHE), PEER]
    try:
        subprocess.run(install, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    program = [node, str(Path(__file__).with_name("peer.mjs")), str(CACHE)]
    done = subprocess.run(program, input=json.dumps(cases), check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    for error in told["errors"]:
        print(f"  the peer's public entry refuses a world: {error}")
    return told
