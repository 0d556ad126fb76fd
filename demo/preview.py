"""A local page that shows the Slack messages as they stand, with the fix page behind their links and the app behind their buttons."""

import html
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.emulator import free_port
from demo.slack_interactions import encoded, pressed, signed, submitted
from demo.slack_sink import Message, QuietServer, SlackSink
from demo.slack_time import in_local_time

PORT = 8403
"""Above 1024, so that anybody may open it, and no other tool's usual one; 403 is in it."""
SHELL = Path(__file__).with_name("preview.html")
CODE_BLOCK = re.compile(r"```\n?(.*?)```", re.DOTALL)
"""Slack's fence; the first line's end belongs to the fence."""
INLINE = (
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"&lt;(https?://[^|&]+(?:&amp;[^|&]+)*)\|([^&]+)&gt;"), r'<a href="\1">\2</a>'),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_([^_\n]+)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"\n"), "<br>"),
)


@contextmanager
def preview(sink: SlackSink, outputs: Mapping[str, str], endpoint: str) -> Iterator[str]:
    """Serve on port 8403 of 127.0.0.1, or a free one where it is taken; yields the address.

    `outputs`: the stack's, PageUrl and SlackAppUrl.
    """
    try:
        server = QuietServer(("127.0.0.1", PORT), _Preview)
    except OSError:
        server = QuietServer(("127.0.0.1", free_port()), _Preview)
    server.sink = sink  # type: ignore[attr-defined]  # the handler finds them on its server
    server.page_url = outputs["PageUrl"]  # type: ignore[attr-defined]
    server.app_url = outputs["SlackAppUrl"]  # type: ignore[attr-defined]
    server.endpoint = endpoint  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Preview(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        sink: SlackSink = self.server.sink  # type: ignore[attr-defined]
        shown = [self._local(rendered(message)) for message in sink.messages]
        if self.path == "/messages":
            self._answer(200, {"Content-Type": "application/json"}, json.dumps(shown).encode())
        elif self.path == "/":
            page = SHELL.read_text("utf-8").replace("<!-- messages -->", "".join(shown))
            body = page.replace("<!-- window -->", window(sink.view) if sink.view else "")
            self._answer(200, {"Content-Type": "text/html; charset=utf-8"}, body.encode())
        else:
            self._pass_on(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path not in {"/press", "/submit", "/close"}:
            self._pass_on(body)
            return
        sink: SlackSink = self.server.sink  # type: ignore[attr-defined]
        told = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if self.path == "/press":
            found = pressable(sink.messages, told.get("value", ""))
            self._to_app(pressed(*found) if found else None)
        elif self.path == "/submit" and sink.view:
            sink.view["values"] = told
            self._to_app(submitted(sink.view, told))
        else:
            sink.view = None
            self._back()

    def _to_app(self, payload: dict[str, Any] | None) -> None:
        """What Slack would send to the app, signed; and what it would make of the answer."""
        sink: SlackSink = self.server.sink  # type: ignore[attr-defined]
        if payload is None:
            self._back()
            return
        body = encoded(payload)
        url = f"{self.server.endpoint}/"  # type: ignore[attr-defined]
        host = urlsplit(self.server.app_url).netloc  # type: ignore[attr-defined]
        headers = {**signed(body, int(time.time())), "Host": host}
        request = urllib.request.Request(url, data=body.encode(), headers=headers)  # noqa: S310  # 127.0.0.1
        before, sink.view = sink.view, None
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # 127.0.0.1
                told = json.loads(answer.read() or b"{}")
        except OSError as error:
            self._answer(
                502, {"Content-Type": "text/plain"}, f"Slack would mark the button: {error}".encode()
            )
            return
        if told.get("response_action") == "update":
            sink.view = told["view"]
        elif told.get("response_action") == "errors" and before:
            sink.view = {**before, "errors": told["errors"]}
        self._back()

    def _back(self) -> None:
        self._answer(303, {"Location": "/"}, b"")

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


def pressable(messages: Sequence[Message], value: str) -> tuple[dict[str, Any], Message] | None:
    """The button or option that holds the value, and its message."""
    return next(
        (
            (one, message)
            for message in messages
            for block in message.get("blocks", ())
            for element in block.get("elements", ())
            for one in element.get("options", (element,))
            if one.get("value") == value
        ),
        None,
    )


def rendered(message: Message) -> str:
    """One message as HTML: its blocks, or its text where it has none."""
    blocks = message.get("blocks") or [{"type": "section", "text": {"text": message.get("text", "")}}]
    place = "message reply" if "thread_ts" in message else "message"
    return f'<article class="{place}">{"".join(map(_block, blocks))}</article>'


def window(view: dict[str, Any]) -> str:
    """A window that the app opened, as HTML."""
    wrong, given = view.get("errors", {}), view.get("values", {})
    inside = "".join(
        _input(block, wrong.get(block["block_id"], ""), given.get(block["block_id"], ""))
        if block["type"] == "input"
        else _block(block)
        for block in view["blocks"]
    )
    submit = f"<button>{_label(view['submit'])}</button>" if "submit" in view else ""
    close = f'<button formaction="/close" formnovalidate>{_label(view["close"])}</button>'
    return (
        f'<dialog open><h2>{_label(view["title"])}</h2><form method="post" action="/submit">{inside}'
        f'<p class="buttons">{submit}{close}</p></form></dialog>'
    )


def _input(block: dict[str, Any], wrong: str, given: str) -> str:
    kind = "date" if block["element"]["type"] == "datepicker" else "text"
    said = f"<b>{html.escape(wrong)}</b>" if wrong else ""
    name, value = html.escape(block["block_id"]), html.escape(given)
    return f'<label>{_label(block["label"])} <input name="{name}" type="{kind}" value="{value}" required></label>{said}'


def _label(text: dict[str, Any]) -> str:
    return html.escape(text["text"])


def _block(block: dict[str, Any]) -> str:
    match block.get("type"):
        case "header":
            return f"<h2>{html.escape(block['text']['text'])}</h2>"
        case "divider":
            return "<hr>"
        case "actions":
            return f'<div class="buttons">{"".join(map(_button, block["elements"]))}</div>'
        case "context":
            return f'<p class="context">{" ".join(_text(part) for part in block["elements"])}</p>'
        case _:
            parts = [block.get("text"), *block.get("fields", ())]
            return "".join(f"<div>{_text(part)}</div>" for part in parts if part)


def _button(element: dict[str, Any]) -> str:
    if "options" in element:
        behind = "".join(map(_button, element["options"]))
        return f'<details><summary class="button" aria-label="more">⋯</summary>{behind}</details>'
    primary = " primary" if element.get("style") == "primary" else ""
    if "url" in element:
        url = html.escape(element["url"])
        return f'<a class="button{primary}" href="{url}">{_label(element["text"])}</a>'
    value = html.escape(element["value"])
    return (
        f'<form method="post" action="/press"><button class="button{primary}" name="value" value="{value}">'
        f"{_label(element['text'])}</button></form>"
    )


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
