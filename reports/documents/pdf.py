"""The document as a PDF in 公文 layout, made in a process with limits and kept by the digest of its HTML."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

from .fonts import font_files
from .html import finished_html
from .tree import Document

KEPT_BYTES = 512 * 1024 * 1024
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class RenderingError(Exception):
    """The worker gave no PDF; the message says so in words for the reader."""


def render_pdf(document: Document, *, is_kept: bool = True) -> bytes:
    """`is_kept=False`: no copy stays on the server, because it holds what the database keeps encrypted or masked."""
    html = finished_html(document)
    return pdf_from_html(html) if is_kept else run_worker(html)


def pdf_from_html(html: str) -> bytes:
    """The finished PDF, from the folder of kept ones where it was made before."""
    path = kept_path(html)
    try:
        pdf = path.read_bytes()
        os.utime(path)  # the least recently read go first
    except FileNotFoundError:
        pdf = run_worker(html)
        keep(path, pdf)
    return pdf


def run_worker(html: str) -> bytes:
    """One run of pdf_worker. It gets none of our environment: secrets have no business there."""
    order = {
        "cpu_seconds": settings.DOCUMENT_CPU_SECONDS,
        "memory_bytes": settings.DOCUMENT_MEMORY_BYTES,
        "fonts": {name: str(path) for name, path in font_files().items()},
    }
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="document-") as scratch:  # its copies of fonts go, even if it is killed
        try:
            done = subprocess.run(
                [sys.executable, "-m", "reports.documents.pdf_worker"],
                input=json.dumps(order).encode() + b"\n" + html.encode(),
                capture_output=True,
                cwd=settings.BASE_DIR,
                env={**environment, "TMPDIR": scratch},
                timeout=settings.DOCUMENT_CPU_SECONDS * 4,  # waiting for a processor is not its fault
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise RenderingError("没有生成 PDF：服务器太忙，请稍后再试。") from late
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise RenderingError("没有生成 PDF：文件太大，超出了服务器允许的时间或内存。请分成几份再生成。")
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise RenderingError("没有生成 PDF：排版程序出错，详情已写入日志。") from RuntimeError(
            done.stderr.decode(errors="replace")[-2000:]
        )
    return done.stdout


def kept_path(html: str) -> Path:
    """Named by the HTML, the program that lays it out, and the fonts: a change in any makes a new file."""
    digest = hashlib.sha256(html.encode())
    for module in ("pdf_worker.py", "cjk_justify.py", "grid.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    for name, path in font_files().items():
        digest.update(f"{name}{path.stat().st_size}".encode())
    return Path(settings.VAR_DIR) / "documents" / f"{digest.hexdigest()}.pdf"


def keep(path: Path, pdf: bytes) -> None:
    """Whole or not at all, even in a power cut; then the oldest go until the folder is within bounds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    forget_oldest(path.parent, KEPT_BYTES)


def forget_oldest(folder: Path, bound: int) -> None:
    known = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*.pdf")), reverse=True)
    total = 0
    for _, size, path in known:
        total += size
        if total > bound:
            path.unlink(missing_ok=True)
