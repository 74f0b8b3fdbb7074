"""`nodechain page`: the page as this release brings it, with any node behind it; and what a node serves, compared."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from typing import Final

import click

from nodechain.api.http.page_files import (
    INDEX,
    MANIFEST,
    PageFiles,
    PageUnreadable,
    digest_of,
    integrity_of,
    manifest_of,
    read_page,
)
from nodechain.api.relay import serving_page
from nodechain.client.node_client import RestClient
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.errors import BadAnswer, NodeError, NotFound

DEFAULT_PAGE_PORT: Final = 8547
MAX_LISTED: Final = 512
"""Files that a node may list in its manifest."""


class PageMissing(NotFound):
    """This release has no page, or a damaged one."""

    code = "no_page"
    advice = "Install a release, or build the page in the clone (make page) and install that."


class PageDiffers(NodeError):
    """A node serves another page than this release has."""

    code = "page_differs"
    advice = (
        "It may run another release (`nodechain status`), or its page was changed. `nodechain page --node URL` serves "
        "the page of this release and only asks the node."
    )


@click.group(invoke_without_command=True)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=DEFAULT_PAGE_PORT, show_default=True, help="0: a free one."
)
@click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
@click.pass_context
@command
def page(invocation: Invocation, ctx: click.Context, *, port: int, opens: bool) -> None:
    """Serve the page of this release on http://localhost and ask any node (--node URL) from there."""
    if ctx.invoked_subcommand is None:
        asyncio.run(_serve(invocation, _installed(), port, opens=opens))


async def _serve(invocation: Invocation, files: PageFiles, port: int, *, opens: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving_page(files, invocation.config.node, port) as url:
        data = {"url": url, "node": invocation.config.node, "hash": files.digest}
        invocation.show(data, fields([("page", url), ("asks", invocation.config.node), ("hash", files.digest)]))
        if opens:
            webbrowser.open(url)
        await stop.wait()


@page.command("hash")
@click.option("--installed", is_flag=True, help="Of this release only; no node is asked.")
@command
def hash_(invocation: Invocation, *, installed: bool) -> int:
    """The page's hash, of this release and as the node serves it now, file by file; 1 if they differ."""
    here = {name: file.integrity for name, file in _installed().files.items()}
    if installed:
        invocation.show({"hash": digest_of(here), "files": here}, digest_of(here))
        return 0
    there = _served(invocation.node)
    rows = [
        {
            "name": name,
            "release": here.get(name, ""),
            "node": there.get(name, ""),
            "same": here.get(name) == there.get(name),
        }
        for name in sorted(here | there)
    ]
    data = {"hash": digest_of(here), "node_hash": digest_of(there), "same": here == there, "files": rows}
    if here == there:
        invocation.show(data, f"{digest_of(here)}\n{invocation.config.node} serves the page of this release.", rows)
        return 0
    fault = PageDiffers(f"{invocation.config.node} serves {digest_of(there)}, this release has {digest_of(here)}")
    shown = [(str(row["name"]), _compared(row["release"], row["node"])) for row in rows]
    text = f"{table(('FILE', 'THE NODE HAS'), shown)}\n\n{fault.detail}.\n{fault.advice}"
    error = {"code": fault.code, "detail": fault.detail, "advice": fault.advice, "exit_code": fault.exit_code}
    invocation.show(data, text, rows, [error])
    return fault.exit_code


def _compared(release: object, node: object) -> str:
    if release == node:
        return "the same"
    return "another" if release and node else "one more" if node else "none"


def _installed() -> PageFiles:
    files = read_page()
    if files.trouble:
        raise PageMissing(files.trouble)
    return files


def _served(node: RestClient) -> dict[str, str]:
    """The hash of every file that a node serves: of its bytes, whatever its manifest says."""
    try:
        manifest = node.api.get_bytes(f"/{MANIFEST}")
        names = sorted(manifest_of(manifest))
    except NotFound:
        raise PageMissing(f"{node.url} serves no page", advice="Its operator can install a release.") from None
    except PageUnreadable as error:
        raise BadAnswer(f"{node.url}: {error}") from None
    if len(names) > MAX_LISTED:
        raise BadAnswer(f"{node.url}: its manifest lists {len(names)} files")
    found = {MANIFEST: integrity_of(manifest)}
    for name in names:
        path = "/" if name == INDEX else f"/{name}"
        found[name] = integrity_of(node.api.get_bytes(path))
    return found
