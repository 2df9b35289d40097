"""What is written and issued: reports of a year as they are written, and certificates of service."""

from reports.models.certificate import Certificate, digest_of
from reports.models.report import (
    FrozenFigure,
    FrozenRecord,
    IssuedFile,
    Passage,
    PassageKind,
    PassageVersion,
    PointKind,
    Report,
    ReportCall,
    ReportPoint,
    ReportState,
    Writing,
)

__all__ = [
    "Certificate",
    "FrozenFigure",
    "FrozenRecord",
    "IssuedFile",
    "Passage",
    "PassageKind",
    "PassageVersion",
    "PointKind",
    "Report",
    "ReportCall",
    "ReportPoint",
    "ReportState",
    "Writing",
    "digest_of",
]
