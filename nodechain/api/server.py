"""The server: where it listens, how long it waits, and what it refuses to do in the open."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import hdrs, web

from nodechain.api.access import ACCESS, Visitors, allowed, mode_of
from nodechain.api.billing_office import OFFICE, BillingOffice
from nodechain.api.events import EVENTS, Subscriptions
from nodechain.api.http import requests
from nodechain.api.http.answer_headers import add_headers
from nodechain.api.http.bodies import BODY_DEADLINE_S, RequestBodies
from nodechain.api.http.client_address import client_address_of
from nodechain.api.http.conditional import AnswerBody, accepts_gzip, answer_body
from nodechain.api.http.cross_origin import NO_OTHERS, Origins
from nodechain.api.http.guard import Handler, guard
from nodechain.api.http.header_deadline import HeaderDeadline
from nodechain.api.http.listening import ApiListener, Room, bind
from nodechain.api.http.models import ApiModel
from nodechain.api.http.page_answers import ASKED, page_answer, page_paths
from nodechain.api.http.page_files import PAGE_FOLDER, PageFiles, read_page
from nodechain.api.http.request_checks import HOST_NAMES, HostNames, check_content_type
from nodechain.api.http.rights import Right, Visitor
from nodechain.api.http.route import Raw, RawRead, Route
from nodechain.api.http.sending import deliver, send
from nodechain.api.http.turns import ReadKind, Turns
from nodechain.api.module_figures import MODULE_FIGURES, ModuleFigures
from nodechain.api.openapi import Described
from nodechain.api.own_reads import OwnReads
from nodechain.api.routes import MODULE_OF, RIGHTS, ROUTES
from nodechain.api.sharing_slots import RECENT_RUN, RecentRun
from nodechain.api.snapshots import PARTS
from nodechain.api.status import PROBES, VERSION
from nodechain.api.transactions import MAX_BODY_BYTES
from nodechain.certificates.check import server_context
from nodechain.certificates.renewal import Renewal
from nodechain.client.rest import CANONICAL, JSON
from nodechain.client.urls import is_loopback, url_of
from nodechain.errors import ConfigurationError, EnvironmentFailed, NotFound, require
from nodechain.node import Node
from nodechain.process.buckets import BucketPerAddress

log = logging.getLogger("nodechain.api")

DEFAULT_PORT: Final = 8545
IDLE_S: Final = 30.0
"""How long a connection may be idle between two requests, or drip the header of its next one."""
LINGER_S: Final = 2.0
"""How long what is left of a body is thrown away after an answer that did not need it."""

RENEWAL_LOOK_S: Final = 30.0
READ_SHARE: Final = 0.25
ALONE_SHARE: Final = 0.9
"""Of each second, where no other validator waits for this node's votes."""


class ApiOptions(msgspec.Struct, frozen=True):
    """Where and how to serve. `port` 0 takes a free one; off loopback TLS is needed, or `allow_plain`.

    `hosts`: names under which it may be asked, besides loopback's and the address that is dialled. `origins`: those of
    other pages that may ask. `read`: who reads everything without signing in (`nodechain.api.access.ReadMode`; empty:
    by `host`). `read_share`: of each second, for reads while this node votes with others
    (docs/decisions/0008-reads-take-turns.md). `page`: where the page's files are. `port_option`: what the command calls
    the port, for advice.
    `renewal_look_s`: how often the certificate's files are looked at; a new one holds for new connections.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    certificate: Path | None = None
    key: Path | None = None
    allow_plain: bool = False
    requests_per_second: int = 5_000
    burst: int = 20_000
    hosts: tuple[str, ...] = ()
    origins: Origins = NO_OTHERS
    read_share: float = READ_SHARE
    read: str = ""
    page: Path = PAGE_FOLDER
    port_option: str = "--api-port"
    renewal_look_s: float = RENEWAL_LOOK_S


DEFAULT_API: Final = ApiOptions()


def make_api(node: Node, options: ApiOptions = DEFAULT_API) -> web.Application:
    """The application with every route of the table."""
    missing = sorted({route.path for route in ROUTES} - set(RIGHTS))
    require(not missing, f"no right says who may read {missing}")
    access = Visitors(node, mode_of(options.read, options.host))
    turns = Turns(lambda: options.read_share if _votes_with_others(node) else ALONE_SHARE)
    subscriptions = Subscriptions(node, turns, access)
    limit = BucketPerAddress(options.requests_per_second, options.burst)
    probes = frozenset(path for path, _probe in PROBES)
    names = HostNames(options.host, options.hosts)
    checked = guard(node.clock, limit, names, options.origins, turns, probes)
    app = web.Application(middlewares=[checked], client_max_size=MAX_BODY_BYTES)
    app[ACCESS], app[HOST_NAMES] = access, names
    app[MODULE_FIGURES] = ModuleFigures(node)
    app[OFFICE] = BillingOffice(node, OwnReads(node))
    app[RECENT_RUN] = RecentRun()
    bodies = RequestBodies(BODY_DEADLINE_S)
    for route in ROUTES:
        handle = _serve_read(node, route, turns, access) if route.write is None else _serve_write(node, route, bodies)
        if route.write is None:
            app.router.add_get(route.path, handle)
        else:
            app.router.add_post(route.path, handle)
            # Else `GET /v1/transactions/batch` would be the transaction whose id is `batch`.
            app.router.add_route(hdrs.METH_ANY, route.path, _only_post)
    for path, part in PARTS:
        app.router.add_get(path, _serve_part(node, part, turns, access, RIGHTS[path]))
    for path, probe in PROBES:
        app.router.add_get(path, _serve_probe(node, probe))
    app.router.add_get(EVENTS, subscriptions.serve, allow_head=False)
    page = read_page(options.page)
    if page.trouble:
        log.warning("no page is served: %s", page.trouble)
    for path, name in page_paths(page).items():
        app.router.add_get(path, _serve_page(page, name, turns))
    described = Described(VERSION)

    async def openapi(request: web.Request) -> web.StreamResponse:
        requests.check_query(request, ())
        body = await described.body(packs=accepts_gzip(request))
        return await send(request, turns, await turns.take(client_address_of(request), ReadKind.POINT, lambda: body))

    async def stop_subscriptions(app: web.Application) -> None:
        await subscriptions.close()
        await app[OFFICE].close()

    async def stop_reading(_app: web.Application) -> None:
        turns.close()
        described.close()
        app[MODULE_FIGURES].close()

    async def asked(_request: web.Request) -> web.Response:
        return web.json_response({"node": ""})

    app.router.add_get(ASKED, asked)
    app.router.add_get("/openapi.json", openapi)
    app.on_response_prepare.extend((add_headers, options.origins.add_headers))
    app.on_shutdown.append(stop_subscriptions)
    app.on_cleanup.append(stop_reading)
    return app


def _votes_with_others(node: Node) -> bool:
    """Whether other validators wait for this node's votes."""
    validators = node.app.parent.validators
    is_one = node.key is not None and validators.by_address(node.key.address) is not None
    return is_one and len(validators.members) > 1


async def _only_post(request: web.Request) -> web.StreamResponse:
    raise web.HTTPMethodNotAllowed(request.method, (hdrs.METH_POST,))


def _serve_read(node: Node, route: Route, turns: Turns, access: Visitors) -> Handler:
    read, kind, module, right = route.read, route.kind, MODULE_OF.get(route.path, ""), RIGHTS[route.path]
    known = [name for name, _meaning in route.query]
    assert read is not None

    async def handle(request: web.Request) -> web.StreamResponse:
        requests.check_query(request, known)
        _require_on(node, module)
        visitor = allowed(access, right, request)
        work = await read(node, request)
        made = partial(_as_json, work, right, visitor, packs=accepts_gzip(request))
        body = await turns.take(client_address_of(request), kind, made, partial(_is_gone, request))
        return await send(request, turns, body)

    return handle


def _require_on(node: Node, module: str) -> None:
    if module and module not in node.app.rules.modules:
        raise NotFound(
            f"the module {module} is off on this chain",
            code="module_off",
            advice="Voters can switch it on: `nodechain vote upgrade HEIGHT --module`, see docs/upgrades.md.",
        )


def _serve_write(node: Node, route: Route, bodies: RequestBodies) -> Handler:
    write, known = route.write, [name for name, _meaning in route.query]
    assert write is not None

    async def handle(request: web.Request) -> web.StreamResponse:
        requests.check_query(request, known)
        refused = check_content_type(request, route.body)
        if refused is not None:
            return refused
        status, written = await write(node, request, await bodies.read(request, route.most_bytes))
        return web.Response(text=written.model_dump_json(by_alias=True), status=status, content_type=JSON)

    return handle


def _serve_part(node: Node, part: RawRead, turns: Turns, access: Visitors, right: Right) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        requests.check_query(request, ())
        allowed(access, right, request)
        work = await part(node, request)
        made = partial(_as_bytes, work, packs=accepts_gzip(request))
        body = await turns.take(client_address_of(request), ReadKind.RANGE, made, partial(_is_gone, request))
        return await send(request, turns, body, CANONICAL)

    return handle


def _serve_page(page: PageFiles, name: str, turns: Turns) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        work = partial(page_answer, request, page, name)
        return await deliver(request, turns, await turns.take(client_address_of(request), ReadKind.POINT, work))

    return handle


def _serve_probe(node: Node, probe: Raw) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        requests.check_query(request, ())
        return await probe(node, request)

    return handle


def _as_json(work: Callable[[], ApiModel], right: Right, visitor: Visitor, *, packs: bool) -> AnswerBody:
    answer = work()
    shown: ApiModel = answer if right.shown is None else right.shown(visitor, answer)
    return answer_body(shown.model_dump_json(by_alias=True).encode(), packs=packs)


def _as_bytes(work: Callable[[], bytes], *, packs: bool) -> AnswerBody:
    return answer_body(work(), packs=packs)


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


class ApiServer:
    """A serving interface; `close` ends it within two seconds."""

    def __init__(self, runner: web.AppRunner, listener: ApiListener, deadline: HeaderDeadline, url: str) -> None:
        self._runner = runner
        self._listener = listener
        self._deadline = deadline
        self._tasks = [asyncio.ensure_future(listener.run())]
        self.url = url

    def renew_from(self, renewal: Renewal, every_s: float) -> None:
        """Take new certificates as they come, until the end."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(every_s)
                self._listener.tls = renewal.newest() or self._listener.tls

        self._tasks.append(asyncio.ensure_future(watch()))

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._listener)

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._listener.close()
        self._deadline.close()
        await self._runner.cleanup()


async def serve_api(node: Node, options: ApiOptions = DEFAULT_API) -> ApiServer:
    """Listen; raises `ConfigurationError` (plain text off loopback), `EnvironmentFailed` (port_taken)."""
    tls = tls_context(options)
    try:
        sockets = bind(options.host, options.port)
    except OSError as error:
        raise _cannot_listen(options, error) from error
    runner = web.AppRunner(
        make_api(node, options), access_log=None, handle_signals=False, shutdown_timeout=1.0, auto_decompress=False,
        keepalive_timeout=IDLE_S, lingering_time=LINGER_S,
    )  # fmt: skip
    await runner.setup()
    assert runner.server is not None
    deadline = HeaderDeadline(runner.server)
    listener = ApiListener(sockets, deadline.protocol, tls, Room.of_this_process())
    server = ApiServer(runner, listener, deadline, url_of(options.host, listener.port, tls=tls is not None))
    if options.certificate is not None and options.key is not None:
        server.renew_from(Renewal(options.certificate, options.key), options.renewal_look_s)
    return server


def require_free_port(options: ApiOptions) -> None:
    """Raises `EnvironmentFailed` (port_taken) where `serve_api` could not listen now."""
    try:
        for family, kind, _protocol, _name, address in socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise _cannot_listen(options, error) from error


def _cannot_listen(options: ApiOptions, error: OSError) -> EnvironmentFailed:
    return EnvironmentFailed(
        f"cannot listen on {options.host} port {options.port}: {error.strerror or error}",
        code="port_taken",
        advice=f"Stop the program that uses the port, or choose another port with {options.port_option}.",
    )


def tls_context(options: ApiOptions) -> ssl.SSLContext | None:
    """The interface's TLS; None for plain text. Raises `ConfigurationError`."""
    if (options.certificate is None) != (options.key is None):
        raise ConfigurationError("a certificate and its key belong together: TLS needs both")
    if options.certificate is not None and options.key is not None:
        return server_context(options.certificate, options.key)
    if not is_loopback(options.host) and not options.allow_plain:
        raise ConfigurationError(
            f"{options.host} is not this machine alone, and there is no certificate",
            code="plain_off_loopback",
            advice="Give --api-certificate and --api-key, or say --api-allow-plain if a proxy does TLS.",
        )
    return None
