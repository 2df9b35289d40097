"""Why a file is not taken: a sentence that names the file, what is wrong with it, and what would be right."""

from __future__ import annotations


class FileRefused(Exception):  # noqa: N818 (it is no error of ours)
    """Told to the person who uploads."""

    def __init__(self, name: str, wrong: str) -> None:
        super().__init__(f"“{name}”没有保存：{wrong}")


def told_size(size: int) -> str:
    """1.5 MB, 12.0 KB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 100 * 1024 else f"{size / 1024:.1f} KB"
