"""Long random runs: `python -m bench.fuzz [--seed N] [--count N] [name ...]`.

A run is a file in this folder with

    COUNT = 1_000_000                                # how many inputs a whole run makes
    def run(seed: int, count: int) -> str: ...       # what was held, in one sentence; raises at the first failure

The same seed and count make the same inputs, so a failure can be run again.
"""

import argparse
import pkgutil
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """Every run of the folder."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if name != "__main__")


def main() -> None:
    """Run the wanted ones."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.fuzz", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--seed", type=int, default=403)
    parser.add_argument(
        "--count", type=int, help="inputs of each run; without it, as many as the run itself says"
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(names())}")
    given = parser.parse_args()
    for name in given.names or names():
        module = import_module(f"bench.fuzz.{name}")
        print(f"{name}: {module.run(given.seed, given.count or module.COUNT)}", flush=True)


if __name__ == "__main__":
    main()
