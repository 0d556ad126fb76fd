"""A real browser, and a server that hands out the fix pages of tests/cases/notices as the function URL does."""

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from why403.notices.words import Language
from why403.page.forms import forms_of
from why403.page.links import Purpose
from why403.page.render import render_page
from why403.page.request import page_headers

from tests.unit.notices.notice_case import notice_of

ROOT = Path(__file__).parents[2]
NOW = 1_795_608_000_000
"""2026-11-25."""
FORMS = {purpose: f"/?purpose={purpose}" for purpose in Purpose}


@dataclass
class Pages:
    """A running server: its address, what it was asked for, and the bodies of the forms that were posted."""

    address: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    def url(self, name: str, language: Language = Language.ENGLISH) -> str:
        return f"{self.address}/{name}/{language}"

    def page(self, path: str) -> str | None:
        if path in self.extra:
            return self.extra[path]
        name, _, language = path.strip("/").partition("/")
        if language not in set(Language):
            return None
        notice = notice_of(name, Language(language))
        return render_page(notice, forms=forms_of(notice.incident, notice.language, FORMS, NOW))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with the module: its event loop would run on below the other tests of the process."""
    found = subprocess.run(
        ["bash", "tools/browser.sh", "--find"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.skip(found.stderr.strip())
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found.stdout.strip(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def pages() -> Iterator[Pages]:
    held = Pages()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            held.asked.append(self.path)
            self._answer(held.page(self.path.partition("?")[0]))

        def do_POST(self) -> None:
            held.posted.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer("<!doctype html><title>Saved</title>")

        def _answer(self, body: str | None) -> None:
            self.send_response(200 if body else 404)
            for name, value in page_headers().items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_told: object) -> None:
            """Say nothing: a test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield held
    server.shutdown()
    server.server_close()
