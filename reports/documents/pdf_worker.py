"""Turns finished HTML into a PDF, in a process of its own with limits and without the network: `-m reports.documents.pdf_worker`.

Reads one line of JSON (limits, fonts, photos) and then the HTML from stdin, writes the PDF to stdout. Knows nothing of Django,
so that it starts as fast as WeasyPrint itself.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LARGEST_FILE = 256 * 1024 * 1024


def set_limits(cpu_seconds: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_network() -> None:
    """Best effort: where the kernel allows it, not even a mistake of ours could open a connection."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER | CLONE_NEWNET)


def make_fetcher(fonts: dict[str, str], photos: dict[str, str] | None = None) -> Any:
    """A fetcher that knows our fonts by our own names, the document's photos by their keys and `data:`, nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FontsOnly(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme == "font" and name in fonts:
                return URLFetcherResponse(url, Path(fonts[name]).read_bytes())
            if scheme == "photo" and photos and name in photos:
                return URLFetcherResponse(url, b64decode(photos[name]))
            if scheme == "data":
                return super().fetch(url, headers)
            raise ValueError("文件里不能引用外部内容")

    return FontsOnly(allowed_protocols=("data",), allow_redirects=False)


def render(html: str, fonts: dict[str, str], photos: dict[str, str] | None = None) -> bytes:
    from weasyprint import HTML

    from . import cjk_justify, grid

    cjk_justify.install()
    grid.install()
    pdf: bytes = HTML(string=html, url_fetcher=make_fetcher(fonts, photos)).write_pdf()
    return pdf


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    set_limits(order["cpu_seconds"], order["memory_bytes"])
    leave_network()
    gc.disable()  # a layout is one growing tree; looking through it for garbage again and again finds none
    pdf = render(sys.stdin.buffer.read().decode(), order["fonts"], order["photos"])
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()
    os._exit(0)  # taking down interpreter and font maps in order takes a tenth of a second and serves nobody


if __name__ == "__main__":
    main()
