"""Files that the commands are given: bad usage is told in Chinese, with exit code 2."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

BAD_INPUT, BAD_USAGE = 1, 2


def source_file(path: Path) -> Path:
    if not path.is_file():
        raise CommandError(f"找不到文件 {path}", returncode=BAD_USAGE)
    return path


@contextmanager
def target_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears whole or not at all."""
    folder = path.parent
    if not folder.is_dir():
        raise CommandError(f"没有文件夹 {folder}", returncode=BAD_USAGE)
    if path.is_dir():
        raise CommandError(f"{path} 是文件夹，应写文件名", returncode=BAD_USAGE)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        stream = unfinished.open("xb")
    except OSError as problem:
        raise CommandError(f"写不了文件 {path}：{problem.strerror}", returncode=BAD_USAGE) from None
    try:
        with stream:
            yield stream
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
