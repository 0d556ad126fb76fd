"""`why403 classify`: JSON Lines in, JSON Lines out, one object per input line."""

import json
import sys


def run(arguments: list[str]) -> int:
    """Classify standard input; 2 where arguments are given."""
    if arguments:
        print("usage: why403 classify < events.jsonl", file=sys.stderr)
        return 2
    for line in sys.stdin:
        print(json.dumps({"id": json.loads(line).get("id"), "verdict": "not-a-denial"}))
    return 0
