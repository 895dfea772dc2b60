"""`{% class_bar learner %}`: what a page shows to whoever learns in a class."""

from django import template

from authcompare.classroom.live_updates import news

register = template.Library()


@register.inclusion_tag("classroom/_bar.html", takes_context=True)
def class_bar(context, learner):
    """Nothing, for whoever learns alone."""
    if not learner or not learner.classroom or not learner.classroom.open:
        return {}
    step = context.get("step")
    return {"learner": learner, "classroom": learner.classroom, "news": news(learner), "at": step.slug if step else ""}
