"""Running a node with its interface until it is told to stop: what `validate`, `dev` and others share."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Final

from nodechain.api.http.cross_origin import Origins
from nodechain.api.server import ApiOptions, serve_api
from nodechain.chain.validator_key import ValidatorKey
from nodechain.clock import SystemClock
from nodechain.commands.running.start_checks import Start, require_startable
from nodechain.commands.terminal.progress import Progress
from nodechain.home.config import Config, check_tls
from nodechain.home.home import Home
from nodechain.node import Node, NodeOptions

log = logging.getLogger("nodechain.start")


SWITCH_INTERVAL_S: Final = 0.001
"""How long a thread that computes keeps the interpreter's lock while another wants it (5 ms by default): the loop, and
the threads that sign and store for it, wait so long for the reading thread each time that they come back from the
system."""


def api_options(config: Config) -> ApiOptions:
    """The interface's options from the settings; raises `ConfigurationError`."""
    check_tls(config)
    return ApiOptions(
        host=config.api_host,
        port=config.api_port,
        certificate=Path(config.api_certificate) if config.api_certificate else None,
        key=Path(config.api_key) if config.api_key else None,
        allow_plain=config.api_allow_plain,
        read_share=config.api_read_percent / 100,
        hosts=_listed(config.api_hosts),
        read=config.api_read,
        origins=Origins(_listed(config.api_origins)),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


Beside = Callable[[asyncio.Event], AbstractAsyncContextManager[None]]


def _nothing_beside(_stop: asyncio.Event) -> AbstractAsyncContextManager[None]:
    return nullcontext()


def run_node(
    home: Path,
    key: ValidatorKey | None,
    options: NodeOptions,
    api: ApiOptions,
    serving: Callable[[Node, str], None],
    beside: Beside = _nothing_beside,
) -> None:
    """Check, open, serve and run until SIGINT or SIGTERM; `serving` is called with the URL once the interface listens.

    `beside`: what is there while the node runs; it may set the event that ends the run.

    Raises what the first check says that fails, and later what ends the node.
    """
    start = Start(Home(home), options, api, None if key is None else key.address, SystemClock())
    for finding in require_startable(start):
        trouble = finding.trouble
        if trouble is not None:
            log.warning(
                "the node starts, but: %s", trouble.detail, extra={"code": trouble.code, "advice": trouble.advice}
            )
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with Progress("opening the chain"):
        node = Node.open(home, key, options)
    try:
        asyncio.run(_run(node, api, serving, beside))
    finally:
        node.close()


async def _run(node: Node, api: ApiOptions, serving: Callable[[Node, str], None], beside: Beside) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await serve_api(node, api)
    try:
        async with beside(stop):
            serving(node, server.url)
            await _until(node, stop)
    finally:
        await server.close()


async def _until(node: Node, stop: asyncio.Event) -> None:
    """Run the node until it fails or `stop` is set; what it failed of is raised."""
    running = asyncio.ensure_future(node.run())
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if running.done():
        running.result()
        return
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
