"""`make docs`: renews the documents that are generated from the code. tests/infra/test_docs.py holds them."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from why403.aws.granted_reads import granted_reads

from infra.application import synthesize
from tools.cost_docs import cost_docs
from tools.permission_docs import permission_docs, read_only_policy
from tools.service_docs import service_docs
from tools.setting_docs import setting_docs, setting_schema
from tools.setting_effects import effects_docs, setting_effects

ROOT = Path(__file__).parents[1]
EXAMPLE = {"log_groups": ["/ecs/orders", "/app/*"]}
"""The settings of the template that docs/permissions.md shows: with a subscriber."""
PRICED = {"log_groups": ["/ecs/orders"]}
"""Those of the template that docs/cost.md counts."""


def generated(template: dict[str, Any]) -> dict[str, str]:
    """Every generated page: its path from the root → its text. `template` was made with the settings EXAMPLE."""
    return {
        "docs/permissions.md": permission_docs(granted_reads(), template),
        "docs/read-only-policy.json": json.dumps(read_only_policy(), indent=2) + "\n",
        "docs/services.md": service_docs(),
        "docs/settings.md": setting_docs(),
        "docs/settings.schema.json": json.dumps(setting_schema(), indent=1, ensure_ascii=False) + "\n",
    }


def main() -> int:
    """Write the pages, and say which have changed."""
    besides = {
        "docs/cost.md": cost_docs(_template(PRICED)),
        "docs/setting-changes.md": effects_docs(setting_effects()),
    }
    for path, text in {**generated(_template(EXAMPLE)), **besides}.items():
        page = ROOT / path
        changed = not page.exists() or page.read_text("utf-8") != text
        page.write_text(text, "utf-8")
        print(f"{'renewed' if changed else 'as it was'}: {path}")
    return 0


def _template(settings: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asset = Path(folder) / "asset"
        asset.mkdir()
        (asset / "triage.py").write_text('"""Nothing."""\n')
        return synthesize(lambda: asset, {"why403": settings}, str(Path(folder) / "out"))


if __name__ == "__main__":
    sys.exit(main())
