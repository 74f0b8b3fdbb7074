"""The page from this release, and any node behind it: `/v1` is passed on, everything else is served from here.

For who distrusts a node's page (it could lie about its own checks): the page comes from what was installed, and the
node is only asked. It is one origin for the browser, so the node's operator need not allow anything. It listens on
loopback, answers by loopback's names only, and takes no POST or WebSocket from pages of other origins.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType, hdrs, web
from aiohttp.typedefs import Middleware

from nodechain.api.http.answer_headers import add_headers
from nodechain.api.http.guard import Handler
from nodechain.api.http.page_answers import ASKED, page_answer, page_paths
from nodechain.api.http.page_files import PageFiles
from nodechain.api.http.problems import problem
from nodechain.api.http.request_checks import HostNames, check_request
from nodechain.errors import EnvironmentFailed

LOOPBACK: Final = "127.0.0.1"
PASSED_ON: Final = ("/v1/{rest:.*}", "/openapi.json", "/livez", "/readyz")
PIECE_BYTES: Final = 64 * 1024
MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
ANSWER_TIMEOUT: Final = ClientTimeout(total=330, sock_connect=10)
"""More than the node takes to wait for a decision."""

_TO_NODE: Final = (
    hdrs.ACCEPT,
    hdrs.ACCEPT_ENCODING,
    hdrs.AUTHORIZATION,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_TYPE,
    hdrs.IF_NONE_MATCH,
)
_FROM_NODE: Final = (
    hdrs.ALLOW,
    hdrs.CACHE_CONTROL,
    hdrs.CONTENT_ENCODING,
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_TYPE,
    hdrs.ETAG,
    hdrs.RETRY_AFTER,
    hdrs.VARY,
    hdrs.WWW_AUTHENTICATE,
)


class _Node(msgspec.Struct, frozen=True):
    url: str
    session: ClientSession

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Ask the node the same, and give its answer as it comes."""
        if hdrs.UPGRADE in request.headers:
            return await self._pass_socket(request)
        try:
            async with self.session.request(
                request.method,
                self.url + request.raw_path,
                headers=_kept(request.headers, _TO_NODE),
                data=request.content.iter_chunked(PIECE_BYTES) if request.body_exists else None,
                allow_redirects=False,
            ) as found:
                answer = web.StreamResponse(status=found.status, headers=_kept(found.headers, _FROM_NODE))
                await answer.prepare(request)
                if request.method != hdrs.METH_HEAD:
                    async for piece in found.content.iter_chunked(PIECE_BYTES):
                        await answer.write(piece)
                await answer.write_eof()
                return answer
        except (ClientError, TimeoutError) as error:
            return self._unreachable(error)

    async def _pass_socket(self, request: web.Request) -> web.StreamResponse:
        try:
            async with self.session.ws_connect(
                self.url + request.raw_path, max_msg_size=MAX_MESSAGE_BYTES, heartbeat=30
            ) as theirs:
                ours = web.WebSocketResponse(heartbeat=30, max_msg_size=4_096, compress=False)
                await ours.prepare(request)
                await _until_either_ends(ours, theirs)
                return ours
        except (ClientError, TimeoutError) as error:
            return self._unreachable(error)

    def _unreachable(self, error: Exception) -> web.Response:
        return problem(502, "unreachable", f"{self.url} does not answer: {error}", "Is the node running?")


async def _until_either_ends(ours: web.WebSocketResponse, theirs: ClientWebSocketResponse) -> None:
    """Messages of the node for the page; the page says nothing, but it may hang up."""
    reading = asyncio.ensure_future(ours.receive())
    try:
        while True:
            telling = asyncio.ensure_future(theirs.receive())
            await asyncio.wait((telling, reading), return_when=asyncio.FIRST_COMPLETED)
            if not telling.done():
                telling.cancel()
                break
            message = telling.result()
            if message.type is not WSMsgType.TEXT:
                break
            await ours.send_str(message.data)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    code = theirs.close_code
    await ours.close(code=1000 if code is None or code == 1006 else code)


def _kept(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}


def _guard() -> Middleware:
    names = HostNames(LOOPBACK)

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return check_request(request, names) or await handler(request)
        except web.HTTPNotFound:
            return problem(404, "no_such_route", f"there is nothing at {request.path}")
        except web.HTTPMethodNotAllowed as error:
            return problem(
                405, "method_not_allowed", f"{request.path} takes {', '.join(sorted(error.allowed_methods))}"
            )

    return guarded


def _make_app(page: PageFiles, node: _Node) -> web.Application:
    app = web.Application(middlewares=[_guard()])
    for path, name in page_paths(page).items():
        app.router.add_get(path, _serve_file(page, name))

    async def asked(_request: web.Request) -> web.Response:
        return web.json_response({"node": node.url})

    app.router.add_get(ASKED, asked)
    for path in PASSED_ON:
        app.router.add_route("*", path, node.pass_on)
    app.on_response_prepare.append(add_headers)
    return app


def _serve_file(page: PageFiles, name: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return page_answer(request, page, name)

    return handle


@asynccontextmanager
async def serving_page(page: PageFiles, node_url: str, port: int) -> AsyncIterator[str]:
    """Serve until the block ends; gives the page's URL. `port` 0 takes a free one. Raises `EnvironmentFailed`."""
    async with ClientSession(timeout=ANSWER_TIMEOUT, auto_decompress=False) as session:
        app = _make_app(page, _Node(node_url.rstrip("/"), session))
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0, auto_decompress=False)
        await runner.setup()
        try:
            site = web.TCPSite(runner, LOOPBACK, port)
            try:
                await site.start()
            except OSError as error:
                raise EnvironmentFailed(
                    f"cannot listen on {LOOPBACK} port {port}: {error.strerror or error}",
                    code="port_taken",
                    advice="Stop the program that uses the port, or choose another one with --port.",
                ) from error
            yield f"http://localhost:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
