"""The design system: what each component says, and to whom it can be said."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation

import greffe.web
from greffe.law.rows import Text
from greffe.web import context
from greffe.web.components import FileLine, FindingLine, Problem, Tag
from greffe.web.fields import PARTS, DateField
from greffe.web.templatetags import greffe as tags

WEB = Path(greffe.web.__file__).parent
TEMPLATES = WEB / "templates"
TONES = ("information", "success", "attention", "danger", "neutral")


class Filing(forms.Form):
    kind = forms.ChoiceField(
        label="Type", widget=forms.RadioSelect, choices=[("a", "Disclosure"), ("b", "Application")]
    )
    served = DateField(label="Served on", help_text="For example 20 11 2026")
    name = forms.CharField(label="Name", error_messages={"required": "Enter the name."})
    why = forms.CharField(label="Explanation", required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="It is true")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choice_hints = {"a": "Evidence for the hearing"}


def drawn(source: str, lang: str = "en", **words: object) -> str:
    with translation.override(lang):
        template = engines["django"].from_string("{% load greffe %}" + source)
        return template.render(words, RequestFactory().get(f"/{lang}/portal/?q=1"))


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


# Words


@pytest.mark.parametrize(
    ("size", "en", "fr"),
    [
        (0, "0 bytes", "0 octets"),
        (1023, "1023 bytes", "1023 octets"),
        (340_000, "332 KB", "332 Ko"),
        (1_468_006, "1.4 MB", "1,4 Mo"),
        (52_428_800, "50 MB", "50 Mo"),
        (1_048_575, "1 MB", "1 Mo"),
    ],
)
def test_file_size_is_written_in_the_language_of_the_page(size: int, en: str, fr: str) -> None:
    for lang, words in (("en", en), ("fr", fr)):
        with translation.override(lang):
            assert tags.file_size(size) == words.replace(" ", "\u00a0")


def test_text_takes_the_language_of_the_page() -> None:
    both = Text(en="receipt", fr="accusé de réception")
    assert drawn("{{ it|text }}", "en", it=both) == "receipt"
    assert drawn("{{ it|text }}", "fr", it=both) == "accusé de réception"
    assert drawn("{{ it|text }}", it=None) == ""


WHEN = dt.datetime(2021, 4, 2, 5, 0, tzinfo=dt.UTC)


def test_clocks_show_the_office_first_and_eastern_time_where_it_differs() -> None:
    words = plain(drawn('{% clocks at "America/Vancouver" "Vancouver" %}', at=WHEN))
    assert words.startswith("Thursday 1 April 2021, 22:00 (Vancouver)")
    assert words.endswith("Friday 2 April 2021, 01:00 (Eastern time)")


def test_clocks_speak_french() -> None:
    words = plain(drawn('{% clocks at "America/Vancouver" "Vancouver" %}', "fr", at=WHEN))
    assert words.startswith("jeudi 1er avril 2021, 22 h 00 (Vancouver)")
    assert words.endswith("vendredi 2 avril 2021, 1 h 00 (heure de l’Est)")


def test_clocks_show_one_clock_where_the_office_keeps_eastern_time() -> None:
    assert drawn('{% clocks at "America/Toronto" "Toronto" %}', at=WHEN).count("<time") == 1


# Never colour alone


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("tone", TONES)
def test_notice_has_a_word_and_a_sign_in_every_tone(tone: str, lang: str) -> None:
    bare = drawn("{% notice tone %}<p>Body</p>{% endnotice %}", lang, tone=tone)
    titled = drawn('{% notice tone "Six days left" %}{% endnotice %}', lang, tone=tone)
    word = plain(bare).removesuffix(" Body")
    assert word
    assert word in plain(titled)
    assert "Six days left" in titled
    assert 'class="sign"' in bare


@pytest.mark.parametrize("tag", ["status_tag 'x'", "sign", "notice"])
def test_tone_that_is_not_in_the_closed_list_is_refused(tag: str) -> None:
    end = "{% endnotice %}" if tag == "notice" else ""
    with pytest.raises(ValueError, match="purple"):
        drawn("{% " + tag + ' "purple" %}' + end)


@pytest.mark.parametrize("severity", ["refuse", "warn", "inform"])
def test_finding_has_a_word_a_sign_and_its_remedy(severity: str) -> None:
    line = FindingLine(severity, "It is protected.", "Save it without a password.", page=4)
    markup = drawn("{% findings lines %}", lines=[line])
    assert 'class="sign"' in markup
    words = plain(markup)
    assert re.fullmatch(r"[A-Z][a-z ]+: page 4\. It is protected\. Save it .*", words)


# Files


def test_file_line_keeps_a_hostile_name_apart_from_the_page() -> None:
    name = '<img src=x onerror="1">\u202egnp.pdf'
    markup = drawn("{% file_line file %}", file=FileLine("1", name, 10, remove_url="/r"))
    assert "<img" not in markup
    assert "<bdi>&lt;img" in markup


def test_file_line_takes_the_tone_of_its_worst_finding() -> None:
    warn, refuse = FindingLine("warn", "a"), FindingLine("refuse", "b")
    good = Tag("Ready", "success")
    assert FileLine("1", "a.pdf", 1, state=good).tone == "success"
    assert FileLine("1", "a.pdf", 1, state=good, findings=[warn]).tone == "attention"
    assert FileLine("1", "a.pdf", 1, state=good, findings=[warn, refuse]).tone == "danger"


def test_file_line_offers_only_the_actions_that_have_an_address() -> None:
    neither = drawn("{% file_line file %}", file=FileLine("1", "a.pdf", 1))
    both = drawn(
        "{% file_line f %}", f=FileLine("1", "a.pdf", 1, replace_url="/m", remove_url="/r")
    )
    assert "<form" not in neither
    assert both.count('method="post"') == both.count("csrfmiddlewaretoken") == 2


# Forms


def test_field_ties_label_hint_error_and_control_together() -> None:
    form = Filing({"served_day": "31", "served_month": "", "served_year": "2026"})
    markup = drawn("{% field form.name %}{% field form.served %}{% field form.kind %}", form=form)
    assert '<label class="label" for="id_name">' in markup
    assert re.search(r'<input[^>]+aria-describedby="id_name_error"', markup)
    assert 'id="id_name_error"' in markup
    assert re.search(r'<fieldset[^>]+aria-describedby="id_served_helptext id_served_error"', markup)
    assert 'id="id_served_helptext"' in markup
    assert 'aria-describedby="id_kind_0_helptext"' in markup


def test_field_marks_only_the_part_of_a_date_that_is_wrong() -> None:
    form = Filing({"served_day": "31", "served_month": "", "served_year": "2026"})
    markup = drawn("{% field form.served %}", form=form)
    wrong = re.findall(r'<input[^>]+id="(\w+)"[^>]+aria-invalid', markup)
    assert wrong == ["id_served_1"]
    assert "must include a month" in markup


def test_field_says_what_may_be_left_out_and_can_be_the_heading() -> None:
    markup = drawn("{% field form.why heading=True %}", form=Filing())
    assert "<h1>Explanation</h1>" in markup
    assert "(optional)" in markup
    assert "(optional)" not in drawn("{% field form.name %}", form=Filing())


def test_error_summary_links_each_error_to_a_control_that_is_there() -> None:
    form = Filing({})
    names = ["kind", "served", "name", "sure"]
    fields = "".join("{% field form." + name + " %}" for name in names)
    summary = drawn("{% error_summary form %}", form=form)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == len(names)
    assert set(targets) <= set(re.findall(r' id="([^"]+)"', drawn(fields, form=form)))
    assert 'role="alert"' in summary
    assert "Type – This field is required." in summary
    assert "Name – Enter" not in summary


def test_error_summary_takes_problems_and_skips_what_is_absent() -> None:
    problems = [Problem("Add a file.", "#upload"), Problem("The case is closed.")]
    markup = drawn("{% error_summary None none problems %}", problems=problems, none=None)
    assert '<a href="#upload">Add a file.</a>' in markup
    assert "There are 2 things to fix" in markup
    assert drawn("{% error_summary form %}", form=Filing()).strip() == ""


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("", "", ""), "date"),
        (("", "4", "2026"), "day"),
        (("1", "", ""), "month-year"),
        (("32", "4", "2026"), "day"),
        (("1", "April", "2026"), "month"),
        (("1", "4", "26"), "year"),
        (("31", "4", "2026"), "day-month"),
        (("29", "2", "2026"), "day-month"),
        (("٣", "4", "2026"), "day"),
    ],
)
def test_date_field_says_which_part_is_wrong(parts: tuple[str, ...], code: str) -> None:
    form = Filing({f"served_{part}": text for part, text in zip(PARTS, parts, strict=True)})
    assert [error.code for error in form.errors.as_data()["served"]] == [code]


def test_date_field_gives_the_day() -> None:
    form = Filing({"served_day": " 1", "served_month": "04", "served_year": "2021"})
    assert "served" not in form.errors
    assert form.cleaned_data["served"] == dt.date(2021, 4, 1)


# Layout


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/en/portal/cases/7/?q=a%26b", "/fr/portal/cases/7/?q=a%26b"),
        ("/en/", "/fr/"),
        ("/healthz", "/fr/"),
        ("//evil.example/en/", "/fr/"),
        ("/en//evil.example", "/fr//evil.example"),
    ],
)
def test_language_switch_keeps_the_place_and_never_leaves_the_site(path: str, there: str) -> None:
    request = RequestFactory().generic("GET", path)
    assert context.address_in(request, "fr") == there


def test_languages_name_themselves_and_mark_the_current_one() -> None:
    with translation.override("fr"):
        found = context.languages_of(RequestFactory().get("/fr/help/"))
    assert [(x.code, x.name, x.url, x.current) for x in found] == [
        ("en", "English", "/en/help/", False),
        ("fr", "Français", "/fr/help/", True),
    ]


def test_person_name_of_the_public_is_empty() -> None:
    assert context.person_name(RequestFactory().get("/en/")) == ""


# Rules that hold for every file


def ours() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_template_compiles() -> None:
    for path in ours():
        get_template(path.relative_to(TEMPLATES).as_posix())


def test_no_template_needs_an_inline_style_or_script() -> None:
    banned = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|\shx-on", re.IGNORECASE
    )
    found = [(path.name, banned.findall(path.read_text("utf-8"))) for path in ours()]
    assert [hit for hit in found if hit[1]] == []


def test_every_component_says_what_it_is_given() -> None:
    for path in (TEMPLATES / "components").glob("*.html"):
        assert re.match(r"\{#|\{% comment", path.read_text("utf-8")), path.name


PAIRS = [
    *((ink, paper, 4.5) for ink in ("ink", "ink-soft") for paper in ("paper", "tint")),
    *((ink, "paper", 4.5) for ink in ("heading", "accent", "accent-hover")),
    *((tone, "paper", 4.5) for tone in ("information", "success", "attention", "danger")),
    ("on-accent", "accent-strong", 4.5),
    ("on-accent", "accent-hover", 4.5),
    ("on-accent", "danger", 4.5),
    ("on-accent", "danger-hover", 4.5),
    ("accent", "accent-tint", 4.5),
    ("ink", "attention-tint", 4.5),
    ("attention", "attention-tint", 4.5),
    *((line, "paper", 3) for line in ("line-strong", "focus", "attention-line", "danger-line")),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_can_be_told_apart_in_both_schemes(
    scheme: str, front: str, back: str, least: float
) -> None:
    colours = palette()[scheme]
    light, dark = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def palette() -> dict[str, dict[str, str]]:
    css = (WEB / "static" / "greffe" / "tokens.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in css.split("dark) {")
    )
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.requirement("MC-01")
@pytest.mark.parametrize(
    ("lang", "only", "telephone"),
    [
        ("en", "questions about the portal only", "Telephone"),
        ("fr", "questions au sujet du portail seulement", "Téléphone"),
    ],
)
@pytest.mark.parametrize("tag", ["{% support %}", "{% support folded=True %}"])
def test_support_names_three_mailboxes_and_one_telephone_for_the_portal_only(
    tag: str, lang: str, only: str, telephone: str
) -> None:
    markup = drawn(tag, lang)
    assert markup.count("mailto:") == 3
    assert markup.count("tel:") == 1
    said = plain(markup)
    assert only in said
    assert f"{telephone} 1-833-777-2433" in said
    assert "IRB.mycasewestern-mondossierouest.CISR@irb-cisr.gc.ca" in said
    assert "IRB.mycasecentral-mondossiercentre.CISR@irb-cisr.gc.ca" in said
    assert "irb.MyCaseEastern-mondossierEst.cisr@cisr-irb.gc.ca" in said
