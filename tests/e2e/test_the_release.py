"""What a tag releases: version, tag and changelog agree, and the page on PyPI leads somewhere."""

import re
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from why403 import __version__

from tools import release

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://git.example/why403/why403"
TAG = f"v{__version__}"
CHANGELOG = f"# Changelog\n\n## {__version__} (2026-11-30)\n### Added\n- A thing.\n\n## 0.0.1 (2026-01-01)\n- Before.\n"


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Message:
    built = release.build(TAG, REPOSITORY, tmp_path_factory.mktemp("dist"), "HEAD")
    assert [path.suffix for path in built] == [".whl", ".gz"]
    with ZipFile(built[0]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


@pytest.mark.parametrize(
    ("tag", "changelog", "told"),
    [
        ("latest", CHANGELOG, "no release's tag"),
        ("v9.9.9", CHANGELOG, "The tag says 9.9.9"),
        (TAG, "# Changelog\n## Unreleased\n", "rename Unreleased"),
    ],
)
def test_what_does_not_agree_is_not_released(tag: str, changelog: str, told: str) -> None:
    with pytest.raises(release.ReleaseError, match=told):
        release.check(tag, changelog)


def test_a_release_s_notes_are_its_own_section() -> None:
    release.check(TAG, CHANGELOG)

    assert release.notes(__version__, CHANGELOG) == "### Added\n- A thing."


def test_the_page_on_an_index_names_the_repository_and_leads_there(metadata: Message) -> None:
    urls = dict(line.split(", ", 1) for line in metadata.get_all("Project-URL") or [])

    assert urls["Repository"] == REPOSITORY
    assert urls["Changelog"] == f"{REPOSITORY}/blob/{TAG}/CHANGELOG.md"
    page = str(metadata.get_payload())
    assert f"]({REPOSITORY}/blob/{TAG}/docs/" in page
    assert re.search(rf"!\[[^\]]*\]\({REPOSITORY}/raw/{TAG}/docs/[a-z-]+\.(png|svg)", page)


def test_the_workflow_names_every_action_by_commit() -> None:
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    actions = re.findall(r"uses: (\S+)", workflow)

    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []
