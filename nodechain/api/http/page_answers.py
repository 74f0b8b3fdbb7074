"""The page's files as answers: at `/` and below it, kept by browsers as long as their content stays."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from nodechain.api.http.answer_headers import PAGE_HEADERS
from nodechain.api.http.conditional import accepts_gzip, has_already
from nodechain.api.http.page_files import INDEX, PageFile, PageFiles

ASKED: Final = "/node.json"
"""Whom the page asks: `{"node": URL}` behind `nodechain page`; a node that serves the page says `{"node": ""}`."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_FIRST: Final = "no-cache"


def page_paths(page: PageFiles) -> dict[str, str]:
    """The path of each file; `/` is the page itself. Without a page there is only `/`, which says so."""
    return {"/": INDEX, **{f"/{name}": name for name in page.files}}


def page_answer(request: web.Request, page: PageFiles, name: str) -> web.Response:
    """A file of the page, or that there is none."""
    file = page.files.get(name)
    return _no_page(page.trouble) if file is None else _file_answer(request, file)


def _file_answer(request: web.Request, file: PageFile) -> web.Response:
    packed = bool(file.packed) and accepts_gzip(request)
    headers = {
        **PAGE_HEADERS,
        hdrs.CACHE_CONTROL: FOR_EVER if file.is_immutable else ASK_FIRST,
        hdrs.ETAG: f'"{file.etag}{".gz" if packed else ""}"',
    }
    if file.packed:
        headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if has_already(request, headers[hdrs.ETAG]):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    if packed:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    charset = None if file.content_type.startswith("image/png") else "utf-8"
    body = file.packed if packed else file.content
    return web.Response(body=body, headers=headers, content_type=file.content_type, charset=charset)


def _no_page(trouble: str) -> web.Response:
    text = (
        f"This is a nodechain node, and it has no page to show: {trouble}.\n\n"
        "Its operator can install a release, which brings the page, or build it in the clone (make page) and install\n"
        "that. The interface works all the same: /openapi.json describes it, /v1/status is its state.\n"
    )
    return web.Response(text=text, status=HTTPStatus.NOT_FOUND, headers={hdrs.CACHE_CONTROL: ASK_FIRST})
