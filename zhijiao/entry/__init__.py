"""What forms share: one effect for a double click, and two people who change the same record are told of each other."""

from zhijiao.entry.editing import changed_meanwhile, fingerprint
from zhijiao.entry.turns import act_once, once

__all__ = ["act_once", "changed_meanwhile", "fingerprint", "once"]
