from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from tools.messages import Message, in_python, in_table, in_template, in_tree


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% translate "File a document" %}', Message("File a document", None, None)),
        ("{% translate 'Open' context \"case\" %}", Message("Open", None, "case")),
        ('{% translate "Hi" as greeting %}', Message("Hi", None, None)),
        ('<p title="{{ _("Close") }}">', Message("Close", None, None)),
        ('{{ name|default:_("nobody") }}', Message("nobody", None, None)),
        ('{% include "a.html" with label=_("Send") %}', Message("Send", None, None)),
        (
            "{% blocktranslate with n=x %}Hello {{ n }}, 5 %{% endblocktranslate %}",
            Message("Hello %(n)s, 5 %%", None, None),
        ),
        (
            "{% blocktranslate trimmed %}\n   two\n   lines\n{% endblocktranslate %}",
            Message("two lines", None, None),
        ),
        (
            "{% blocktranslate count n=x %}one{% plural %}{{ n }} many{% endblocktranslate %}",
            Message("one", "%(n)s many", None),
        ),
        (
            "{% blocktranslate count n=x context 'a' %}one{% plural %}more{% endblocktranslate %}",
            Message("one", "more", "a"),
        ),
    ],
)
def test_message_of_template_is_found(source: str, message: Message) -> None:
    assert list(in_template(source)) == [message]


def test_template_with_odd_indentation_is_read() -> None:
    source = '<ul>\n      <li>\n   {% translate "a" %}\n  <b>it\'s {{ x }}</b>{% translate "b" %}'
    assert [message.text for message in in_template(source)] == ["a", "b"]


def test_commented_template_text_is_no_message() -> None:
    source = '{# {% translate "old" %} #}{% comment %}{% translate "older" %}{% endcomment %}'
    assert list(in_template(source)) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{{ _("Due") }}', Message("Due", None, None)),
        ('{% set due = _("Due") %}', Message("Due", None, None)),
        ('{{ _("due %(day)s", day=row.due) }}', Message("due %(day)s", None, None)),
        (
            '{{ ngettext("%(n)s page", "%(n)s pages", x, n=x) }}',
            Message("%(n)s page", "%(n)s pages", None),
        ),
    ],
)
def test_message_of_a_table_is_found(source: str, message: Message) -> None:
    assert list(in_table(source)) == [message]


def test_table_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        list(in_table("{% for row in rows %}"))


def test_block_tag_inside_translation_is_refused() -> None:
    source = "{% blocktranslate %}a{% if b %}c{% endif %}{% endblocktranslate %}"
    with pytest.raises(SyntaxError, match=r"page\.html"):
        list(in_template(source, "page.html"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('_("a")', Message("a", None, None)),
        ('gettext_lazy("a")', Message("a", None, None)),
        ('gettext("a" " b")', Message("a b", None, None)),
        ('ngettext("one", "many", n)', Message("one", "many", None)),
        ('pgettext("noun", "file")', Message("file", None, "noun")),
        ('pgettext_lazy("noun", "file")', Message("file", None, "noun")),
        ('npgettext("noun", "one", "many", n)', Message("one", "many", "noun")),
        ('npgettext_lazy("noun", "one", "many", n)', Message("one", "many", "noun")),
        ('gettext_noop("a")', Message("a", None, None)),
    ],
)
def test_message_of_python_is_found(call: str, message: Message) -> None:
    assert list(in_python(f"x = {call}\n")) == [message]


def test_comment_for_translators_is_kept() -> None:
    source = '# Translators: a verb\nx = _("File")\n'
    assert [message.comments for message in in_python(source)] == [("a verb",)]


def test_tree_gives_templates_and_modules_and_leaves_data_alone(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('{% translate "page" %}')
    (tmp_path / "module.py").write_text('_("module")')
    (tmp_path / "notes.txt").write_text('{% translate "no template" %}')
    assert [(path, message.text) for path, message in in_tree(tmp_path)] == [
        ("module.py", "module"),
        ("templates/page.html", "page"),
    ]
