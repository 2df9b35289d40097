"""Who can sign in and how, what was guessed too often, and the trail. What a person may do comes from a membership."""

from zhijiao.accounts.models.limits import Attempts
from zhijiao.accounts.models.sign_in import ClaimCode, OwnSession, RecoveryCode, RolePolicy, SecondFactor
from zhijiao.accounts.models.trail import AuditEntry
from zhijiao.accounts.models.users import User

__all__ = [
    "Attempts",
    "AuditEntry",
    "ClaimCode",
    "OwnSession",
    "RecoveryCode",
    "RolePolicy",
    "SecondFactor",
    "User",
]
