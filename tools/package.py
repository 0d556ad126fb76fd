"""Build what other accounts install: `python -m tools.package`, to dist/: zip, template, Terraform module, SBOM and their sums.

The same bytes on every machine: the modules are not compiled ahead, entries are sorted, dated 1980 and stored as they are.
What differs by account is a parameter of the template; all else is what cdk.json says as it is built (docs/install.md).
"""

import hashlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from why403 import __version__
from why403.delivery import slack_calls
from why403.environment import unpacked
from why403.errors import SettingsError

from infra.application import services_used, synthesize
from infra.asset import BuildError, built
from infra.function import ENVIRONMENT_BYTES, path_mark
from infra.settings import CONTEXT, context_of
from tools.one_template import NO_VALUE, Case, Choice, Merging, Way, cases, settings_of
from tools.sbom import bill
from tools.terraform_module import module

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
PARAMETERS = Path(__file__).with_name("template_parameters.json")
NAME = f"why403-{__version__}"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip can hold."""
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:PARAMETER"  # noqa: S105  # no secret: a place in the template
GROUP = "/PARAMETER*"
PATH = "/PARAMETER/"
KEY = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-000000000000"
SUBNET, SECURITY_GROUP = "subnet-00000000", "sg-00000000"
MARK = f"{path_mark(PATH)}-"
"""In the names of roles: with a parameter the path itself stands there, its slashes hyphens, as it cannot be hashed."""
ROLE_NAME, LONGEST_REGION = 64, 14
"""Characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
BOUNDARY = "arn:aws:iam::111122223333:policy/PARAMETER"
WHOLE: Mapping[str, Any] = {
    BOUNDARY: {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, NO_VALUE]},
    KEY: {"Ref": "KmsKeyArn"},
    PATH: {"Ref": "RolePath"},
}
"""Texts that are a parameter's place as a whole."""
PLACES: Mapping[str, Any] = {
    "log_groups": [GROUP],
    "globs_by": "filters",
    slack_calls.SECRET.setting: SECRET,
    "role_path": PATH,
    "permissions_boundary": BOUNDARY,
    "alarms": True,
    "dashboard": True,
}
"""Settings that parameters take the place of: each text marks where."""
CHOICES: tuple[Choice, ...] = (
    {
        "console": Way({"page_mode": "console"}, "IsConsole"),
        "signed": Way({"page_mode": "signed"}, "IsSigned"),
        "off": Way({"page_mode": "off"}),
    },
    {"key": Way({"kms_key": KEY}, "HasKey"), "": Way({})},
    {"subnets": Way({"subnets": [SUBNET], "security_groups": [SECURITY_GROUP]}, "HasSubnets"), "": Way({})},
)
"""Settings that change which resources there are, or how many statements."""
EVERYWHERE: tuple[Choice, ...] = (
    {"console": CHOICES[0]["console"], "off": CHOICES[0]["off"]},
    *CHOICES[1:],
)
"""Without a public URL, a resource that stack sets refuse in Regions that do not know its type, whatever its condition.

https://github.com/aws/aws-cdk/issues/25634
"""
MONITORING = {"AWS::CloudWatch::Alarm": "HasAlarms", "AWS::CloudWatch::Dashboard": "HasDashboard"}
LISTS = {SUBNET: "SubnetIds", SECURITY_GROUP: "SecurityGroupIds"}
VARIABLES = {"LANGUAGE": "Language", "RETENTION_DAYS": "RetentionDays"}


def parameters(choices: Sequence[Choice] = CHOICES) -> dict[str, Any]:
    """The template's parameters, but for the CDK's own."""
    told: dict[str, Any] = json.loads(PARAMETERS.read_text("utf-8"))
    told["CodeKey"]["Default"] = f"{NAME}.zip"
    told["PageMode"]["AllowedValues"] = [*choices[0]]
    return told


def packaged(
    variants: Mapping[Case, Mapping[str, Any]], choices: Sequence[Choice] = CHOICES
) -> dict[str, Any]:
    """The synthesized templates of these choices as one, with parameters in the marked places, and without the CDK's bootstrap."""
    chosen = {case: variants[case] for case in cases(choices)}
    body: dict[str, Any] = _replaced(Merging(choices).template(chosen))
    body["Parameters"].pop("BootstrapVersion")
    body.pop("Rules")
    body["Parameters"] |= parameters(choices)
    page, no = {"Ref": "PageMode"}, {"Fn::Equals": [{"Ref": "KmsKeyArn"}, ""]}
    subnets = {"Fn::Join": ["", {"Ref": "SubnetIds"}]}
    body["Conditions"] |= {
        "IsConsole": {"Fn::Equals": [page, "console"]},
        **({"IsSigned": {"Fn::Equals": [page, "signed"]}} if "signed" in choices[0] else {}),
        "HasKey": {"Fn::Not": [no]},
        "HasSubnets": {"Fn::Not": [{"Fn::Equals": [subnets, ""]}]},
        "HasBoundary": {"Fn::Not": [{"Fn::Equals": [{"Ref": "PermissionsBoundaryArn"}, ""]}]},
        "HasAlarms": {"Fn::Equals": [{"Ref": "Alarms"}, "yes"]},
        "HasDashboard": {
            "Fn::And": [{"Condition": "HasAlarms"}, {"Fn::Equals": [{"Ref": "Dashboard"}, "yes"]}]
        },
    }
    body["Parameters"]["RolePath"]["MaxLength"] = _longest_path(chosen)
    for name, resource in body["Resources"].items():
        _parameterize(resource)
        if name.startswith("Monitoring") and resource["Type"] in MONITORING:
            resource["Condition"] = MONITORING[resource["Type"]]
    return body


def _longest_path(variants: Mapping[Case, Mapping[str, Any]]) -> int:
    """What a role's name has room for beside the rest of it."""
    begins = (
        resource["Properties"]["RoleName"]["Fn::Join"][1][0]
        for variant in variants.values()
        for resource in variant["Resources"].values()
        if "RoleName" in resource.get("Properties", {})
    )
    return ROLE_NAME - LONGEST_REGION - max(map(len, begins)) + len(MARK)


def _parameterize(resource: dict[str, Any]) -> None:
    """What is no text of a setting: numbers, choices, and what is there or not."""
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind == "AWS::Logs::LogGroup":
        properties["RetentionInDays"] = {"Ref": "LogRetentionDays"}
    if kind == "AWS::Lambda::Function":
        bucket = {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"}
        properties["Code"] = {"S3Bucket": bucket, "S3Key": {"Ref": "CodeKey"}}
        variables = properties["Environment"]["Variables"]
        variables |= {name: {"Ref": to} for name, to in VARIABLES.items() if name in variables}
        if (size := len(json.dumps(variables))) > ENVIRONMENT_BYTES:
            largest = max(variables, key=lambda name: len(json.dumps(variables[name]))).lower()
            raise SettingsError(
                f"{largest} and what else {properties['Handler']} is told take {size} bytes, and a function's environment holds "
                f"{ENVIRONMENT_BYTES}; what a parameter changes cannot be packed. Say it shorter in cdk.json."
            )


def _replaced(value: Any) -> Any:  # noqa: ANN401  # JSON
    match value:
        case dict():
            return {key: _replaced(one) for key, one in value.items()}
        case [str(one)] if one in LISTS:
            return {"Ref": LISTS[one]}
        case list():
            return [_replaced(one) for one in value]
        case str():
            return _text(value)
        case _:
            return value


def _text(text: str) -> Any:  # noqa: ANN401  # a text, or CloudFormation's function
    if text in WHOLE:
        return WHOLE[text]
    plain = unpacked(text)
    text = plain if any(mark in plain for mark in (SECRET, GROUP, MARK)) else text
    if MARK in text:
        in_name = {"RoleMark": {"Fn::Join": ["-", {"Fn::Split": ["/", {"Ref": "RolePath"}]}]}}
        return {"Fn::Sub": [_escaped(text).replace(MARK, "${RoleMark}"), in_name]}
    if f'"{GROUP}"' in text:
        listed = {"LogGroups": {"Fn::Join": ['", "', {"Ref": "LogGroups"}]}}
        return {"Fn::Sub": [_escaped(text).replace(GROUP, "${LogGroups}"), listed]}
    if SECRET in text:
        return {"Fn::Sub": _escaped(text).replace(SECRET, "${SlackSecretArn}")}
    # A list has no place within an ARN, so that filters may be put at any group; the code keeps to those that fit.
    return text.replace(f"{GROUP}:*", "*").replace(GROUP, "*")


def _escaped(text: str) -> str:
    return text.replace("${", "${!")


def zipped(asset: Path, to: Path) -> None:
    """Every file of the asset, without compression, whose bytes differ by zlib's version."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(asset.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(asset).as_posix(), EPOCH)
                entry.create_system, entry.external_attr = 3, 0o644 << 16  # Unix, readable to all
                archive.writestr(entry, path.read_bytes())


def synthesized(context: Mapping[str, Any], asset: Path) -> dict[Case, dict[str, Any]]:
    """The template of these settings in each case, with places for the parameters."""
    made: dict[Case, dict[str, Any]] = {}
    for case in cases(CHOICES):
        settings = {**context.get(CONTEXT, {}), **PLACES, **settings_of(case, CHOICES)}
        with tempfile.TemporaryDirectory(prefix="why403-package-") as folder:
            made[case] = synthesize(lambda: asset, {**context, CONTEXT: settings}, folder)
    return made


def package(into: Path) -> list[Path]:
    """Zip, template, module, SBOM and sums, in `into`. BuildError where the asset cannot be built, SettingsError for cdk.json."""
    into.mkdir(parents=True, exist_ok=True)
    asset = built(services_used(), compiled=False)
    variants = synthesized(context_of(ROOT / "cdk.json"), asset)
    templates = {
        ".template.json": packaged(variants),
        ".every-region.template.json": packaged(variants, EVERYWHERE),
    }
    made = {ending: into / f"{NAME}{ending}" for ending in (".zip", *templates, ".tf", ".cdx.json")}
    zipped(asset, made[".zip"])
    for ending, template in templates.items():
        made[ending].write_text(json.dumps(template, indent=1, sort_keys=True) + "\n", "utf-8")
    made[".tf"].write_text(module(templates[".template.json"]["Parameters"], NAME, __version__), "utf-8")
    made[".cdx.json"].write_text(json.dumps(bill(), indent=1) + "\n", "utf-8")
    sums = into / f"{NAME}.sha256"
    told = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made.values())
    sums.write_text("".join(told), "utf-8")
    return [*made.values(), sums]


def main() -> int:
    """Build, and say where; the exit status."""
    try:
        made = package(DIST)
    except (BuildError, SettingsError) as error:
        print(f"No package: {error}", file=sys.stderr)
        return 1
    print("\n".join(str(path.relative_to(ROOT)) for path in made))
    print("docs/install.md says how to install it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
