"""The server: where it listens, how long it waits, and what it refuses to do in the open."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from nodechain.api import gets
from nodechain.api.guard import guard
from nodechain.api.openapi import description
from nodechain.api.request_checks import HostNames, check_content_type
from nodechain.api.routes import OTHERS, ROUTES, Raw, Route
from nodechain.api.slow import HeaderDeadline
from nodechain.api.writes import MAX_BODY_BYTES
from nodechain.buckets import BucketPerAddress
from nodechain.errors import ConfigurationError, EnvironmentFailed
from nodechain.node import Node

DEFAULT_PORT: Final = 8545


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """Where and how to serve. `port` 0 takes a free one; off loopback TLS is needed, or `allow_plain`.

    `hosts`: names under which it may be asked, besides loopback's and the address that is dialled.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    certificate: Path | None = None
    key: Path | None = None
    allow_plain: bool = False
    requests_per_second: int = 5_000
    burst: int = 20_000
    hosts: tuple[str, ...] = ()


DEFAULT_API: Final = ApiOptions()


def make_api(node: Node, options: ApiOptions = DEFAULT_API) -> web.Application:
    """The application with every route of the table."""
    limit = BucketPerAddress(options.requests_per_second, options.burst)
    app = web.Application(
        middlewares=[guard(node.clock, limit, HostNames(options.host, options.hosts))], client_max_size=MAX_BODY_BYTES
    )
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _serve(node, route))
    for path, raw in OTHERS:
        app.router.add_get(path, _serve_raw(node, raw))
    described = description(gets.VERSION)

    async def openapi(_request: web.Request) -> web.Response:
        return web.json_response(described)

    app.router.add_get("/openapi.json", openapi)
    return app


def _serve(node: Node, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if route.write is not None:
            refused = check_content_type(request, route.body)
            if refused is not None:
                return refused
            status, written = await route.write(node, request)
            return web.Response(
                text=written.model_dump_json(by_alias=True), status=status, content_type="application/json"
            )
        assert route.read is not None
        found = await route.read(node, request)
        return web.Response(text=found.model_dump_json(by_alias=True), content_type="application/json")

    return handle


def _serve_raw(node: Node, raw: Raw) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await raw(node, request)

    return handle


class ApiServer:
    """A serving interface; `close` ends it within two seconds."""

    def __init__(self, runner: web.AppRunner, url: str, deadline: HeaderDeadline) -> None:
        self._runner = runner
        self._deadline = deadline
        self.url = url

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        self._deadline.close()
        await self._runner.cleanup()


async def serve_api(node: Node, options: ApiOptions = DEFAULT_API) -> ApiServer:
    """Listen; raises `ConfigurationError` (plain text off loopback), `EnvironmentFailed` (port_taken)."""
    context = tls_context(options)
    runner = web.AppRunner(
        make_api(node, options), access_log=None, handle_signals=False, shutdown_timeout=1.0, keepalive_timeout=75.0,
        auto_decompress=False,
    )  # fmt: skip
    await runner.setup()
    server = runner.server
    assert server is not None
    deadline = HeaderDeadline(server)
    try:
        listening = await asyncio.get_running_loop().create_server(
            deadline.protocol, options.host, options.port, ssl=context, reuse_address=True
        )
    except OSError as error:
        await runner.cleanup()
        raise _cannot_listen(options, error) from error
    deadline.listen(listening)
    port = listening.sockets[0].getsockname()[1]
    scheme = "http" if context is None else "https"
    return ApiServer(runner, f"{scheme}://{options.host}:{port}", deadline)


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
        advice="Stop the program that uses the port, or choose another one with --api-port.",
    )


def tls_context(options: ApiOptions) -> ssl.SSLContext | None:
    """The interface's TLS; None for plain text. Raises `ConfigurationError`."""
    if options.certificate is not None and options.key is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(options.certificate, options.key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(f"the interface's certificate cannot be used: {error}") from error
        return context
    if not _is_loopback(options.host) and not options.allow_plain:
        raise ConfigurationError(
            f"{options.host} is not this machine alone, and there is no certificate",
            code="plain_off_loopback",
            advice="Give --api-certificate and --api-key, or say --api-allow-plain if a proxy does TLS.",
        )
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
