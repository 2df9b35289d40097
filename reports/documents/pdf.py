"""The document as a PDF in 公文 layout, made in a process with limits and kept by the digest of the document."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from django.conf import settings

from .fonts import font_files
from .html import finished_html
from .photos import PhotoSource, attachment_photo, photos_of
from .tree import Document

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "reports" / "documents"
KEPT_BYTES = 512 * 1024 * 1024
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class RenderingError(Exception):
    """The worker gave no PDF; the message says so in words for the reader."""


def render_pdf(document: Document, *, is_kept: bool = True, photos: PhotoSource = attachment_photo) -> bytes:
    """The finished PDF, from the folder of kept ones where the very same document was made before.

    `is_kept=False`: no copy stays on the server, because it holds what the database keeps encrypted or masked.
    """
    pictures = photos_of(document, photos)
    if not is_kept:
        return run_worker(finished_html(document, pictures), pictures)
    path = kept_path(document, pictures)
    try:
        pdf = path.read_bytes()
        os.utime(path)  # the least recently read go first
    except FileNotFoundError:
        pdf = run_worker(finished_html(document, pictures), pictures)
        keep(path, pdf)
    return pdf


def run_worker(html: str, photos: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """One run of pdf_worker. It gets none of our environment: secrets have no business there."""
    order = {
        "photos": {key: b64encode(content).decode() for key, content in photos.items()},
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


def kept_path(document: Document, photos: Mapping[str, bytes]) -> Path:
    """Named by what the document says and shows, the program that lays it out, and the fonts: each change is a new file."""
    digest = hashlib.sha256(document.digest().encode() + program_digest())
    for key, content in photos.items():
        digest.update(key.encode() + hashlib.sha256(content).digest())
    for name, path in font_files().items():
        digest.update(f"{name}{path.stat().st_size}".encode())
    return Path(settings.VAR_DIR) / "documents" / f"{digest.hexdigest()}.pdf"


@lru_cache(maxsize=1)
def program_digest() -> bytes:
    """Of everything of ours that a tree goes through until it is a PDF: modules, styles, templates."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *here.glob("*.css"), *TEMPLATES.glob("*.html")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


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
