"""The loader: rows in force, a tribunal's rows laid over, wrong rows named, one hash."""

import datetime as dt
import importlib.resources
import random
from pathlib import Path

import pytest

from greffe.law.ruleset import TABLES, RuleError, RuleSet, UnknownRowError, load_rules

DAY = dt.date(2026, 11, 21)
PACKAGED = load_rules()

PERMISSION = """
[[filing_permission]]
id = "rpd"
division = "RPD"
filing = true
notice_of_appeal = false
needs_recorded_appeal = false
authority = "Practice notice"
in_force_from = 2020-10-26
"""


def overlay(folder: Path, file: str, content: str) -> RuleSet:
    (folder / file).write_text(content, encoding="utf-8")
    return load_rules(folder)


def wrong(folder: Path, file: str, content: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        overlay(folder, file, content)
    assert str(folder / file) == caught.value.file
    return caught.value


def packaged(file: str) -> str:
    return (importlib.resources.files("greffe.law") / "data" / file).read_text(encoding="utf-8")


# What is packaged


def test_packaged_rules_hold_the_offices_with_their_zones() -> None:
    zones = {office.id: (office.region, office.zone) for office in PACKAGED.offices}
    assert zones == {
        "vancouver": ("west", "America/Vancouver"),
        "calgary": ("west", "America/Edmonton"),
        "toronto": ("central", "America/Toronto"),
        "montreal": ("east", "America/Toronto"),
    }


def test_packaged_rules_keep_the_contacts_of_the_source() -> None:
    assert {region.id: region.portal_email for region in PACKAGED.regions} == {
        "west": "IRB.mycasewestern-mondossierouest.CISR@irb-cisr.gc.ca",
        "central": "IRB.mycasecentral-mondossiercentre.CISR@irb-cisr.gc.ca",
        "east": "irb.MyCaseEastern-mondossierEst.cisr@cisr-irb.gc.ca",
    }
    assert {region.portal_telephone for region in PACKAGED.regions} == {"1-833-777-2433"}


def test_packaged_rules_know_where_the_minister_is_always_a_party() -> None:
    always = {row.id for row in PACKAGED.divisions if row.minister_is_always_party}
    assert always == {"IAD", "ID"}


def test_packaged_rules_know_that_only_the_id_has_no_rollover() -> None:
    assert [row.id for row in PACKAGED.divisions if not row.limits_roll_over] == ["ID"]


@pytest.mark.requirement("MC-08")
@pytest.mark.parametrize("division", ["RPD", "RAD", "IAD", "ID"])
def test_document_types_cover_what_the_source_lists_in_every_division(division: str) -> None:
    categories = {row.category for row in PACKAGED.document_types_for(division, DAY)}
    wanted = {"application", "disclosure", "written-submissions", "response", "reply", "contact"}
    assert wanted <= categories


@pytest.mark.requirement("MC-08")
def test_document_types_of_the_rpd_include_its_forms() -> None:
    forms = {row.label.fr for row in PACKAGED.document_types_for("RPD", DAY)}
    assert "Formulaire Fondement de la demande d’asile (FDA)" in forms


@pytest.mark.requirement("MC-08")
def test_filing_is_limited_to_protected_b() -> None:
    assert PACKAGED.filing_limit(DAY).max_classification.fr == "Protégé B"


@pytest.mark.requirement("MC-11")
@pytest.mark.parametrize("division", ["RAD", "IAD"])
def test_document_types_leave_out_the_barred_notice_of_appeal(division: str) -> None:
    exists = any(
        row.notice_of_appeal and row.division == division for row in PACKAGED.document_types
    )
    offered = any(row.notice_of_appeal for row in PACKAGED.document_types_for(division, DAY))
    assert exists
    assert not offered


def test_document_types_for_a_person_leave_out_those_of_the_minister() -> None:
    offered = {row.id for row in PACKAGED.document_types_for("RPD", DAY, "person")}
    assert "rpd-notice-of-intervention" not in offered
    assert "rpd-disclosure" in offered


def test_document_type_with_its_own_form_begins_with_the_form() -> None:
    before, after = dt.date(2024, 10, 14), dt.date(2024, 10, 15)
    assert "rpd-late-disclosure" not in {t.id for t in PACKAGED.document_types_for("RPD", before)}
    assert "rpd-late-disclosure" in {t.id for t in PACKAGED.document_types_for("RPD", after)}


def test_filing_permitted_begins_with_the_practice_notice() -> None:
    for division in ("RPD", "RAD", "IAD", "ID"):
        assert not PACKAGED.filing_permitted(division, dt.date(2020, 10, 25))
        assert PACKAGED.filing_permitted(division, dt.date(2020, 10, 26))


def test_every_row_names_its_authority() -> None:
    for table in TABLES:
        for row in getattr(PACKAGED, table.name):
            assert row.authority, row.id


def test_french_words_use_non_breaking_spaces_and_no_english_quotes() -> None:
    for table in TABLES:
        lines = packaged(table.file).splitlines()
        for line in (line for line in lines if line.split(" = ")[0].endswith(".fr")):
            words = line.partition(" = ")[2].strip('"')
            assert not any(f" {mark}" in words for mark in ":;?!»"), line
            assert "« " not in words, line
            assert "“" not in words, line
            assert "'" not in words, line


# Lookups


def test_office_not_in_force_is_not_found() -> None:
    assert PACKAGED.office("vancouver", on=DAY).zone == "America/Vancouver"
    with pytest.raises(UnknownRowError, match="1999-01-01"):
        PACKAGED.office("vancouver", dt.date(1999, 1, 1))


def test_office_unknown_is_not_found() -> None:
    with pytest.raises(UnknownRowError, match="ottawa"):
        PACKAGED.office("ottawa")


def test_filing_limit_before_there_was_one_is_not_found() -> None:
    with pytest.raises(UnknownRowError):
        PACKAGED.filing_limit(dt.date(2019, 1, 1))


def test_rule_set_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        PACKAGED.hash = "other"  # type: ignore[misc] # the point of the test
    with pytest.raises(ValueError, match="frozen"):
        PACKAGED.offices[0].zone = "UTC"  # type: ignore[misc] # the same


# A tribunal's rows laid over


def test_overlay_row_replaces_the_packaged_one_of_the_same_id(tmp_path: Path) -> None:
    rules = overlay(tmp_path, "filing_permissions.toml", PERMISSION.replace("= true", "= false"))
    assert not rules.filing_permitted("RPD", DAY)
    assert rules.filing_permitted("RAD", DAY)
    assert rules.hash != PACKAGED.hash


def test_overlay_row_of_a_new_id_is_added(tmp_path: Path) -> None:
    row = """
    [[office]]
    id = "winnipeg"
    label.en = "Winnipeg"
    label.fr = "Winnipeg"
    region = "central"
    zone = "America/Winnipeg"
    divisions = ["RPD"]
    authority = "A new office"
    in_force_from = 2026-01-01
    """
    rules = overlay(tmp_path, "offices.toml", row)
    assert rules.office("winnipeg", DAY).zone == "America/Winnipeg"
    assert rules.office("toronto", DAY) == PACKAGED.office("toronto", DAY)


def test_overlay_of_two_versions_gives_each_day_its_own(tmp_path: Path) -> None:
    ended = PERMISSION + "in_force_to = 2026-12-31\n"
    later = PERMISSION.replace("2020-10-26", "2027-01-01").replace(
        "notice_of_appeal = false", "notice_of_appeal = true"
    )
    rules = overlay(tmp_path, "filing_permissions.toml", ended + later)
    last_day = rules.filing_permission("RPD", dt.date(2026, 12, 31))
    next_day = rules.filing_permission("RPD", dt.date(2027, 1, 1))
    assert last_day is not None
    assert next_day is not None
    assert (last_day.notice_of_appeal, next_day.notice_of_appeal) == (False, True)


def test_overlay_folder_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="not there"):
        load_rules(tmp_path / "none")


# The hash


def test_hash_ignores_order_and_white_space(tmp_path: Path) -> None:
    head, *rows = packaged("findings.toml").split("[[finding]]")
    random.Random(7).shuffle(rows)
    shuffled = head + "".join(f"\n\n[[finding]]   # moved\n{row}" for row in rows)
    assert overlay(tmp_path, "findings.toml", shuffled).hash == PACKAGED.hash


def test_hash_changes_with_one_letter(tmp_path: Path) -> None:
    changed = packaged("findings.toml").replace("Add at least one PDF.", "Add at least one  PDF.")
    assert overlay(tmp_path, "findings.toml", changed).hash != PACKAGED.hash


def test_hash_is_sha256_in_hexadecimal() -> None:
    assert len(bytes.fromhex(PACKAGED.hash)) == 32


# Wrong rows


def test_text_that_is_no_toml_is_named(tmp_path: Path) -> None:
    error = wrong(tmp_path, "offices.toml", "[[office]\n")
    assert "not readable TOML" in error.reason


def test_file_of_no_table_is_named(tmp_path: Path) -> None:
    error = wrong(tmp_path, "ofices.toml", "")
    assert "offices.toml" in error.reason


def test_table_in_the_wrong_file_is_named(tmp_path: Path) -> None:
    error = wrong(tmp_path, "offices.toml", PERMISSION)
    assert "[[office]]" in error.reason
    assert "filing_permission" in error.reason


def test_single_bracket_table_is_explained(tmp_path: Path) -> None:
    error = wrong(tmp_path, "offices.toml", '[office]\nid = "x"\n')
    assert "[[office]]" in error.reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('division = "RPD"\n', ""), "“division” is missing"),
        (('division = "RPD"', 'division = "XYZ"'), "it names “XYZ”, which is not in divisions"),
        (("filing = true", 'filing = "perhaps"'), "“filing”: "),
        (("filing = true", "filing = true\nfilling = true"), "“filling” is not a field"),
        (('authority = "Practice notice"', 'authority = " "'), "“authority”: "),
        (("2020-10-26", "2020-10-26\nin_force_to = 2020-10-25"), "before it begins"),
        (('id = "rpd"', 'id = "rpd-twice"'), "row “rpd” is the filing permission of the division"),
    ],
)
def test_wrong_permission_is_named_with_its_reason(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    content = PERMISSION.replace(*change)
    error = wrong(tmp_path, "filing_permissions.toml", content)
    assert error.row in {"rpd", "rpd-twice"}
    assert reason in error.reason
    assert error.row in str(error)
    assert error.file in str(error)


def test_row_without_an_id_is_named_as_such(tmp_path: Path) -> None:
    error = wrong(tmp_path, "filing_permissions.toml", PERMISSION.replace('id = "rpd"\n', ""))
    assert "“id” is missing" in error.reason


def test_two_versions_on_one_day_are_named(tmp_path: Path) -> None:
    later = PERMISSION.replace("2020-10-26", "2027-01-01")
    error = wrong(tmp_path, "filing_permissions.toml", PERMISSION + later)
    assert error.row == "rpd"
    assert "2027-01-01" in error.reason


def first_row(file: str, key: str) -> str:
    """Give the first [[key]] row of a packaged file as an overlay, with the file's defaults."""
    head, _, rest = packaged(file).partition(f"[[{key}]]")
    defaults = "[defaults]\n" + head.partition("[defaults]")[2].partition("[[")[0]
    return f"{defaults}\n[[{key}]]{rest.partition('[[')[0]}"


@pytest.mark.parametrize(
    ("file", "key", "change", "reason"),
    [
        ("offices.toml", "region", ("label.fr", "label.de"), "label.fr"),
        ("offices.toml", "office", ("America/Vancouver", "America/Vancuver"), "time-zone database"),
        (
            "offices.toml",
            "office",
            ('region = "west"', 'region = "up"'),
            "“up”, which is not in regions",
        ),
        ("offices.toml", "office", ('["RPD", "RAD", "IAD", "ID"]', "[]"), "“divisions”"),
        ("divisions.toml", "division", ('"private"', '"secret"'), "“default_openness”"),
        (
            "document_types.toml",
            "document_type",
            ('"RPD"', '"SPR"'),
            "“SPR”, which is not in divisions",
        ),
        ("document_types.toml", "document_type", ("division-form", "novel"), "“category”"),
        (
            "filing_permissions.toml",
            "filing_limit",
            ("max_files = 5", "max_files = 0"),
            "max_files",
        ),
        ("filing_permissions.toml", "filing_limit", ('["pdf"]', '["mp3"]'), "“kinds.0”"),
        ("service_duties.toml", "service_method", ('"RPD"', '"SPR"'), "“SPR”"),
        ("service_duties.toml", "service_duty", ("rpd-disclosure", "rpd-novel"), "“rpd-novel”"),
        (
            "service_duties.toml",
            "service_duty",
            ("rpd-disclosure", "id-disclosure"),
            "of ID, not of RPD",
        ),
        ("service_duties.toml", "service_duty", ('"statement"', '"oath"'), "“evidence”"),
        (
            "service_duties.toml",
            "service_duty",
            ('id = "', 'id = "x'),
            "service duty for the document",
        ),
        ("findings.toml", "finding", ('"refuse"', '"forbid"'), "“severity”"),
        ("findings.toml", "finding", ("{name}", "{nom}"), "{nom}"),
        ("findings.toml", "finding", ("“{name}”", "“{nom}”"), "do not name the same"),
        ("findings.toml", "finding", ("{name}", "{name:x}"), "is not a plain {name}"),
        ("findings.toml", "finding", ("“{name}”", "“{name”"), "is not a plain {name}"),
        (
            "findings.toml",
            "finding",
            ('id = "not-pdf"', 'id = "novel"'),
            "no check makes a finding",
        ),
        (
            "findings.toml",
            "finding",
            ('id = "not-pdf"', 'id = "not-pdf"\nin_force_to = 2026-01-01'),
            "2026-01-02",
        ),
        ("texts.toml", "text", ("text.fr", "text.es"), "text.fr"),
        ("limits.toml", "limit", ('division = "RPD"', 'division = "ID"'), "not of ID"),
        ("closures.toml", "closure", ("rule =", "rules ="), "“rules” is not a field"),
        ("registry.toml", "decision_reason", ('event = "return"', 'event = "burn"'), "event"),
        (
            "registry.toml",
            "registry_due",
            ("working_days = 2", "working_days = -2"),
            "working_days",
        ),
        ("retention.toml", "retention", ("days = 30", "days = 0"), "days"),
        ("retention.toml", "retention", ("days = 30", ""), "belong together"),
        ("invitations.toml", "membership", ("label.fr", "label.es"), "label.fr"),
        ("invitations.toml", "regulator", ('["lawyer"]', '["judge"]'), "“judge”"),
        ("invitations.toml", "identity_document", ("label.en", "title.en"), "label.en"),
        (
            "invitations.toml",
            "invitation_time",
            ("remind_before = 14", "remind_before = 60"),
            "remind_before",
        ),
        ("invitations.toml", "invitation_time", ('id = "form"', 'id = "nap"'), "no step"),
        ("terms.toml", "terms", ('version = "1"', 'version = "one"'), "version"),
        ("credentials.toml", "recovery_question", ("text.fr", "text.es"), "text.fr"),
        ("credentials.toml", "sign_in_policy", ("on = false", 'on = "maybe"'), "“on”"),
        ("representation.toml", "delegate_limit", ("most = 4", "most = -1"), "most"),
        ("representation.toml", "contact_duty", ('division = "RPD"', 'division = "X"'), "“X”"),
    ],
)
def test_wrong_row_of_each_table_is_named_by_file_row_and_reason(
    tmp_path: Path, file: str, key: str, change: tuple[str, str], reason: str
) -> None:
    content = first_row(file, key)
    assert change[0] in content, "the packaged row no longer holds what this test changes"
    error = wrong(tmp_path, file, content.replace(*change))
    assert error.row
    assert reason in error.reason


def test_every_table_has_a_wrong_row_in_this_suite() -> None:
    marks = test_wrong_row_of_each_table_is_named_by_file_row_and_reason.pytestmark  # type: ignore[attr-defined] # set by pytest
    tried = {(file, key) for file, key, *_ in marks[0].args[1]} | {
        ("filing_permissions.toml", "filing_permission"),
        ("events.toml", "event"),  # its wrong rows are tried with the limits
    }
    assert tried == {(table.file, table.key) for table in TABLES}
