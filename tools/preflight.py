"""What would make a deployment fail or watch nothing, said before it: `python -m tools.preflight`.

It reads the account with your own credentials and changes nothing. `make deploy` runs it first.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from why403.aws.whoami import whoami
from why403.errors import Why403Error

from infra.settings import CONTEXT, Settings, context_of, settings_of
from tools import preflight_checks as checks
from tools import preflight_named as named
from tools import preflight_taken as taken
from tools.preflight_checks import Finding

ROOT = Path(__file__).parents[1]
BLOCKED = 1
"""Exit status at which `make deploy` stops."""
CHECKS = (
    checks.check_bootstrap,
    checks.check_region,
    checks.check_log_groups,
    checks.check_account_policy,
    checks.check_concurrency,
    checks.check_boundary,
    named.check_names,
    named.check_places,
    named.check_key,
    named.check_network,
    taken.check_own_secrets,
    taken.check_taken_names,
    checks.check_listeners,
)


def findings(
    settings: Settings, made: Sequence[Callable[[Settings], Iterator[Finding]]]
) -> Iterator[Finding]:
    """All that the checks find. A check that AWS refuses is itself a finding, and stops no other."""
    for check in made:
        try:
            yield from check(settings)
        except (BotoCoreError, ClientError) as error:
            yield Finding(f"Could not check {_told(check)}: {error}", blocks=False)


def _told(check: Callable[[Settings], Iterator[Finding]]) -> str:
    """A check's sentence, to go on with."""
    sentence = (check.__doc__ or "").partition(".")[0]
    return sentence[:1].lower() + sentence[1:]


def settings_to_deploy(arguments: Sequence[str] = ()) -> Settings:
    """cdk.json's settings, or those that `-c why403=…` gives; SettingsError lists all wrong ones."""
    given = [text.partition("=")[2] for text in arguments if text.startswith(f"{CONTEXT}=")]
    context = context_of(ROOT / "cdk.json")
    return settings_of(given[-1] if given else context.get(CONTEXT))


def examine(settings: Settings) -> bool:
    """Print what was found; whether the deployment can go on."""
    identity = whoami()
    print(f"preflight: account {identity.place.account}, {identity.place.region}, as {identity.arn}")
    found = list(findings(settings, CHECKS))
    for finding in found:
        print(f"  {'✗' if finding.blocks else '!'} {finding.told}")
    if any(finding.blocks for finding in found):
        print("preflight: nothing was deployed. Mend what ✗ says, or change the settings in cdk.json.")
        return False
    print("preflight: nothing stands in the way.")
    return True


def main() -> int:
    """Examine alone; 1 where the deployment would fail."""
    try:
        return 0 if examine(settings_to_deploy()) else BLOCKED
    except Why403Error as error:
        print(error, file=sys.stderr)
        return BLOCKED


if __name__ == "__main__":
    sys.exit(main())
