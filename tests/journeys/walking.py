"""How a person walks through the registry in a browser: the steps that every journey has."""

from email.message import Message
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.site import PASSWORD
from tests.support.browser import PATIENCE

WORDS = {
    "en": {
        "file": "File documents",
        "continue": "Continue",
        "sign in": "Sign in",
        "sign out": "Sign out",
        "my cases": "My cases",
        "must be fixed": "Must be fixed",
        "ready": "Ready",
        "password": "is protected by a password",
        "replace": "Replace the file",
        "add": "Add the files",
        "choose": "Choose files",
        "file now": "File the documents",
        "filed": "Your documents were filed",
        "download": "Download the receipt (PDF)",
        "data": "Signed data (JSON)",
        "check": "Check the receipt",
        "genuine": "This receipt is genuine",
        "worthless": "This receipt proves nothing",
        "history": "History of the case",
        "did file": "filed documents",
        "limit": "Time limit",
        "service": "Statement of service",
        "eastern": "Eastern time",
    },
    "fr": {
        "file": "Déposer des documents",
        "continue": "Continuer",
        "sign in": "Ouvrir une session",
        "sign out": "Fermer la session",
        "my cases": "Mes dossiers",
        "must be fixed": "À corriger",
        "ready": "Prêt",
        "password": "est protégé par un mot de passe",
        "replace": "Remplacer le fichier",
        "add": "Ajouter les fichiers",
        "choose": "Choisir des fichiers",
        "file now": "Déposer les documents",
        "filed": "Vos documents sont déposés",
        "download": "Télécharger l’accusé de réception (PDF)",
        "data": "Données signées (JSON)",
        "check": "Vérifier l’accusé de réception",
        "genuine": "Cet accusé de réception est authentique",
        "worthless": "Cet accusé de réception ne prouve rien",
        "history": "Historique du dossier",
        "did file": "a déposé des documents",
        "limit": "Délai",
        "service": "Déclaration de signification",
        "eastern": "heure de l’Est",
    },
}


class Visit:
    """Somebody at a browser. `complaints` gathers what the browser held against the pages."""

    def __init__(self, page: Page, site: str, lang: str) -> None:
        """Listen to the page from the first moment."""
        self.page, self.site, self.lang = page, site, lang
        self.words = WORDS[lang]
        self.complaints: list[str] = []
        page.context.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._look)

    def _hear(self, message: Any) -> None:
        # A page that refuses something answers 4xx, and Chromium says so in its console.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _look(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url} was answered with {response.status}")

    def go(self, path: str) -> None:
        """Open an address of this language: "portal/"."""
        self.page.goto(f"{self.site}/{self.lang}/{path}")

    def button(self, word: str) -> Locator:
        """The button of the main part that has exactly these words."""
        main = self.page.get_by_role("main")
        return main.get_by_role("button", name=self.words[word], exact=True)

    def link(self, name: str) -> Locator:
        """The link of the main part that has exactly this name."""
        return self.page.get_by_role("main").get_by_role("link", name=name, exact=True)

    def follow(self, target: Locator) -> None:
        """Press what leads to a page, and be there: all of it has come, its scripts run."""
        with self.page.expect_navigation():
            target.click()

    def follow_key(self, key: str) -> None:
        """Press a key that leads to a page, and be there in the same way."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def at(self, heading: str) -> None:
        """Be on the page of this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def sign_in(self, username: str, to: str = "") -> None:
        """From where work begins, through the sign-in page, to the page headed `to` (My cases)."""
        self.go("portal/" if not to else "sign-in/")
        self.at(self.words["sign in"])
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", PASSWORD)
        self.follow(self.button("sign in"))
        self.at(to or self.words["my cases"])

    def open_case(self, number: str) -> None:
        """From My cases to a case."""
        self.follow(self.link(number))
        self.at(number)

    def choose_type(self, kind: str) -> None:
        """From a case to the page of the files of a new filing."""
        self.follow(self.link(self.words["file"]))
        self.page.locator(f"input[value={kind}]").check()
        self.follow(self.button("continue"))
        self.page.wait_for_url("**/files/")

    def line(self, name: str) -> Locator:
        """The line of a file in the list of a filing."""
        return self.page.locator(".file-list .file-line", has_text=name)

    def add(self, *files: Path) -> None:
        """Choose files on the page of the files; the script sends them."""
        self.page.locator("form[data-upload] input[type=file]").set_input_files(list(files))
        for file in files:
            self.line(file.name).wait_for()
        expect(self.page.locator(".upload-line")).to_have_count(0)

    def add_plainly(self, *files: Path) -> None:
        """Choose files and send them with the form's own button, as without JavaScript."""
        self.page.locator("form[data-upload] input[type=file]").set_input_files(list(files))
        self.follow(self.button("add"))

    def replace(self, old: Path, new: Path) -> None:
        """Put a mended file in the place of another."""
        line = self.line(old.name)
        line.locator("summary").click()
        line.locator("input[type=file]").set_input_files(new)
        self.follow(line.get_by_role("button", name=self.words["replace"]))
        self.line(new.name).wait_for()
        expect(self.line(old.name)).to_have_count(0)

    def go_on_from_files(self) -> None:
        """To the page after the files."""
        self.follow(self.link(self.words["continue"]))
        self.page.wait_for_url(lambda url: not url.endswith("/files/"))

    def state_service(self) -> None:
        """Complete the statement of service, every field of it."""
        self.at(self.words["service"])
        page = self.page
        page.locator("#id_recipients").fill("Minister of Immigration")
        page.locator("input[name=method]").first.check()
        for part, value in enumerate(("3", "11", "2026")):
            page.locator(f"#id_served_on_{part}").fill(value)
        if page.locator("#id_signed").count():
            page.locator("#id_signed").check()
        self.follow(self.button("continue"))
        page.wait_for_url(lambda url: not url.endswith("/service/"))

    def skip_dates(self) -> None:
        """Leave the page of dates, where there is one, without a date."""
        if self.page.url.endswith("/dates/"):
            self.follow(self.button("continue"))
        self.page.wait_for_url("**/review/")

    def submit(self) -> None:
        """Confirm each warning, file, and come to the receipt."""
        for box in self.page.locator("input[name=acknowledged]").all():
            box.check()
        self.follow(self.button("file now"))
        self.at(self.words["filed"])

    def download(self, word: str, folder: Path) -> Path:
        """Save what a link of the receipt gives to this browser: a file to keep, never a page."""
        address = self.link(self.words[word]).get_attribute("href")
        answer = self.page.context.request.get(f"{self.site}{address}")
        assert answer.status == 200, answer.text()
        disposition = Message()
        disposition["Content-Disposition"] = answer.headers["content-disposition"]
        assert disposition.get_content_disposition() == "attachment"
        target = folder / str(disposition.get_filename())
        target.write_bytes(answer.body())
        return target

    def check_receipt(self, file: Path) -> None:
        """Hand a receipt to the public page."""
        self.go("receipts/check/")
        self.page.locator("#receipt").set_input_files(file)
        self.follow(self.button("check"))

    def sign_out(self) -> None:
        """End the session from the header."""
        header = self.page.get_by_role("banner")
        self.follow(header.get_by_role("button", name=self.words["sign out"]))
        expect(header.get_by_role("link", name=self.words["sign in"])).to_be_visible()
