"""One template for all accounts: what differs is a parameter, and the same sources give the same bytes."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest
from why403.delivery import slack_calls
from why403.errors import SettingsError
from why403.incidents.watch import OwnRoles

from demo.deploy import wait_for
from demo.emulator import Emulator, emulator
from infra.application import services_used
from infra.asset import built
from tests.infra.resolved import Stack
from tools.one_template import Case, cases, settings_of
from tools.package import (
    CHOICES,
    EVERYWHERE,
    KEY,
    PLACES,
    SECURITY_GROUP,
    SUBNET,
    packaged,
    parameters,
    zipped,
)
from tools.terraform_module import module

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]
PLACE = slack_calls.SECRET.setting
SKIPPED = ("W3005", "W3037")
"""Dependencies that the CDK writes twice; actions of a service that is younger than cfn-lint's list (iam-toolbox)."""


@pytest.fixture(scope="session")
def variants(synth: Any) -> dict[Case, dict[str, Any]]:
    return {case: synth({**PLACES, **settings_of(case, CHOICES)}).body for case in cases(CHOICES)}


@pytest.fixture(scope="session")
def template(variants: dict[Case, dict[str, Any]]) -> dict[str, Any]:
    return packaged(variants)


def environments(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    functions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    return {
        one["Properties"]["Handler"].partition(".")[0]: one["Properties"]["Environment"]["Variables"]
        for one in functions
    }


def test_no_place_of_a_parameter_is_left_and_nothing_of_the_cdks_bootstrap(template: dict[str, Any]) -> None:
    text = json.dumps(template)

    places = ("PARAMETER", KEY, SUBNET, SECURITY_GROUP, "cdk-hnb659fds", "BootstrapVersion")

    assert [left for left in places if left in text] == []


GIVEN: dict[str, dict[str, Any]] = {
    "key": {"KmsKeyArn": KEY},
    "subnets": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]},
    "": {},
}


def test_the_one_template_is_each_way_of_setting_it(
    template: dict[str, Any], variants: dict[Case, dict[str, Any]]
) -> None:
    for (page, key, subnets), variant in variants.items():
        given = {"PageMode": page, "SubnetIds": [""], **GIVEN[key], **GIVEN[subnets]}
        one = Stack(template, given)
        alone = Stack(packaged(dict.fromkeys(variants, variant)), given)

        assert one.section("Resources") == alone.section("Resources")
        assert one.section("Outputs") == alone.section("Outputs")


def test_the_template_for_every_region_has_no_type_that_some_do_not_know_and_is_otherwise_the_same(
    template: dict[str, Any], variants: dict[Case, dict[str, Any]]
) -> None:
    everywhere = packaged(variants, EVERYWHERE)
    kinds = {one["Type"] for one in everywhere["Resources"].values()}

    assert "AWS::Lambda::Url" not in kinds
    assert everywhere["Parameters"].pop("PageMode")["AllowedValues"] == ["console", "off"]
    assert everywhere["Parameters"].items() <= template["Parameters"].items()
    for page, key, subnets in cases(EVERYWHERE):
        given = {"PageMode": page, "SubnetIds": [""], **GIVEN[key], **GIVEN[subnets]}
        assert Stack(everywhere, given).section("Resources") == Stack(template, given).section("Resources")


def test_every_parameter_is_used(template: dict[str, Any]) -> None:
    text = json.dumps({key: value for key, value in template.items() if key != "Parameters"})

    assert [one for one in parameters() if f'"{one}"' not in text and f"${{{one}}}" not in text] == []


def test_the_log_groups_of_the_parameter_arrive_as_the_functions_read_them(template: dict[str, Any]) -> None:
    written, values = environments(template)["triage"]["LOG_GROUPS"]["Fn::Sub"]
    joined = values["LogGroups"]["Fn::Join"][0].join(["/ecs/*", "/app/orders"])

    assert json.loads(written.replace("${LogGroups}", joined)) == {
        "include": ["/ecs/*", "/app/orders"],
        "exclude": ["/why403/*"],
    }
    assert json.loads(environments(template)["notify"]["ROUTES"]["Fn::Sub"]) == [
        {"slack_secret": "${SlackSecretArn}"}
    ]


def test_a_place_is_found_in_a_value_that_was_packed(variants: dict[Case, dict[str, Any]]) -> None:
    from infra.function import pack  # noqa: PLC0415  # starts Node

    many = [{"name": f"team-{number}", PLACE: PLACES[PLACE]} for number in range(20)]
    (variant,) = [one for case, one in variants.items() if case == ("console", "", "")]
    body = json.loads(json.dumps(variant))
    environments(body)["notify"]["ROUTES"] = pack(json.dumps(many))
    told = environments(packaged(dict.fromkeys(variants, body)))["notify"]["ROUTES"]

    assert environments(body)["notify"]["ROUTES"].startswith("gzip")
    assert told["Fn::Sub"].count("${SlackSecretArn}") == 20
    environments(body)["notify"]["ROUTES"] = pack(json.dumps(many * 4))
    with pytest.raises(SettingsError, match="routes and what else notify"):
        packaged(dict.fromkeys(variants, body))


@pytest.mark.parametrize("path", ["/", "/teams/platform/"])
def test_another_path_names_the_roles_anew_and_they_are_known_as_our_own(
    template: dict[str, Any], path: str
) -> None:
    def filled(value: Any) -> str:
        match value:
            case {"Fn::Sub": [text, {"RoleMark": _}]}:
                return str(text).replace("${RoleMark}", path.replace("/", "-"))
            case {"Fn::Join": [_, parts]}:
                return "".join(map(filled, parts))
            case {"Ref": "AWS::Region"}:
                return "ap-southeast-4"
        return str(value)

    resources = template["Resources"].values()
    names = [filled(one["Properties"]["RoleName"]) for one in resources if one["Type"] == "AWS::IAM::Role"]
    own = OwnRoles("1" * 12, frozenset(json.loads(filled(environments(template)["triage"]["OWN_ROLES"]))))
    told = template["Parameters"]["RolePath"]

    assert f"why403-diagnose{path.replace('/', '-')}ap-southeast-4" in names
    assert all(own.has(f"arn:aws:sts::{'1' * 12}:assumed-role/{name}/session") for name in names)
    assert max(map(len, names)) - len(path) + told["MaxLength"] == 64


def test_cloudformation_would_take_it(template: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template))
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), "--ignore-checks", *SKIPPED, "--", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.returncode) == ("", 0)


def test_the_same_files_are_the_same_zip_whatever_their_dates_and_order(tmp_path: Path) -> None:
    sums = []
    for place, names in (("one", ("b.py", "a.py")), ("two", ("a.py", "b.py"))):
        asset = tmp_path / place
        (asset / "__pycache__").mkdir(parents=True)
        (asset / "__pycache__" / f"{place}.pyc").write_text(place)
        for name in names:
            (asset / name).write_text(name)
            (asset / name).chmod(0o600 if place == "one" else 0o755)
        zipped(asset, tmp_path / f"{place}.zip")
        sums.append((tmp_path / f"{place}.zip").read_bytes())

    assert sums[0] == sums[1]
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["a.py", "b.py"]


def test_the_page_names_every_parameter_and_its_commands_give_those_without_a_default(
    template: dict[str, Any],
) -> None:
    page = (ROOT / "docs" / "install.md").read_text()
    needed = {name for name, told in template["Parameters"].items() if "Default" not in told}

    assert [name for name in template["Parameters"] if f"`{name}`" not in page] == []
    for command in re.findall(r"create-stack(?:-set)? (?:.*\\\n)*.*", page):
        assert needed == set(re.findall(r"ParameterKey=(\w+)", command))


def test_the_terraform_module_hands_every_parameter_of_the_template_on(template: dict[str, Any]) -> None:
    written = hcl2.loads(module(template["Parameters"], "why403-1.2.3", "1.2.3"))
    named = {
        (kind.strip('"'), name.strip('"')): body
        for one in written["resource"]
        for kind, within in one.items()
        for name, body in within.items()
    }
    stack = named["aws_cloudformation_stack", "why403"]
    objects = [body for (kind, _), body in named.items() if kind == "aws_s3_object"]
    names = {name.strip('"') for one in written["variable"] for name in one}

    assert set(template["Parameters"]) == set(stack["parameters"])
    assert {"code_bucket_prefix", "slack_secret_arn", "log_groups", "page_mode", "kms_key_arn"} <= names
    # Else a template that was built anew changes no URL, and a rollback finds the zip before it gone.
    assert ["filesha256" in body["key"] for body in objects] == [True, True]
    assert [body["lifecycle"][0]["create_before_destroy"] for body in objects] == [True, True]


def test_the_module_is_written_as_terraform_formats_it(template: dict[str, Any], tmp_path: Path) -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed here")
    (tmp_path / "main.tf").write_text(module(template["Parameters"], "why403-1.2.3", "1.2.3"))
    ran = subprocess.run(  # found on the path
        [terraform, "fmt", "-check", "-diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )

    assert (ran.stdout, ran.returncode) == ("", 0)


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("package") / "code.zip"
    zipped(built(services_used()), file)
    return file


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as running:
        yield running


@pytest.mark.emulator
@pytest.mark.parametrize(
    "changed",
    [{}, {"PageMode": "signed", "Alarms": "no", "LogGroups": "/app/*,/ecs/orders", "RolePath": "/teams/"}],
)
def test_the_documented_command_makes_the_stack_as_a_stack_set_calls_it(
    template: dict[str, Any], code: Path, account: Emulator, changed: dict[str, str]
) -> None:
    page = (ROOT / "docs" / "install.md").read_text()
    (command,) = re.findall(r"cloudformation create-stack --(?:.*\\\n)*.*", page)
    given = dict(re.findall(r"ParameterKey=(\w+),ParameterValue=(\S+)", command)) | changed
    name = "StackSet-why403-0a1b2c3d-0000-4444-8888-000000000001"

    account.reset()
    session = account.session()
    s3: Any = session.client("s3", endpoint_url=account.endpoint)
    cloudformation: Any = session.client("cloudformation", endpoint_url=account.endpoint)
    bucket = f"{given['CodeBucketPrefix']}-{account.region}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    s3.upload_file(str(code), bucket, template["Parameters"]["CodeKey"]["Default"])
    s3.put_object(Bucket=bucket, Key="t.json", Body=json.dumps(template).encode())
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{account.endpoint}/{bucket}/t.json",
        Capabilities=re.findall(r"CAPABILITY_\w+", command),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    outputs = wait_for(cloudformation, name)
    iam = session.client("iam", endpoint_url=account.endpoint)
    roles = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    functions = session.client("lambda", endpoint_url=account.endpoint)
    told = functions.get_function_configuration(FunctionName=outputs["TriageFunction"])["Environment"][
        "Variables"
    ]

    assert ("PageUrl" in outputs, "ConsoleDashboard" in outputs) == (bool(changed), not changed)
    assert outputs["RedriveCommand"].endswith(f"--stack {name} --region {account.region}")
    assert f"why403-diagnose{given.get('RolePath', '/').replace('/', '-')}{account.region}" in roles
    assert json.loads(told["LOG_GROUPS"])["include"] == given.get("LogGroups", "/ecs/*,/aws/lambda/*").split(
        ","
    )
