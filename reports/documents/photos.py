"""Where the photos of a document come from: the renderers ask for them by key, and for nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from django.urls import reverse

from zhijiao.attachments.models import Attachment
from zhijiao.attachments.storing import path_of

from .tree import Document, Photo

PhotoSource = Callable[[str], bytes | None]
_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def attachment_photo(key: str) -> bytes | None:
    """The picture of the attachment with this number; None where it is gone or is no picture."""
    found = Attachment.objects.present().pictures().filter(pk=int(key)).first() if key.isdecimal() else None
    try:
        return path_of(found).read_bytes() if found else None
    except FileNotFoundError:
        return None


def attachment_address(key: str) -> str:
    """Where the site shows it to those who may see it."""
    return reverse("attachments:file", args=[int(key)]) if key.isdecimal() else ""


def photos_of(document: Document, source: PhotoSource) -> dict[str, bytes]:
    """Those of the document that are there and are a JPEG or PNG by their content, each asked for once."""
    keys = dict.fromkeys(item.key for item in document.flow() if isinstance(item, Photo))
    found = {key: source(key) for key in keys}
    return {key: content for key, content in found.items() if content and picture_type(content)}


def picture_type(content: bytes) -> str:
    """By what it is, not by what somebody calls it; an SVG could ask for other files, and is none."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), "")


def data_address(content: bytes) -> str:
    """The picture inside the page itself."""
    return f"data:{picture_type(content)};base64,{b64encode(content).decode()}"
