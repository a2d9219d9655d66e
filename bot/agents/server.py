"""The tools over the Model Context Protocol, with its official SDK: over stdio, or streamable HTTP on loopback."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from bot import __version__
from bot.agents.calling import call
from bot.agents.tools import Desk, Tool, tools_for

LOOPBACK = "127.0.0.1"
AT_ONCE = 2
"""Tools that run at the same time; further calls wait."""
LARGEST_REQUEST = 64 << 10
"""Bytes of a request over HTTP."""
MOST_SESSIONS = 16
ABOUT = (
    "Tools of Holdfast, a bot that plays tower-defence battles. Begin with find_stage; make_plan searches for a plan "
    "and names its file, which try_plan and explain_plan take. Figures are those of a simulator, not of the game."
)


def server_for(desk: Desk) -> Any:
    """The SDK's server with the tools that the desk allows."""
    from mcp.server.lowlevel import Server

    running = asyncio.Semaphore(AT_ONCE)
    return Server(
        "holdfast",
        version=__version__,
        instructions=ABOUT,
        on_list_tools=functools.partial(_listed, desk),
        on_call_tool=functools.partial(_answered, desk, running),
    )


async def _listed(desk: Desk, _context: Any, _params: Any) -> Any:
    """The tools, as the protocol lists them."""
    import mcp.types as protocol

    return protocol.ListToolsResult(tools=[_described(tool) for tool in tools_for(desk)])


def _described(tool: Tool) -> Any:
    """A tool in the protocol's terms."""
    import mcp.types as protocol

    hints = protocol.ToolAnnotations(read_only_hint=not tool.acts, destructive_hint=tool.acts, open_world_hint=False)
    return protocol.Tool(name=tool.name, description=tool.sentence, input_schema=tool.schema(), annotations=hints)


async def _answered(desk: Desk, running: asyncio.Semaphore, _context: Any, params: Any) -> Any:
    """Call a tool, and give its answer as text and, where it is an object, as structured content."""
    import mcp.types as protocol

    async with running:
        answer = await call(params.name, params.arguments or {}, desk)
    return protocol.CallToolResult(
        content=[protocol.TextContent(type="text", text=answer.text())],
        structured_content=answer.value if answer.ok and isinstance(answer.value, dict) else None,
        is_error=not answer.ok,
    )


async def serve_stdio(desk: Desk) -> None:
    """Serve one client on standard input and output, until its end."""
    from mcp.server.stdio import stdio_server

    server = server_for(desk)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


async def serve_http(desk: Desk, port: int) -> None:
    """Serve clients of this machine over streamable HTTP at http://127.0.0.1:PORT/mcp, until a signal.

    Requests whose Host or Origin is not this machine are refused, so that no web page can drive the tools.
    """
    import uvicorn

    app = server_for(desk).streamable_http_app(
        host=LOOPBACK, max_request_body_size=LARGEST_REQUEST, max_sessions=MOST_SESSIONS
    )
    await uvicorn.Server(uvicorn.Config(app, LOOPBACK, port, log_level="warning", lifespan="on")).serve()
