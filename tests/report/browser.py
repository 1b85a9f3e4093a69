"""A Chromium without a window, spoken to in its own protocol: for pages that have to work in a browser."""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--hide-scrollbars",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
)

#: So often a browser is begun that says nothing for twenty seconds: on a busy machine some hang.
STARTS = 3


class Page:
    """One page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.told: list[dict[str, Any]] = []  #: What the page said by itself: errors, requests.

    async def call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            said = await self._socket.receive_json(timeout=30)
            if said.get("id") != number:
                self.told.append(said)
                continue
            assert "error" not in said, said
            return said["result"]

    async def do(self, script: str) -> Any:
        """Run a script in the page and give what it comes to, waiting for a promise."""
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, script: str, seconds: float = 20) -> Any:
        """Wait until a script comes to something."""
        for _ in range(int(seconds / 0.05)):
            if found := await self.do(script):
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"it never came to be so: {script}")

    async def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        await self.call("Page.enable")
        await self.call("Runtime.enable")
        await self.call("Log.enable")
        await self.call("Network.enable")
        theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self.call("Emulation.setEmulatedMedia", features=theme)
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def picture(self) -> bytes:
        """Give what is seen as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def browse(folder: Path) -> AsyncIterator[Page]:
    """Start a browser with a profile of its own; it ends with the block."""
    process, port = await _begin(folder)
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as reply:
                target = next(one for one in await reply.json() if one["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=1 << 28) as socket:
                yield Page(socket)
    finally:
        _end(process)


async def _begin(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a browser; give its process and its port. Where one hangs as it starts, another is begun."""
    for attempt in range(STARTS):
        profile = folder / f"profile {attempt}"
        process = subprocess.Popen(  # noqa: ASYNC220 - it starts in a moment
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            if port := await _port(profile, process):
                return process, port
        except BaseException:
            _end(process)
            raise
        _end(process)
    raise AssertionError("the browser never told its port")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _port(profile: Path, process: subprocess.Popen[bytes]) -> int | None:
    for _ in range(400):
        assert process.poll() is None, "the browser ended before it began"
        told = profile / "DevToolsActivePort"
        if told.is_file() and (text := told.read_text()).strip():
            return int(text.split()[0])
        await asyncio.sleep(0.05)
    return None
