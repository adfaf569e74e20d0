"""Every page and every error of a filing, in both languages: axe, narrow screens, zoom, policy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.judging import judged
from tests.journeys.walking import Visit

pytestmark = [pytest.mark.browser, pytest.mark.requirement("BY-06")]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_pages_of_visitors_are_for_everybody(
    visit: Callable[..., Visit], tmp_path: Path, lang: str
) -> None:
    reached = [judged(name, who) for name, who in public_pages(visit(lang), tmp_path)]
    assert len(reached) == len(set(reached)) == 14


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_pages_of_counsel_are_for_everybody(
    visit: Callable[..., Visit], corpus: Path, lang: str
) -> None:
    counsel = visit(lang)
    counsel.sign_in("tremblay")
    reached = [judged(name, who) for name, who in case_pages(counsel)]
    assert len(reached) == len(set(reached)) == 6
    reached = [judged(name, who) for name, who in filing_pages(counsel, corpus)]
    assert len(reached) == len(set(reached)) == 18
    reached = [judged(name, who) for name, who in date_pages(counsel, corpus)]
    assert len(reached) == len(set(reached)) == 3


@pytest.mark.requirement("MC-07")
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_pages_of_refused_uploads_are_for_everybody(
    visit: Callable[..., Visit], corpus: Path, tmp_path: Path, lang: str
) -> None:
    reached = [judged(name, who) for name, who in refusal_pages(visit(lang), corpus, tmp_path)]
    assert len(reached) == len(set(reached)) == 4


Pages = Iterator[tuple[str, Visit]]


def public_pages(visitor: Visit, folder: Path) -> Pages:
    """Each page that needs no account, and each of its errors."""
    for path in (
        "",
        "help/",
        "accessibility/",
        "privacy/",
        "nowhere/",
        "demonstration/",
        "demonstration/mail/",
    ):
        visitor.go(path)
        yield path or "home", visitor
    visitor.go("receipts/check/")
    yield "check", visitor
    visitor.follow(visitor.button("check"))
    expect(visitor.page.locator(".error-summary")).to_be_focused()
    yield "check without a file", visitor
    other = folder / "other.json"
    other.write_text("{}")
    visitor.check_receipt(other)
    expect(visitor.page.get_by_text(visitor.words["worthless"])).to_be_visible()
    yield "check of something else", visitor
    visitor.go("sign-in/")
    yield "sign in", visitor
    visitor.follow(visitor.button("sign in"))
    expect(visitor.page.locator(".error-summary")).to_be_focused()
    yield "sign in with nothing", visitor
    visitor.page.fill("#id_login", "okafor")
    visitor.page.fill("#id_password", "not this one")
    visitor.follow(visitor.button("sign in"))
    expect(visitor.page.locator(".error-summary li")).to_have_count(1)
    yield "sign in with a wrong password", visitor
    visitor.page.context.clear_cookies()
    visitor.follow(visitor.button("sign in"))
    expect(visitor.page.locator("form[action*=sign-in]")).to_have_count(0)
    yield "a form of no session", visitor


def case_pages(counsel: Visit) -> Pages:
    """My cases and a case, with and without something in them."""
    yield "my cases", counsel
    counsel.go("portal/?q=zzz")
    yield "my cases, none found", counsel
    counsel.go("portal/")
    counsel.open_case("MC4-07781")
    yield "a closed case", counsel
    counsel.go("portal/")
    counsel.open_case("MC6-00902")
    counsel.follow(counsel.link(counsel.words["file"]))
    expect(counsel.page.locator(".finding").first).to_be_visible()
    yield "an appeal that is not recorded", counsel
    counsel.go("portal/")
    counsel.open_case("MC6-02345")
    yield "a case", counsel
    counsel.follow(counsel.link(counsel.words["history"]))
    yield "its history", counsel


def filing_pages(counsel: Visit, corpus: Path) -> Pages:
    """Each step of a filing, each with what can be wrong in it, as far as the receipt."""
    page = counsel.page
    yield from choosing_pages(counsel)
    draft = page.url.partition("files/")[0]
    page.goto(f"{draft}files/")
    yield from file_pages(counsel, corpus)
    yield from service_pages(counsel, draft)
    page.goto(f"{draft}review/")
    yield "review", counsel
    counsel.follow(counsel.button("file now"))
    expect(page.locator(".error-summary")).to_be_focused()
    yield "review without reading the warnings", counsel
    page.goto(f"{draft}discard/")
    yield "discard", counsel
    yield from stale_pages(counsel, draft)
    page.goto(f"{draft}review/")
    counsel.submit()
    yield "receipt", counsel
    page.locator("summary").click()
    yield "receipt, technical details", counsel
    page.goto(f"{draft}files/")
    counsel.at(counsel.words["filed"])
    counsel.go("portal/")
    counsel.open_case("MC6-02345")
    yield "a case with documents", counsel


def choosing_pages(counsel: Visit) -> Pages:
    counsel.go("portal/")
    counsel.open_case("MC6-02345")
    counsel.follow(counsel.link(counsel.words["file"]))
    counsel.page.wait_for_url("**/file/")
    yield "type", counsel
    counsel.follow(counsel.button("continue"))
    expect(counsel.page.locator(".error-summary")).to_be_focused()
    counsel.page.keyboard.press("Tab")
    counsel.page.keyboard.press("Enter")  # within the page
    expect(counsel.page.locator("input[name=document_type]").first).to_be_focused()
    yield "type not chosen", counsel
    counsel.page.locator("input[value=rpd-disclosure]").check()
    counsel.follow(counsel.button("continue"))
    # The fragment of the link in the summary stays in the address through the redirection.
    counsel.page.wait_for_url("**/files/**")


def file_pages(counsel: Visit, corpus: Path) -> Pages:
    page = counsel.page
    yield "files, none yet", counsel
    with page.expect_navigation():
        page.locator("form[data-upload]").evaluate("form => form.submit()")
    expect(page.locator(".error-summary")).to_be_focused()
    yield "files, none chosen", counsel
    several = ["doc_3_3_pages.pdf", "160F-2019.pdf", "attachment.pdf", "TAMReview.pdf"]
    counsel.add(*(corpus / name for name in several))
    counsel.add(corpus / "pr6531_1.pdf")
    yield "files with findings", counsel
    page.locator("form[data-upload] input[type=file]").set_input_files(corpus / "franz.pdf")
    expect(page.locator(".upload-line")).to_have_count(1)
    yield "a sixth file", counsel
    page.locator(".file-actions summary").first.click()
    yield "replace", counsel
    page.goto(page.url.replace("/files/", "/review/"))
    expect(page.locator(".file-line.tone-danger")).to_have_count(1)
    yield "review of what would be refused", counsel
    page.goto(page.url.replace("/review/", "/files/"))
    counsel.replace(corpus / "pr6531_1.pdf", corpus / "franz.pdf")


def service_pages(counsel: Visit, draft: str) -> Pages:
    page = counsel.page
    page.goto(f"{draft}service/")
    yield "service", counsel
    page.locator("#id_served_on_0").fill("31")
    counsel.follow(counsel.button("continue"))
    expect(page.locator(".error-summary")).to_be_focused()
    yield "service on half a date", counsel
    page.goto(f"{draft}service/")
    counsel.follow(counsel.button("continue"))
    page.goto(f"{draft}service/")
    expect(page.locator(".finding").first).to_be_visible()
    yield "service that says nothing", counsel
    counsel.state_service()


def date_pages(counsel: Visit, corpus: Path) -> Pages:
    """A filing whose time limit runs from a day that the case does not know."""
    page = counsel.page
    counsel.go("portal/")
    counsel.open_case("MC6-02346")
    counsel.choose_type("rpd-boc")
    counsel.add(corpus / "franz.pdf")
    counsel.go_on_from_files()
    page.wait_for_url("**/dates/")
    yield "dates", counsel
    day = page.locator(".date-parts").first.locator("input")
    day.first.fill("31")
    counsel.follow(counsel.button("continue"))
    expect(page.locator(".error-summary")).to_be_focused()
    yield "half a date", counsel
    for box, value in zip(day.all(), ("2", "11", "2026"), strict=True):
        box.fill(value)
    counsel.follow(counsel.button("continue"))
    page.wait_for_url("**/review/")
    expect(page.locator(".summary-list a[href$='/dates/']")).to_be_visible()
    yield "review with a date of the filer", counsel


def stale_pages(counsel: Visit, draft: str) -> Pages:
    """A review that is sent after its draft was changed on another page."""
    page = counsel.page
    page.goto(f"{draft}review/")
    other = page.context.new_page()
    other.goto(f"{draft}files/")
    franz = other.locator(".file-line", has_text="franz.pdf")
    franz.locator("form").last.get_by_role("button").click()
    expect(other.locator(".file-line")).to_have_count(4)
    other.close()
    for box in page.locator("input[name=acknowledged]").all():
        box.check()
    counsel.follow(counsel.button("file now"))
    expect(page.locator("main form")).to_have_count(0)
    yield "a stale review", counsel


def refusal_pages(counsel: Visit, corpus: Path, folder: Path) -> Pages:
    """What the registry answers to uploads that it does not take, when no script forestalls it."""
    page = counsel.page
    counsel.check_receipt(zeros(folder / "receipt.pdf", megabytes=21))
    expect(page.locator(".error-summary")).to_contain_text("20")
    yield "a receipt of 21 MB", counsel
    counsel.sign_in("okafor")
    counsel.open_case("TC6-04410")
    counsel.choose_type("rpd-written-submissions")
    page.route("**/upload*.js", lambda route: route.abort())
    page.reload()
    counsel.add_plainly(*copies(corpus / "franz.pdf", folder, 6))
    expect(page.locator(".error-summary")).to_contain_text("6.pdf")
    expect(page.locator(".file-line")).to_have_count(5)
    yield "six files at once", counsel
    files = [zeros(folder / f"large-{n}.pdf", megabytes=43) for n in range(6)]
    page.goto(page.url)
    counsel.add_plainly(*files)
    expect(page.locator("form[data-upload]")).to_have_count(0)
    yield "more than a filing can have", counsel
    counsel.follow(page.get_by_role("main").get_by_role("link").last)
    expect(page.locator(".file-line")).to_have_count(5)
    yield "the draft as it was", counsel


def zeros(file: Path, *, megabytes: int) -> Path:
    with file.open("wb") as content:
        content.truncate(megabytes * 1024 * 1024)
    return file


def copies(of: Path, folder: Path, count: int) -> list[Path]:
    """Files that differ in their last byte alone."""
    made = [folder / f"{n}.pdf" for n in range(1, count + 1)]
    for n, file in enumerate(made):
        file.write_bytes(of.read_bytes() + b"%%%d" % n)
    return made
