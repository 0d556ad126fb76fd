"""The one Lambda asset, built without Docker: functions/*.py, why403 without its commands, pinned packages.

Built under build/ and kept as long as what it is made of stays the same. Everything in it is a function of
the sources, so that two machines build the same asset, but for one thing: where a Python 3.13 is at hand the
modules are compiled ahead (import of the logger: 250 → 106 ms), and where none is, it is said.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from infra.service_models import slim

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"
BUILD = ROOT / "build"
LEFT_OUT = shutil.ignore_patterns("cli", "sources", "__main__.py", "__pycache__", "*.egg-info")
PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")
PYTHON = "3.13"
LIBRARY = f".cpython-{PYTHON.replace('.', '')}-aarch64-linux-gnu.so"
MACHINE, ARM64 = slice(18, 20), bytes.fromhex("b700")
"""Where an ELF file names its processor, and ours: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html"""
KEPT = 6
"""Assets of earlier sources that stay under build/: another process may be deploying one."""
RECIPE = "3"
"""Raised when this file builds something else out of the same sources."""


class BuildError(RuntimeError):
    """A command that builds the asset failed; says which, and what it printed."""


def built(services: frozenset[str], *, compiled: bool = True) -> Path:
    """The asset's directory, built now unless it stands already.

    `services`: the boto3 clients that the functions make. botocore's descriptions of all others are left out:
    28 of the packages' 36 MB, of which no function ever loads a byte (tests/infra/test_asset.py holds that).
    `compiled` false: the same bytes on every machine.
    """
    compiler = _compiler() if compiled else ()
    if compiled and not compiler:
        _say(
            f"no Python {PYTHON} at hand, so the functions are not compiled ahead; a cold start takes about 150 ms "
            f"longer. `.venv/bin/uv python install {PYTHON}` brings one."
        )
    sources = [*FUNCTIONS.glob("*.py"), *_modules(FUNCTIONS / "why403"), FUNCTIONS / "requirements.txt"]
    asset = BUILD / f"asset-{_digest(sources, 'compiled' if compiler else 'plain', *sorted(services))}"
    if not asset.exists():
        _into(asset, lambda made: _assemble(made, services, compiler))
    os.utime(asset)
    _forget_oldest()
    return asset


def _forget_oldest() -> None:
    """By when they were last asked for."""
    for old in sorted(BUILD.glob("asset-*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _say(words: str) -> None:
    """What who deploys should know."""
    print(f"why403: {words}", file=sys.stderr)  # noqa: T201  # the CDK shows it


def _assemble(made: Path, services: frozenset[str], compiler: tuple[str, ...]) -> None:
    shutil.copytree(FUNCTIONS / "why403", made / "why403", ignore=LEFT_OUT)
    for handler in FUNCTIONS.glob("*.py"):
        shutil.copy(handler, made)
    _compile(made, compiler)
    shutil.copytree(_packages(compiler), made, dirs_exist_ok=True, ignore=_other_services(services))
    slim(made / "botocore" / "data", services)
    size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file())
    _say(f"the functions' asset is built: {size / 1_000_000:.0f} MB, unzipped")


def _other_services(services: frozenset[str]) -> Callable[[str, list[str]], set[str]]:
    """For copytree: what to leave out of each folder. Plain files of botocore/data serve all services."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        if not folder.endswith("botocore/data"):
            return set()
        return {name for name in names if (Path(folder) / name).is_dir()} - services

    return left_out


def _packages(compiler: tuple[str, ...]) -> Path:
    """The pinned packages for the functions' own platform, kept by the lock's digest."""
    lock = FUNCTIONS / "requirements.txt"
    packages = BUILD / f"packages-{_digest([lock], 'compiled' if compiler else 'plain')}"
    if not packages.exists():
        _into(packages, lambda made: _install(lock, made, compiler))
    return packages


def _compile(made: Path, compiler: tuple[str, ...]) -> None:
    """Modules that Python takes without a look at their source's date: the CDK's zip has none."""
    if compiler:
        compileall = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash")
        _run(*compiler, *compileall, "-s", str(made), "-p", "/var/task", str(made))


def _install(lock: Path, made: Path, compiler: tuple[str, ...]) -> None:
    platforms = [option for name in PLATFORMS for option in ("--platform", name)]
    _run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"),
        *("--require-hashes", "--requirement", str(lock), "--target", str(made), *platforms),
        *("--implementation", "cp", "--python-version", PYTHON, "--only-binary=:all:", "--no-compile"),
    )
    shutil.rmtree(made / "bin", ignore_errors=True)
    check_libraries(made)
    _compile(made, compiler)


def check_libraries(made: Path) -> None:
    """BuildError where a compiled library is not for the functions' own Python and processor."""
    for library in sorted(made.rglob("*.so*")):
        machine = library.read_bytes()[MACHINE]
        if not library.name.endswith(LIBRARY) or machine != ARM64:
            raise BuildError(
                f"{library.relative_to(made)} does not run where the functions do: a name that ends in {LIBRARY} and machine "
                f"{ARM64.hex()} were expected, and the machine is {machine.hex()}. Which package of functions/requirements.txt brings it?"
            )


def _into(place: Path, make: Callable[[Path], None]) -> None:
    """Make a directory whole or not at all: beside its place first, then moved."""
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix="making-") as beside:
        made = Path(beside) / "made"
        made.mkdir()
        make(made)
        try:
            made.rename(place)
        except OSError:
            if not place.exists():
                raise


def _digest(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256("\0".join((RECIPE, *words)).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _modules(package: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(package):
        left_out = LEFT_OUT(folder, [*folders, *files])
        folders[:] = sorted(set(folders) - left_out)
        yield from (Path(folder) / name for name in files if name not in left_out)


def _compiler() -> tuple[str, ...]:
    """How to start a Python of the functions' own version; empty where there is none."""
    asked = "import sys; print(sys.version_info[:2])"
    for candidate in (sys.executable, f"python{PYTHON}", *_pythons_of_pyenv(), *_python_of_uv()):
        path = shutil.which(candidate)
        found = _ask(path, "-c", asked) if path else None
        if path and found == str(tuple(map(int, PYTHON.split(".")))):
            return (path,)
    return ()


def _pythons_of_pyenv() -> tuple[str, ...]:
    """Those that it holds, whichever it has been told to use here."""
    pyenv = shutil.which("pyenv")
    root = _ask(pyenv, "root") if pyenv else ""
    found = sorted(Path(root).glob(f"versions/{PYTHON}.*/bin/python{PYTHON}")) if root else ()
    return tuple(map(str, reversed(found)))


def _python_of_uv() -> tuple[str, ...]:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if not uv:
        return ()
    return tuple(_ask(uv, "python", "find", PYTHON).split())


def _ask(*command: str) -> str:
    """What a command prints; nothing where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    return "" if done.returncode else done.stdout.strip()


def _run(*command: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  # our own
    if done.returncode:
        raise BuildError(
            f"The Lambda asset could not be built: {' '.join(command)}\n{done.stdout}{done.stderr}"
        )
