"""`{% class_bar learner %}`: the bar at the top of every page of a learner in a class."""

from django import template

from authcompare.classroom.live_updates import learner_state
from authcompare.learning.models import Learner

register = template.Library()


@register.inclusion_tag("classroom/_bar.html", takes_context=True)
def class_bar(context, learner: Learner | None) -> dict:
    """Return the context of the bar; empty for a learner without a class."""
    if not learner or not learner.classroom or not learner.classroom.is_open:
        return {}
    step = context.get("step")
    return {
        "learner": learner,
        "classroom": learner.classroom,
        "state": learner_state(learner),
        "step_slug": step.slug if step else "",
    }
