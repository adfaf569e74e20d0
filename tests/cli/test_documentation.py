"""What people read names what is there: links, commands, variables, and good French."""

import re
from pathlib import Path

import pytest
import typer

from greffe.cli.app import build
from tools.french import faults

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FRENCH = [page for page in PAGES if page.name.endswith(".fr.md")]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"""["'](GREFFE_[A-Z_]+|DATABASE_[A-Z_]*URL)["']""")
# Between processes of ours: nobody sets them.
INTERNAL = {"GREFFE_PARENT", "GREFFE_SERVER"}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("page", FRENCH, ids=name)
def test_french_page_is_written_as_french_is(page: Path) -> None:
    prose = CODE.sub("x", page.read_text("utf-8"))
    assert [(line, fault) for line in prose.splitlines() for fault in faults(line)] == []


@pytest.mark.parametrize("page", FRENCH, ids=name)
def test_french_page_and_its_english_one_have_the_same_sections(page: Path) -> None:
    other = page.with_name(page.name.replace(".fr.md", ".md"))
    heads = [re.findall(r"^#+ ", text.read_text("utf-8"), re.MULTILINE) for text in (page, other)]
    assert heads[0] == heads[1]


def commands(app: typer.Typer, prefix: str = "") -> set[str]:
    own = {
        prefix + (one.name or one.callback.__name__)
        for one in app.registered_commands
        if one.callback and not one.hidden
    }
    return own.union(
        *(commands(group.typer_instance, f"{group.name} ") for group in app.registered_groups
          if group.typer_instance)
    )  # fmt: skip


def test_every_command_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z]+(?: [a-z]+)?)\b(?=[ `])", page, re.MULTILINE))
    checks = {"state", "store", "keys", "isolation", "secret", "rules", "database", "roles"}
    checks |= {"clock", "migrations", "worker", "scanner", "space", "time", "mail", "unsent"}
    checks |= {"texts"}
    assert commands(build()) <= listed
    assert listed - checks <= commands(build())


def test_every_variable_is_in_the_reference() -> None:
    page = (ROOT / "docs/reference/environment.md").read_text("utf-8")
    read = {
        found
        for file in (ROOT / "src/greffe").rglob("*.py")
        for found in VARIABLE.findall(file.read_text("utf-8"))
    }
    assert {variable for variable in read - INTERNAL if f"`{variable}`" not in page} == set()


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text("utf-8")
    decisions = [file.name for file in folder.glob("0*.md")]
    assert len(decisions) >= 9
    assert [file for file in decisions if f"({file})" not in index] == []
