"""Two hundred phones at a served site: how fast it takes their answers, and whether each is counted."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
PHONES = 200
_SECONDS_TO_START = 60


@contextmanager
def served(application: str, environment: dict[str, str], *, workers: int = 2, threads: int = 4) -> Iterator[int]:
    """The site as it is served for real, by gunicorn; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = [
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--worker-class",
        "gthread",
        "--backlog",
        "2048",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", *options],
        cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def posted(port: int, posts: Sequence[tuple[str, dict[str, str]]], phones: int = PHONES) -> tuple[Counter[int], float]:
    """Sends all of them, so many at a time; gives how often which status came back, and the seconds it took."""
    began = time.perf_counter()
    answers = asyncio.run(_all(port, posts, phones))
    return Counter(answers), time.perf_counter() - began


async def _all(port: int, posts: Sequence[tuple[str, dict[str, str]]], phones: int) -> list[int]:
    waiting = iter(posts)
    answers: list[int] = []

    async def phone() -> None:
        for path, form in waiting:
            answers.append(await _one(port, path, form))

    await asyncio.gather(*(phone() for _ in range(phones)))
    return answers


async def _one(port: int, path: str, form: dict[str, str]) -> int:
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + body)
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1])
    except (OSError, IndexError):
        return 0
