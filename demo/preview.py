"""A local page that shows the Slack messages as they were received, with the fix page behind their buttons."""

import html
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.emulator import free_port
from demo.slack_sink import Message, QuietServer, SlackSink
from demo.slack_time import in_local_time

PORT = 8403
SHELL = Path(__file__).with_name("preview.html")
NEWER = re.compile(r"/messages\?from=(\d{1,6})")
"""What the page asks for: the messages from a number on."""
CODE_BLOCK = re.compile(r"```\n?(.*?)```", re.DOTALL)
INLINE = (
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"&lt;(https?://[^|&]+(?:&amp;[^|&]+)*)\|([^&]+)&gt;"), r'<a href="\1">\2</a>'),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"\n"), "<br>"),
)


@contextmanager
def preview(sink: SlackSink, page_url: str, endpoint: str) -> Iterator[str]:
    """Serve on port 8403 of 127.0.0.1, or a free one where it is taken; yields the address."""
    try:
        server = QuietServer(("127.0.0.1", PORT), _Preview)
    except OSError:
        server = QuietServer(("127.0.0.1", free_port()), _Preview)
    server.sink = sink  # type: ignore[attr-defined]  # the handler finds them on its server
    server.page_url = page_url  # type: ignore[attr-defined]
    server.endpoint = endpoint  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Preview(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        newer = NEWER.fullmatch(self.path)
        if self.path != "/" and newer is None:
            self._pass_on(None)
            return
        messages = self.server.sink.messages[int(newer[1]) if newer else 0 :]  # type: ignore[attr-defined]
        shown = self._local("".join(map(rendered, messages)))
        body = shown if newer else SHELL.read_text("utf-8").replace("<!-- messages -->", shown)
        self._answer(200, {"Content-Type": "text/html; charset=utf-8"}, body.encode())

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _local(self, messages: str) -> str:
        """Buttons lead through this server: a browser need not know the function URL's name."""
        return messages.replace(self.server.page_url.rstrip("/") + "/", "/")  # type: ignore[attr-defined]

    def _pass_on(self, body: bytes | None) -> None:
        there = f"{self.server.endpoint}{self.path}"  # type: ignore[attr-defined]
        headers = {"Host": urlsplit(self.server.page_url).netloc} | {  # type: ignore[attr-defined]
            name: value for name, value in self.headers.items() if name.lower() in {"content-type", "origin"}
        }
        request = urllib.request.Request(there, data=body, headers=headers)  # noqa: S310  # 127.0.0.1
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # 127.0.0.1
                self._answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            self._answer(error.code, dict(error.headers), error.read())
        except OSError:
            self._answer(
                502, {"Content-Type": "text/plain"}, b"The embedded account has ended with the demo."
            )

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the demo tells its own story."""


def rendered(message: Message) -> str:
    """One message as HTML: its blocks, or its text where it has none."""
    blocks = message.get("blocks") or [{"type": "section", "text": {"text": message.get("text", "")}}]
    return f'<article class="message">{"".join(map(_block, blocks))}</article>'


def _block(block: dict[str, Any]) -> str:
    match block.get("type"):
        case "header":
            return f"<h2>{html.escape(block['text']['text'])}</h2>"
        case "divider":
            return "<hr>"
        case "actions":
            return f'<p class="buttons">{"".join(map(_button, block["elements"]))}</p>'
        case "context":
            return f'<p class="context">{" ".join(_text(part) for part in block["elements"])}</p>'
        case _:
            parts = [block.get("text"), *block.get("fields", ())]
            return "".join(f"<div>{_text(part)}</div>" for part in parts if part)


def _button(element: dict[str, Any]) -> str:
    url = html.escape(element.get("url", ""))
    primary = " primary" if element.get("style") == "primary" else ""
    return f'<a class="button{primary}" href="{url}">{html.escape(element["text"]["text"])}</a>'


def _text(part: dict[str, Any]) -> str:
    """Slack's mrkdwn as HTML. The text arrives with &, < and > escaped; links and mentions are not."""
    pieces = CODE_BLOCK.split(html.escape(html.unescape(in_local_time(part.get("text", ""))), quote=False))
    shown = []
    for number, piece in enumerate(pieces):
        if number % 2:
            shown.append(f"<pre>{piece}</pre>")
            continue
        for pattern, replacement in INLINE:
            piece = pattern.sub(replacement, piece)  # noqa: PLW2901  # each rule works on what the last one left
        shown.append(piece)
    return "".join(shown)
