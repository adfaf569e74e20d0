"""What the template of a form field is given, beyond Django's own bound field."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from greffe.web.fields import PARTS, DateParts


def kind(widget: forms.Widget) -> str:
    """Say how a widget is drawn: date, choices, checkbox, hidden, or single."""
    if isinstance(widget, DateParts):
        return "date"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "hidden" if widget.is_hidden else "single"


def described_by(bound: BoundField, hint: str) -> str:
    """Give the ids of the hint and the errors of a field, as far as it has them."""
    ids = [f"{bound.auto_id}_helptext"] if hint or bound.help_text else []
    return " ".join([*ids, f"{bound.auto_id}_error"] if bound.errors else ids)


def control(bound: BoundField, kind: str, width: str, hint: str) -> str:
    """Draw the one control of a field; a group of them is drawn by the template."""
    if kind in ("choices", "date"):
        return ""
    attrs: dict[str, str | bool] = {}
    if kind == "single":
        attrs["class"] = _classes(bound.field.widget, width)
    if ids := described_by(bound, hint):
        attrs["aria-describedby"] = ids
    return bound.as_widget(attrs=attrs)


def _classes(widget: forms.Widget, width: str) -> str:
    own = widget.attrs.get("class", "")
    return " ".join(filter(None, [own, "input", f"width-{width}" if width else ""]))


def groups(bound: BoundField) -> list[dict[str, Any]]:
    """Give the choices under their headings; choices in no group stand under a blank one."""
    hints = getattr(bound.field, "choice_hints", {})
    drawn = iter([_choice(choice, hints) for choice in bound.subwidgets])
    groups = bound.field.widget.optgroups(bound.html_name, [], {})
    return [
        {
            "heading": heading or "",
            "id": f"{bound.auto_id}_group_{place}",
            "choices": [next(drawn) for _ in options],
        }
        for place, (heading, options, _index) in enumerate(groups)
        if options
    ]


def _choice(choice: Any, hints: dict[Any, str]) -> dict[str, Any]:
    hint = hints.get(choice.data["value"], "")
    hint_id = f"{choice.id_for_label}_helptext"
    if hint:
        choice.data["attrs"]["aria-describedby"] = hint_id
    return {
        "control": choice.tag(),
        "id": choice.id_for_label,
        "label": choice.choice_label,
        "hint": hint,
        "hint_id": hint_id,
    }


def parts(bound: BoundField) -> list[dict[str, Any]]:
    """Give the three boxes of a date, the wrong ones marked."""
    words = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    boxes = bound.subwidgets[0].data["subwidgets"]
    wrong = _wrong_parts(bound)
    return [
        {
            "id": box["attrs"]["id"],
            "name": box["name"],
            "value": "" if box["value"] is None else box["value"],
            "label": words[part],
            "width": "4" if part == "year" else "2",
            "wrong": part in wrong,
        }
        for part, box in zip(PARTS, boxes, strict=True)
    ]


def _wrong_parts(bound: BoundField) -> set[str]:
    errors = bound.form.errors.as_data().get(bound.name, [])
    named = {part for error in errors for part in (error.code or "").split("-") if part in PARTS}
    return named or (set(PARTS) if errors else set())
