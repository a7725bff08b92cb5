"""How an embedded server closes: port and connections at once."""

from aiohttp import web


async def close(runner: web.AppRunner) -> None:
    """End a server and cut its connections, also those that a client keeps without reading."""
    lines = [line.transport for line in runner.server.connections] if runner.server else []
    await runner.cleanup()
    for transport in lines:
        # TLS would wait half a minute for the client to agree.
        if transport is not None:
            transport.abort()
