"""The design system's tags and filters. `templates/components/` holds what they draw."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from greffe.cases.rules import rules
from greffe.law.citations import cited
from greffe.law.dates import long_date as date_in_words
from greffe.law.dates import long_time as time_in_words
from greffe.law.rows import Text
from greffe.web import drawing, drawn_tables
from greffe.web.components import FileLine, Problem, Tone

register = template.Library()

NBSP = "\u00a0"
EASTERN = ZoneInfo("America/Toronto")
TONES: tuple[str, ...] = get_args(Tone)
TASK_STATES = ("done", "todo", "problem", "later")
_KILO = 1024


def _lang() -> str:
    return (get_language() or "en")[:2]


# Words


@register.filter
def text(value: Text | str | None) -> str:
    """Give a bilingual text in the page's language; a plain text as it is; None as ""."""
    if value is None:
        return ""
    return value.get(_lang()) if isinstance(value, Text) else value


@register.filter
def said(value: Any) -> str:
    """Give what something of the law says of itself, in the page's language."""
    return str(value.text(_lang()))


@register.filter
def remedy(finding: Any) -> str:
    """Give what to do about a finding of the law, in the page's language."""
    return str(finding.remedy(_lang()))


@register.filter
def cite(authority: str) -> str:
    """Cite an authority as the page's language does."""
    return cited(authority, _lang())


@register.filter
def long_date(day: dt.date) -> str:
    """Write a day in full: "Thursday 1 April 2021", « jeudi 1er avril 2021 »."""
    return date_in_words(day, _lang())


@register.filter
def long_time(at: dt.datetime, place: str = "") -> str:
    """Write a moment on the clock it carries: "Thursday 1 April 2021, 22:00 (Vancouver)"."""
    return time_in_words(at, _lang(), place=place)


@register.filter
def file_size(size: int) -> str:
    """Write a size in bytes: "340 KB", "1.4 MB"; « 340 Ko », « 1,4 Mo ». A MB is 1,048,576."""
    units = ("octets", "Ko", "Mo", "Go") if _lang() == "fr" else ("bytes", "KB", "MB", "GB")
    amount, unit = float(size), 0
    while round(amount, 1) >= _KILO and unit < len(units) - 1:
        amount, unit = amount / _KILO, unit + 1
    exact = unit == 0 or amount >= 100 or round(amount, 1) == round(amount)  # noqa: PLR2004 - a decimal says nothing more from 100 on
    number = f"{amount:.0f}" if exact else f"{amount:.1f}"
    return (number.replace(".", ",") if _lang() == "fr" else number) + NBSP + units[unit]


# Times


@register.simple_tag
def clocks(instant: dt.datetime, zone: str, place: str, *, both: bool = True) -> SafeString:
    """Draw a moment on the clock of an office, with Eastern time below where the two differ.

    `instant` is aware, `zone` an IANA name, `place` the office's name in the page's language.
    """
    local, eastern = instant.astimezone(ZoneInfo(zone)), instant.astimezone(EASTERN)
    differs = both and local.utcoffset() != eastern.utcoffset()
    drawn = _clock("main", local, place)
    if differs:
        drawn += _clock("other", eastern, gettext("Eastern time"))
    return format_html('<span class="clock">{}</span>', drawn)


def _clock(which: str, at: dt.datetime, place: str) -> SafeString:
    words = time_in_words(at, _lang(), place=place)
    iso = at.isoformat(timespec="seconds")
    return format_html('<time class="clock-{}" datetime="{}">{}</time>\n', which, iso, words)


@register.simple_tag
def day(value: dt.date) -> SafeString:
    """Draw a day in words, with its ISO date for machines."""
    words = date_in_words(value, _lang())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


# The frame


@register.simple_tag
def kept(name: str, **given: str | int) -> SafeString:
    """Draw a piece of every page that is the same for everybody in a language: once."""
    return _kept(name, _lang(), settings.ROOT_URLCONF, tuple(given.items()))


@lru_cache(256)
def _kept(
    name: str, lang: str, addresses: str, given: tuple[tuple[str, str | int], ...]
) -> SafeString:
    del lang, addresses  # what else it depends on
    return render_to_string(name, dict(given))


# Signs, tags, notices


@register.inclusion_tag("components/sign.html")
def sign(tone: str) -> dict[str, Any]:
    """Draw the sign of a tone. It is decoration: a word stands beside it, always."""
    return {"tone": _known(tone, TONES)}


@register.simple_tag
def status_tag(label: str, tone: str = "neutral") -> SafeString:
    """Draw a state in a word or two, bordered in its tone."""
    return format_html('<span class="tag tone-{}">{}</span>', _known(tone, TONES), label)


@register.simple_block_tag
def notice(content: str, tone: str, title: str = "", *, role: str = "") -> SafeString:
    """Draw a notice: sign, word (or the title that carries it), body.

    `role="status"` or "alert" for what appeared because of what the person just did.
    """
    words = {"tone": _known(tone, TONES), "title": title, "word": _word(tone), "role": role}
    return render_to_string("components/notice.html", words | {"body": _trimmed(content)})


def _word(tone: str) -> str:
    return {
        "information": pgettext("notice", "Information"),
        "success": pgettext("notice", "Done"),
        "attention": pgettext("notice", "Attention"),
        "danger": pgettext("notice", "Problem"),
        "neutral": pgettext("notice", "Note"),
    }[tone]


# Where one is


@register.simple_block_tag
def breadcrumb(content: str) -> SafeString:
    """Draw the breadcrumb around its `{% crumb %}`s."""
    return render_to_string("components/breadcrumb.html", {"crumbs": _trimmed(content)})


@register.simple_tag
def crumb(label: str, href: str = "") -> SafeString:
    """Draw one place of the breadcrumb; without an address it is the page itself."""
    if href:
        return format_html('<li><a href="{}">{}</a></li>', href, label)
    return format_html('<li><span aria-current="page">{}</span></li>', label)


@register.inclusion_tag("components/back_link.html")
def back_link(href: str, label: str = "") -> dict[str, Any]:
    """Draw the link to the step before."""
    return {"href": href, "label": label or gettext("Back")}


@register.inclusion_tag("components/steps.html")
def steps(current: int, total: int) -> dict[str, Any]:
    """Say "Step 2 of 5" and draw it."""
    return {"current": current, "total": total, "bars": [n <= current for n in range(1, total + 1)]}


# Lists


@register.simple_tag
def table(name: str, **given: Any) -> SafeString:
    """Draw a long table, a file of `web/tables`, from what it says that it is given."""
    return drawn_tables.draw(name, **given)


@register.simple_block_tag
def summary_list(content: str) -> SafeString:
    """Draw a list of terms and values around its `{% row %}`s."""
    return format_html('<dl class="summary-list">{}</dl>', content)


@register.simple_block_tag
def row(content: str, label: str, href: str = "", change: str = "") -> SafeString:
    """Draw one term with its value; `href` adds "Change" (or `change`), completed by the label."""
    words = {"label": label, "href": href, "change": change or gettext("Change")}
    return render_to_string("components/summary_row.html", words | {"value": _trimmed(content)})


@register.inclusion_tag("components/task.html")
def task(label: str, state: str, href: str = "", hint: str = "") -> dict[str, Any]:
    """Draw one line of a task list, inside `<ol class="task-list">`: done, todo, problem, later."""
    tones = {"done": "success", "todo": "information", "problem": "danger", "later": "neutral"}
    words = {
        "done": pgettext("task", "Done"),
        "todo": pgettext("task", "To do"),
        "problem": pgettext("task", "To fix"),
        "later": pgettext("task", "Cannot start yet"),
    }
    state = _known(state, TASK_STATES)
    return {
        "label": label,
        "href": "" if state == "later" else href,
        "hint": hint,
        "word": words[state],
        "tone": tones[state],
    }


@register.inclusion_tag("components/file_line.html")
def file_line(file: FileLine) -> dict[str, Any]:
    """Draw a file: name, pages, size, state, findings, and its actions as forms."""
    return {"file": file}


@register.inclusion_tag("components/findings.html")
def findings(lines: Iterable[Any]) -> dict[str, Any]:
    """Draw findings with sign and word. Takes `FindingLine`s or findings of the law."""
    return {"lines": [_finding(line) for line in lines]}


def _finding(line: Any) -> dict[str, Any]:
    tone, word = {
        "refuse": ("danger", pgettext("finding", "Must be fixed")),
        "warn": ("attention", pgettext("finding", "Please check")),
        "inform": ("information", pgettext("finding", "Good to know")),
    }[line.severity]
    return {
        "tone": tone,
        "word": word,
        "text": _said(line.text),
        "remedy": _said(line.remedy),
        "page": line.page,
        "page_url": getattr(line, "page_url", ""),
    }


def _said(words: Any) -> str:
    return str(words(_lang())) if callable(words) else text(words)


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Draw a history of `TimelineEvent`s, in the order given."""
    return {"events": events}


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """Draw an empty state: what will be here (the title), what to do (the body)."""
    return render_to_string("components/empty.html", {"title": title, "body": _trimmed(content)})


@register.inclusion_tag("components/support.html")
def support(*, folded: bool = False) -> dict[str, Any]:
    """Draw the mailboxes and the telephone for questions about the portal, and what they are for.

    `folded` puts them behind a summary, for pages that are not the person's own.
    """
    today = timezone.localdate()
    regions = [row for row in rules().regions if row.in_force(today)]
    telephones = list(dict.fromkeys(row.portal_telephone for row in regions))
    return {"regions": regions, "telephones": telephones, "folded": folded}


# Forms


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """Draw what is to be mended, each line a link to its field.

    Takes forms, formsets and lists of `Problem`s; None is skipped; draws nothing where all is well.
    """
    return {"problems": [problem for source in sources for problem in _problems(source)]}


def _problems(source: Any) -> Iterator[Problem]:
    if source is None:
        return
    if isinstance(source, forms.BaseForm):
        yield from _form_problems(source)
    elif isinstance(source, forms.BaseFormSet):
        yield from (Problem(str(error)) for error in source.non_form_errors())
        for form in source.forms:
            yield from _form_problems(form)
    else:
        yield from source


def _form_problems(form: forms.BaseForm) -> Iterator[Problem]:
    for name, errors in form.errors.items():
        if name in form.fields:
            bound = form[name]
            href = f"#{_target(bound)}"
            yield from (Problem(_named(bound, str(error)), href) for error in errors)
        else:
            yield from (Problem(str(error)) for error in errors)


def _named(bound: BoundField, error: str) -> str:
    """Say which field Django's own words are about; ours say it themselves."""
    stock = {str(words) for words in forms.Field.default_error_messages.values()}
    return f"{bound.label} – {error}" if error in stock else error


def _target(bound: BoundField) -> str:
    """Give the id of the first control: a group of radios or checkboxes has none of its own."""
    return bound.id_for_label or bound.subwidgets[0].id_for_label


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, *, heading: bool = False, width: str = "", label: str = "", hint: str = ""
) -> dict[str, Any]:
    """Draw one form field: label, hint, errors, control.

    `heading` makes the label the page's h1 (one thing a page). `width` is the number of characters
    expected: 2, 4, 10, 20 or 30. A field may carry `choice_hints`, a mapping from value to hint.
    Choices in groups (Django's own nested form) are drawn under the headings of their groups.
    """
    kind = drawing.kind(bound.field.widget)
    return {
        "field": bound,
        "kind": kind,
        "heading": heading,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
        "described_by": drawing.described_by(bound, hint),
        "groups": drawing.groups(bound) if kind == "choices" else [],
        "parts": drawing.parts(bound) if kind == "date" else [],
        "control": drawing.control(bound, kind, width, hint),
    }


def _trimmed(content: str) -> SafeString:
    return mark_safe(content.strip())  # noqa: S308 - a block's content is drawn and escaped already


def _known(word: str, closed: tuple[str, ...]) -> str:
    if word not in closed:
        raise ValueError(f"{word!r} is not one of {', '.join(closed)}")
    return word
