"""A picture is decoded and drawn anew: what comes out is pixels, turned the right way up, and nothing else.

So no place, no time, no name of a camera leaves with it, and nothing that was hidden behind the picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.Image import DecompressionBombError

from zhijiao.attachments.models import FileKind
from zhijiao.attachments.refusals import FileRefused

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
PREVIEW_SIDE = 480
_FORMATS = {FileKind.JPG: "JPEG", FileKind.PNG: "PNG"}
_BROKEN = "图片不完整或已损坏，打不开；请重新拍照或重新保存以后再传"


@dataclass(frozen=True)
class Picture:
    """As it is kept."""

    content: bytes
    preview: bytes
    width: int
    height: int


def redrawn(name: str, kind: FileKind, content: bytes) -> Picture:
    """FileRefused where it is no picture, or one that would fill the memory."""
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image:
            _check_size(name, image.size)
            if kind == FileKind.JPG:
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            return _drawn(kind, upright)
    except DecompressionBombError:
        raise FileRefused(name, _too_many("超过一亿")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError, MemoryError):
        raise FileRefused(name, _BROKEN) from None


def _check_size(name: str, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise FileRefused(name, _too_many(f"{width}×{height}"))


def _too_many(told: str) -> str:
    return f"图片有 {told} 像素，太大了，最多 4000 万像素（如 7300×5400）；请把图片缩小以后再传"


def _drawn(kind: FileKind, image: Image.Image) -> Picture:
    keeps_alpha = kind == FileKind.PNG and image.has_transparency_data
    plain = image.convert("RGBA" if keeps_alpha else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = _on_white(plain)
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    content = _saved(plain, "PNG", optimize=False) if kind == FileKind.PNG else _saved(plain, "JPEG", quality=85)
    return Picture(content, _saved(small, "JPEG", quality=80), *plain.size)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.copy()
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _saved(image: Image.Image, form: str, **options: object) -> bytes:
    """From a picture without its information: what Pillow remembers of the original is not written."""
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    target = io.BytesIO()
    clean.save(target, form, **options)
    return target.getvalue()
