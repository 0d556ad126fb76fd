"""docs/services.md says what the register reads."""

from pathlib import Path

from tools.service_docs import service_docs

ROOT = Path(__file__).parents[3]


def test_the_list_of_services_is_what_the_register_reads() -> None:
    written = (ROOT / "docs" / "services.md").read_text("utf-8")

    assert service_docs() == written, "run: python tools/service_docs.py > docs/services.md"
