"""The Terraform module that wraps the template: its variables are the template's parameters, in Terraform's way of naming.

It puts zip and template into a bucket and makes the stack of them: a template of this size is taken from S3 alone.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

OWN = frozenset({"CodeBucketPrefix", "CodeKey"})
"""Parameters that the module itself knows."""
HEAD = """\
# why403 {version}: the CloudFormation template as a module. `make package` writes it; docs/install.md shows its use.

terraform {{
  required_version = ">= 1.3"
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }}
  }}
}}

data "aws_region" "here" {{}}

data "aws_partition" "here" {{}}

variable "stack_name" {{
  description = "The CloudFormation stack's name."
  type        = string
  default     = "why403"
}}

variable "code_bucket_prefix" {{
  description = "The bucket <prefix>-<Region>, which exists, takes the zip and the template."
  type        = string
}}
"""
TAIL = """
locals {{
  suffix = "${{data.aws_region.here.id}}.${{data.aws_partition.here.dns_suffix}}"
  bucket = "${{var.code_bucket_prefix}}-${{data.aws_region.here.id}}"
}}

# The keys hold the content's hash: the stack is updated wherever it changed. The old ones go last, as a rollback reads them.
resource "aws_s3_object" "code" {{
  bucket = local.bucket
  key    = "{name}-${{substr(filesha256("${{path.module}}/{name}.zip"), 0, 12)}}.zip"
  source = "${{path.module}}/{name}.zip"

  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "aws_s3_object" "template" {{
  bucket = local.bucket
  key    = "{name}-${{substr(filesha256("${{path.module}}/{name}.template.json"), 0, 12)}}.template.json"
  source = "${{path.module}}/{name}.template.json"

  lifecycle {{
    create_before_destroy = true
  }}
}}

resource "aws_cloudformation_stack" "why403" {{
  name         = var.stack_name
  capabilities = ["CAPABILITY_NAMED_IAM"]
  template_url = "https://${{local.bucket}}.s3.${{local.suffix}}/${{aws_s3_object.template.key}}"
  parameters = {{
{parameters}
  }}
}}

output "outputs" {{
  description = "The stack's outputs: functions, queues, secrets, the command that redrives."
  value       = aws_cloudformation_stack.why403.outputs
}}
"""


def module(parameters: Mapping[str, Mapping[str, Any]], name: str, version: str) -> str:
    """main.tf, as `terraform fmt` leaves it; `name` is what the zip and the template are called, without their endings."""
    own = {parameter: told for parameter, told in parameters.items() if parameter not in OWN}
    variables = "".join(_variable(parameter, told) for parameter, told in own.items())
    given = {
        "CodeBucketPrefix": "var.code_bucket_prefix",
        "CodeKey": "aws_s3_object.code.key",
        **{parameter: _handed(parameter, told) for parameter, told in own.items()},
    }
    longest = max(map(len, given))
    lines = "\n".join(f"    {parameter:{longest}} = {value}" for parameter, value in given.items())
    return HEAD.format(version=version) + variables + TAIL.format(name=name, parameters=lines)


def _variable(parameter: str, told: Mapping[str, Any]) -> str:
    said = dict(_said(told))
    longest = max(map(len, said))
    lines = "\n".join(f"  {key:{longest}} = {value}" for key, value in said.items())
    return f'\nvariable "{_snake(parameter)}" {{\n{lines}{_validation(parameter, told)}\n}}\n'


def _validation(parameter: str, told: Mapping[str, Any]) -> str:
    allowed = told.get("AllowedValues")
    if not allowed:
        return ""
    said = "One of: " + ", ".join(map(str, allowed)) + "."
    return (
        f"\n  validation {{\n    condition     = contains({_text(allowed)}, var.{_snake(parameter)})\n"
        f"    error_message = {_text(said)}\n  }}"
    )


def _said(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "Description" in told:
        yield "description", _text(told["Description"])
    kind = {"Number": "number", "CommaDelimitedList": "list(string)"}.get(told["Type"], "string")
    yield "type", kind
    if "Default" in told:
        default = told["Default"]
        yield "default", _text(_listed(default) if kind == "list(string)" else default)


def _listed(default: str) -> list[str]:
    return default.split(",") if default else []


def _handed(parameter: str, told: Mapping[str, Any]) -> str:
    name = f"var.{_snake(parameter)}"
    return f'join(",", {name})' if told["Type"] == "CommaDelimitedList" else name


def _snake(parameter: str) -> str:
    """KmsKeyArn → kms_key_arn."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", parameter).lower()


def _text(value: object) -> str:
    """A literal of Terraform's: JSON's, but for what opens a template in a text."""
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
