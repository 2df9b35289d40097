"""考核: the bureau opens it, the receiving school scores, the teacher answers, the sending school says its opinion, the
bureau settles the grade, it is made public, the teacher may appeal, and then it is final and stays as it is.

What may be done when, and by whom, stands in one table, `STEPS`. What was handed in is kept as it was, in a version of its own.
"""

from evaluations.appraisal.answers import give_opinion, object_to, sign
from evaluations.appraisal.at_school import content_of, refresh, save_draft, send_back, submit
from evaluations.appraisal.lines import REMARKS, WRITTEN, item_of, known_of, lines_of, missing, seen_of, span_of
from evaluations.appraisal.opening import open_year, to_open
from evaluations.appraisal.publishing import NOTICE_DAYS, appeal, decide, make_final, publish, why_not_appealed
from evaluations.appraisal.settling import Group, NotSettled, group_of, groups_of, last_place, settle, with_groups
from evaluations.appraisal.steps import STEPS, Step, insist_step, may, shown_grade, why_not_yours

__all__ = [
    "NOTICE_DAYS", "REMARKS", "STEPS", "WRITTEN", "Group", "NotSettled", "Step", "appeal", "content_of", "decide",
    "give_opinion", "group_of", "groups_of", "insist_step", "item_of", "known_of", "last_place", "lines_of",
    "make_final", "may", "missing", "object_to", "open_year", "publish", "refresh", "save_draft", "seen_of",
    "send_back", "settle", "shown_grade", "sign", "span_of", "submit", "to_open", "why_not_appealed",
    "why_not_yours", "with_groups",
]  # fmt: skip
