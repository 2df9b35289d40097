"""The annual report (工作总结): a document tree from figures and records, section by section."""

from reports.annual_report.build import annual_report, is_empty

__all__ = ["annual_report", "is_empty"]
