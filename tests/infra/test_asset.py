"""The functions' one asset: built without Docker, for the functions' own platform, and whole."""

import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import ahocorasick
import pytest

from infra.application import services_used
from infra.asset import BUILD, FUNCTIONS, LEFT_OUT, PLATFORMS, PYTHON, BuildError, built, check_libraries

pytestmark = pytest.mark.xdist_group("synth")
HANDLERS = {file.stem for file in FUNCTIONS.glob("*.py")}
AARCH64 = 183
"""ELF's number for the machine; https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html"""
LIMIT_MB = 250
"""Unzipped, by https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; we stay far below."""


@pytest.fixture(scope="module")
def asset() -> Path:
    return built(services_used())


def test_every_handler_of_the_template_is_in_it(asset: Path) -> None:
    assert {file.stem for file in asset.glob("*.py")} >= HANDLERS
    assert len(HANDLERS) == 10


def test_no_distribution_carries_a_handlers_name(asset: Path) -> None:
    named = {
        line.partition(",")[0].partition("/")[0].removesuffix(".py")
        for record in asset.glob("*.dist-info/RECORD")
        for line in record.read_text().splitlines()
    }

    assert {"boto3", "jinja2", "six"} <= named
    assert set() == named & (HANDLERS | {"why403"})


def test_what_is_compiled_fits_the_functions_machine(asset: Path) -> None:
    machines = {
        file.name: struct.unpack_from("<H", file.read_bytes(), 18)[0] for file in asset.rglob("*.so*")
    }

    assert all("aarch64" in platform for platform in PLATFORMS)
    assert dict.fromkeys(machines, AARCH64) == machines
    assert all(f"cpython-{PYTHON.replace('.', '')}-" in name for name in machines)


def test_commands_stay_out_of_it(asset: Path) -> None:
    assert not (asset / "why403" / "cli").exists()
    assert not (asset / "why403" / "__main__.py").exists()
    assert not (asset / "bin").exists()
    assert LEFT_OUT("", ["cli", "errors.py"]) == {"cli"}


def test_it_stays_small(asset: Path) -> None:
    size = sum(file.stat().st_size for file in asset.rglob("*") if file.is_file()) / 1_000_000

    assert size < LIMIT_MB / 5


def test_it_is_built_once_for_the_same_sources(asset: Path) -> None:
    assert built(services_used()) == asset


def test_each_handler_loads_from_the_asset_alone(asset: Path, tmp_path: Path) -> None:
    shutil.copy(ahocorasick.__file__, tmp_path)  # compiled for this machine, as the asset's is for Lambda's
    code = f"import sys; sys.path[:0] = [{str(asset)!r}, {str(tmp_path)!r}]; " + "; ".join(
        f"import {name}" for name in sorted(HANDLERS)
    )
    code += f"; print([m.__file__ for m in map(sys.modules.get, {sorted(HANDLERS)!r})])"
    environment = {"POWERTOOLS_SERVICE_NAME": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environment, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count(str(asset)) == len(HANDLERS)


def test_every_client_that_the_functions_make_is_described_in_it(asset: Path) -> None:
    code = (
        f"import sys, json; sys.path[:0] = [{str(asset)!r}]; import botocore.session; "
        "print(json.dumps(botocore.session.Session().get_available_services()))"
    )
    ran = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    described = set(json.loads(ran.stdout))

    assert services_used() - {"iam-toolbox"} <= described
    assert described <= services_used()


CALLS = """
import sys, json
sys.path.insert(0, sys.argv[1])
import botocore.session
session = botocore.session.Session()
session.set_credentials("a", "b")
told = {{}}
for service in {services}:
    client = session.create_client(service, region_name="cn-north-1")
    model = client.meta.service_model
    told[service] = [
        client.meta.endpoint_url, model.signing_name, model.api_version, sorted(model.operation_names), sorted(model.shape_names),
    ]
print(json.dumps(told))
"""


def test_a_client_made_of_the_asset_calls_what_one_of_the_whole_packages_calls(asset: Path) -> None:
    services = sorted(services_used() - {"iam-toolbox"})[::6]  # what is taken out is the same of each
    whole = max(BUILD.glob("packages-*"), key=lambda path: path.stat().st_mtime)
    told = [
        subprocess.run(
            [sys.executable, "-S", "-c", CALLS.format(services=services), place],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for place in (asset, whole)
    ]

    assert json.loads(told[0]) == json.loads(told[1])


A_CALL_EACH = """
import sys, json
sys.path.insert(0, sys.argv[1])
import boto3
from botocore.config import Config
class Sent(Exception): pass
def stop(request, **_): raise Sent(request.url)
session = boto3.Session("a", "b", region_name="eu-west-1")
told = {{}}
for service in {services}:
    client = session.client(service, config=Config(parameter_validation=False, retries={{"total_max_attempts": 1}}))
    client.meta.events.register("before-send", stop)
    shapes = {{name: client.meta.service_model.operation_model(name).input_shape for name in client.meta.service_model.operation_names}}
    needed = {{name: shape.required_members if shape else [] for name, shape in shapes.items()}}
    name = min(needed, key=lambda one: (len(needed[one]), one))
    try:
        client._make_api_call(name, {{member: "a" for member in needed[name]}})
    except Sent:
        told[service] = "sent"
    except Exception as error:
        told[service] = repr(error)
print(json.dumps(told))
"""
"""Of each client the operation that needs least, up to the request on the wire."""


def test_each_client_of_the_asset_makes_a_call(asset: Path) -> None:
    services = sorted(services_used() - {"iam-toolbox"})
    code = A_CALL_EACH.format(services=services)
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code, asset], capture_output=True, text=True, check=True
    )

    assert json.loads(ran.stdout) == dict.fromkeys(services, "sent")


def test_no_description_in_it_holds_prose_or_an_older_version(asset: Path) -> None:
    data = asset / "botocore" / "data"
    described = {file.parent.parent.name: file for file in data.glob("*/*/service-2.json*")}

    assert {len(list(folder.iterdir())) for folder in data.iterdir() if folder.is_dir()} == {1}
    assert {file.name for file in described.values()} == {"service-2.json"}
    assert not any(re.search('"documentation":"[^"]', file.read_text("utf-8")) for file in described.values())


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("ahocorasick.cpython-313-aarch64-linux-gnu.so", 62),
        ("ahocorasick.cpython-312-aarch64-linux-gnu.so", AARCH64),
        ("ahocorasick.cpython-313-x86_64-linux-gnu.so", AARCH64),
    ],
)
def test_a_library_of_another_machine_or_python_stops_the_build(
    tmp_path: Path, name: str, machine: int
) -> None:
    (tmp_path / name).write_bytes(bytes(18) + struct.pack("<H", machine))

    with pytest.raises(BuildError, match="does not run where the functions do"):
        check_libraries(tmp_path)
