"""Run the benchmarks and say which bars are met: `python -m bench [name ...]`; without names, all of them.

A benchmark is a file in this folder: its docstring's first line says what is compared, and its one public function is

    def run() -> Iterable[Figure]: ...

It yields what it measured (bench.figure), ratios of things timed in the same run rather than times, and
finds its own input. Exit status 1 where a bar is missed, 2 for an unknown name.
"""

import pkgutil
import sys
from importlib import import_module
from pathlib import Path

from bench.figure import Figure

NOT_BENCHMARKS = {"__main__", "account", "arriving", "figure", "fuzz", "noting"}


def names() -> list[str]:
    """Every benchmark of the folder."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if name not in NOT_BENCHMARKS)


def main(wanted: list[str]) -> int:
    """Run the wanted ones, each figure on a line of its own."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    figures = [figure for name in wanted or names() for figure in _run(name)]
    return 0 if all(figure.is_met() for figure in figures) else 1


def _run(name: str) -> list[Figure]:
    module = import_module(f"bench.{name}")
    print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}")
    figures: list[Figure] = []
    for figure in module.run():
        print(f"  {figure}", flush=True)
        figures.append(figure)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
