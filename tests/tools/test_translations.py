from collections.abc import Callable
from gettext import GNUTranslations
from pathlib import Path

import pytest

from tools.translations import check, compile_catalogue, main, update

NBSP = "\u00a0"
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
)

Faults = Callable[[str, str], list[str]]


@pytest.fixture
def po(tmp_path: Path) -> Path:
    return tmp_path / "locale" / "django.po"


@pytest.fixture
def faults(tmp_path: Path, po: Path) -> Faults:
    def judge(module: str, entries: str) -> list[str]:
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "module.py").write_text(module)
        po.parent.mkdir()
        po.write_text(HEADER + entries)
        return check(po, tmp_path / "src")

    return judge


def test_whole_catalogue_has_no_fault(faults: Faults) -> None:
    assert faults('_("File")', 'msgid "File"\nmsgstr "Déposer"\n') == []


def test_absent_entry_is_missing(faults: Faults) -> None:
    assert faults('_("File")', "") == ["missing: 'File'"]


def test_empty_entry_is_missing(faults: Faults) -> None:
    assert faults('_("File")', 'msgid "File"\nmsgstr ""\n') == ["missing: 'File'"]


def test_entry_of_another_context_does_not_count(faults: Faults) -> None:
    entry = 'msgctxt "verb"\nmsgid "File"\nmsgstr "Déposer"\n'
    assert faults('pgettext("noun", "File")', entry) == [
        "missing: 'File' (context 'noun')",
        "stale: 'File' (context 'verb')",
    ]


def test_plural_with_one_empty_form_is_missing(faults: Faults) -> None:
    entry = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] ""\n'
    assert faults('ngettext("a", "b", n)', entry) == ["missing: 'a'"]


def test_singular_entry_for_a_plural_is_a_fault(faults: Faults) -> None:
    found = faults('ngettext("a", "b", n)', 'msgid "a"\nmsgstr "A"\n')
    assert found == ["plural form missing: 'a'"]


def test_fuzzy_entry_is_a_fault(faults: Faults) -> None:
    assert faults('_("File")', '#, fuzzy\nmsgid "File"\nmsgstr "Filer"\n') == ["fuzzy: 'File'"]


def test_unused_entry_is_stale(faults: Faults) -> None:
    assert faults("", 'msgid "Old"\nmsgstr "Vieux"\n') == ["stale: 'Old'"]


def test_obsolete_entry_is_stale(faults: Faults) -> None:
    assert faults("", '#~ msgid "Old"\n#~ msgstr "Vieux"\n') == ["stale: 'Old'"]


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("%(name)s filed", "%(nom)s a déposé"),
        ("%(name)s filed", "Déposé"),
        ("{name} filed", "{nom} a déposé"),
        ("%s of %s", "%s sur"),
        ("<b>now</b>", "maintenant"),
    ],
)
def test_differing_placeholders_are_a_fault(faults: Faults, english: str, french: str) -> None:
    found = faults(f'_("{english}")', f'msgid "{english}"\nmsgstr "{french}"\n')
    assert found == [f"placeholders differ: {english!r}"]


def test_placeholders_in_another_order_are_right(faults: Faults) -> None:
    entry = 'msgid "%(a)s to %(b)s"\nmsgstr "à %(b)s de %(a)s"\n'
    assert faults('_("%(a)s to %(b)s")', entry) == []


def test_form_for_one_may_leave_the_count_out(faults: Faults) -> None:
    entry = (
        'msgid "one page"\nmsgid_plural "%(n)s pages"\n'
        'msgstr[0] "une page"\nmsgstr[1] "%(n)s pages"\n'
    )
    assert faults('ngettext("one page", "%(n)s pages", n)', entry) == []


def test_form_for_many_may_not_leave_the_count_out(faults: Faults) -> None:
    entry = (
        'msgid "one page"\nmsgid_plural "%(n)s pages"\nmsgstr[0] "une page"\nmsgstr[1] "pages"\n'
    )
    assert faults('ngettext("one page", "%(n)s pages", n)', entry) == [
        "placeholders differ: 'one page'"
    ]


def test_typography_is_judged(faults: Faults) -> None:
    assert faults('_("Sure?")', 'msgid "Sure?"\nmsgstr "Certain ?"\n') == [
        "a breaking space before ; : ? ! or »: 'Sure?'"
    ]


def test_update_keeps_known_adds_new_and_drops_gone(tmp_path: Path, po: Path) -> None:
    (tmp_path / "src").mkdir()
    module = tmp_path / "src" / "module.py"
    module.write_text('_("kept")\n_("gone")')
    assert update(po, tmp_path / "src") == 2
    text = po.read_text("utf-8").replace('msgid "kept"\nmsgstr ""', 'msgid "kept"\nmsgstr "gardé"')
    po.write_text("# note" + text.replace('msgid "gone"\nmsgstr ""', 'msgid "gone"\nmsgstr "x"'))
    module.write_text('_("kept")\n_("kept now")')
    assert update(po, tmp_path / "src") == 1
    assert check(po, tmp_path / "src") == ["missing: 'kept now'"]
    again = po.read_text("utf-8")
    assert 'msgstr "gardé"' in again
    assert "gone" not in again
    assert "fuzzy" not in again


def test_update_twice_writes_the_same_bytes(tmp_path: Path, po: Path) -> None:
    (tmp_path / "module.py").write_text('_("b")\n_("a")\nngettext("one", "many", n)')
    update(po, tmp_path)
    first = po.read_bytes()
    (tmp_path / "module.py").write_text('\n\n_("a")\n_("b")\nngettext("one", "many", n)')
    update(po, tmp_path)
    assert po.read_bytes() == first
    assert b"Date" not in first


def test_update_empties_a_singular_that_became_plural(tmp_path: Path, po: Path) -> None:
    po.parent.mkdir()
    po.write_text(HEADER + 'msgid "page"\nmsgstr "page"\n')
    (tmp_path / "module.py").write_text('ngettext("page", "pages", n)')
    assert update(po, tmp_path) == 1


def test_compiled_catalogue_speaks_french(po: Path) -> None:
    po.parent.mkdir()
    po.write_text(
        HEADER
        + 'msgid "File"\nmsgstr "Déposer"\n\nmsgctxt "noun"\nmsgid "File"\nmsgstr "Fichier"\n'
        + '\nmsgid "page"\nmsgid_plural "pages"\nmsgstr[0] "une"\nmsgstr[1] "plusieurs"\n'
    )
    compile_catalogue(po)
    with po.with_suffix(".mo").open("rb") as file:
        french = GNUTranslations(file)
    assert french.gettext("File") == "Déposer"
    assert french.pgettext("noun", "File") == "Fichier"
    assert [french.ngettext("page", "pages", n) for n in (0, 1, 2)] == ["une", "une", "plusieurs"]
    assert sorted(file.name for file in po.parent.iterdir()) == ["django.mo", "django.po"]


def test_unknown_command_says_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frobnicate"]) == 2
    assert "update|check|compile" in capsys.readouterr().out
