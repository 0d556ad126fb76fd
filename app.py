"""The CDK app: cdk.json's settings → one stack. It makes no AWS call."""

import sys
from pathlib import Path

from why403.errors import SettingsError

from infra.application import services_used, synthesize
from infra.asset import BuildError, built
from infra.settings import context_of

try:
    context = context_of(Path(__file__).parent / "cdk.json")
    synthesize(lambda: built(services_used()), context)
except (SettingsError, BuildError) as error:
    sys.exit(str(error))
