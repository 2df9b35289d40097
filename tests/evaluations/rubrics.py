"""The ready-made rubrics, put back where a test with real transactions emptied the tables."""

from evaluations import ready_rubrics
from evaluations.models import GradeThreshold, Rubric, RubricItem


def ready(key="plain"):
    ready_rubrics.put(Rubric, RubricItem, GradeThreshold)
    return Rubric.objects.get(county=None, key=key)
