"""Taking files in, keeping them, taking them out of sight.

A file is written under a random name, flushed to the disk, given its place, and only then does a row tell of it: a row
without a complete file cannot be. What a fault leaves behind without a row is swept away later.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from zhijiao.accounts import audit
from zhijiao.attachments import names, pictures, registry, sniffing
from zhijiao.attachments.models import PICTURES, Attachment, FileKind
from zhijiao.attachments.refusals import FileRefused, told_size

MOST_BYTES = 20 * 1024 * 1024  # of one file
MOST_FILES = 200  # of one record
MOST_BYTES_IN_ALL = 500 * 1024 * 1024
ORPHAN_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True)
class Examined:
    """A file that may be kept, as it will be kept."""

    name: str
    kind: FileKind
    content: bytes
    preview: bytes = b""
    width: int | None = None
    height: int | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def examine(upload: File) -> Examined:
    """What would be kept of an upload. FileRefused with a sentence where it is not what it should be; keeps nothing."""
    name = names.tidy(upload.name)
    kind = names.promised(name)
    content = _content(upload, name)
    sniffing.check_content(name, kind, content)
    if kind not in PICTURES:
        return Examined(name, kind, content)
    picture = pictures.redrawn(name, kind, content)
    return Examined(name, kind, picture.content, picture.preview, picture.width, picture.height)


def _content(upload: File, name: str) -> bytes:
    size = upload.size or 0
    if not size:
        raise FileRefused(name, "文件是空的（0 字节）；请打开看一看，重新选择")
    if size > MOST_BYTES:
        raise FileRefused(name, f"文件有 {told_size(size)}，一个文件最多 {told_size(MOST_BYTES)}；请压缩或拆开以后再传")
    upload.seek(0)
    content = b"".join(upload.chunks())
    upload.seek(0)
    return content


def store(upload: File | Examined, subject: models.Model, *, by: Any) -> Attachment:
    """Keep a file with a record. The same file twice is kept once. FileRefused: nothing was kept."""
    examined = upload if isinstance(upload, Examined) else examine(upload)
    with transaction.atomic():
        # The record is the lock: two uploads at once cannot both be the last that fits.
        type(subject)._default_manager.select_for_update().get(pk=subject.pk)
        there = Attachment.objects.present().of(subject)
        known = there.filter(sha256=examined.sha256).first()
        if known is not None:
            return known
        _check_quota(there, examined)
        stored_name = _write(examined)
        try:
            with transaction.atomic():
                return _recorded(examined, subject, stored_name, by)
        except BaseException:
            _forget_files(stored_name, examined.kind)
            raise


def _check_quota(there: Any, examined: Examined) -> None:
    used = there.aggregate(files=Count("pk"), size=Sum("size"))
    if used["files"] >= MOST_FILES:
        raise FileRefused(examined.name, f"这条记录已有 {used['files']} 个文件，最多 {MOST_FILES} 个；请先移除不用的")
    size = used["size"] or 0
    if size + len(examined.content) > MOST_BYTES_IN_ALL:
        raise FileRefused(
            examined.name,
            f"这条记录的文件已有 {told_size(size)}，合计最多 {told_size(MOST_BYTES_IN_ALL)}；请先移除不用的",
        )


def _recorded(examined: Examined, subject: models.Model, stored_name: str, by: Any) -> Attachment:
    attachment = Attachment.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        county_id=getattr(subject, "county_id", None),
        name=examined.name,
        kind=examined.kind,
        size=len(examined.content),
        sha256=examined.sha256,
        width=examined.width,
        height=examined.height,
        stored_name=stored_name,
        uploaded_by=by,
    )
    audit.record(by, "上传附件", subject, after={"文件": examined.name, "大小": told_size(len(examined.content))})
    return attachment


def remove(attachment: Attachment, *, by: Any, reason: str = "") -> None:
    """Out of sight; the file stays where it is until the archive's time is over. A second time does nothing."""
    with transaction.atomic():
        locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
        if locked.removed_at is not None:
            return
        locked.removed_by, locked.removed_at = by, timezone.now()
        locked.save(update_fields=["removed_by", "removed_at"])
        subject = subject_of(locked)
        audit.record(by, "移除附件", subject or locked, before={"文件": locked.name}, reason=reason)


def subject_of(attachment: Attachment) -> models.Model | None:
    """The record the file hangs on; None where it is gone, or its kind has no files."""
    owner = registry.owner_of(attachment.subject_type)
    if owner is None:
        return None
    return owner.model._default_manager.filter(pk=attachment.subject_id).first()


# --- files ------------------------------------------------------------------------------------------------------------


def folder() -> Path:
    return Path(settings.VAR_DIR) / "media"


def path_of(attachment: Attachment) -> Path:
    return folder() / attachment.stored_name[:2] / f"{attachment.stored_name}.{attachment.kind}"


def preview_of(attachment: Attachment) -> Path:
    return folder() / attachment.stored_name[:2] / f"{attachment.stored_name}-small.jpg"


def _write(examined: Examined) -> str:
    stored_name = secrets.token_hex(16)
    place = folder() / stored_name[:2]
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _write_one(place / f"{stored_name}.{examined.kind}", examined.content)
        if examined.preview:
            _write_one(place / f"{stored_name}-small.jpg", examined.preview)
    except BaseException:
        _forget_files(stored_name, examined.kind)
        raise
    _flush_folder(place)
    return stored_name


def _write_one(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    try:
        with unfinished.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _flush_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget_files(stored_name: str, kind: str) -> None:
    for ending in (f".{kind}", "-small.jpg"):
        (folder() / stored_name[:2] / f"{stored_name}{ending}").unlink(missing_ok=True)


def sweep() -> int:
    """Removes files of yesterday and before that no row tells of: an upload was cut off. Returns how many went."""
    before = (timezone.now() - ORPHAN_AFTER).timestamp()
    old = [path for path in folder().glob("??/*") if path.is_file() and path.stat().st_mtime < before]
    known = set(Attachment.objects.values_list("stored_name", flat=True)) if old else set()
    gone = [path for path in old if path.suffix == ".part" or path.name[:32] not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
