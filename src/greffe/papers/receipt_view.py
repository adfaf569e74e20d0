"""What the receipt's page says, part by part: the signed data turned into words of one language."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from greffe.papers import texts
from greffe.papers.scripts import CLOSE, OPEN, Level, breakable, isolated, showable
from greffe.papers.texts import NBSP, Lang

_STATUSES = ("met", "late", "unknown")
_HASH_GROUP = 8


class Words:
    """The language of a page, and what of a text may be drawn as it is."""

    def __init__(self, lang: Lang, level: Level, paper: texts.Paper = "receipt") -> None:
        self.lang: Lang = lang
        self.level: Level = level
        self.paper: texts.Paper = paper
        self.escaped = ""

    def say(self, code: str, **values: str) -> str:
        """Return our own text of a code; values must be shown already."""
        return texts.text(code, self.lang, on=self.paper, **values)

    def show(self, value: object, *, file_name: bool = False) -> str:
        """Return somebody else's text, drawable, able to wrap, unable to reorder its line."""
        return isolated(breakable(self.exact(value)), file_name=file_name)

    def exact(self, value: object) -> str:
        """Return somebody else's text, drawable, to be copied from the page as it is."""
        plain = str(value)
        drawn = showable(plain, self.level)
        if drawn != plain and not self.escaped:
            self.escaped = drawn[drawn.index(OPEN) :].partition(CLOSE)[0].split(" ")[0] + CLOSE
        return drawn

    def pick(self, both: Mapping[str, Any]) -> str:
        """Return the page's language of a bilingual label."""
        return self.show(both[self.lang])


def view(
    payload: Mapping[str, Any], words: Words, *, kid: str, address: str = ""
) -> dict[str, Any]:
    """Return everything the template prints, as text. Raises KeyError for a missing field."""
    number = words.show(payload["number"])
    parts = {
        "lang": words.lang,
        "registry": words.pick(payload["registry"]),
        "title": words.say("title"),
        "number": number,
        "document_title": words.say("document-title", number=number),
        "banner": words.say("demonstration") if payload["demonstration"] else None,
        "received": _received(payload, words),
        "facts": _facts(payload, words),
        "documents": _documents(payload["documents"], words),
        "sections": [
            *_limits(payload["limits"], words),
            *_service(payload["service"], words),
            *_findings(payload["findings"], words),
            *_next(payload["next"], words),
        ],
        "verify": _verify(words, address, demonstration=bool(payload["demonstration"])),
        "technical": _technical(payload, words, kid),
        "footer": words.say("footer", number=number),
        "page": words.say("footer-page", page="{page}", pages="{pages}"),
        "attachment": words.say("attachment"),
    }
    example = words.escaped
    return parts | {"note": words.say("escaped", example=example) if example else None}


def _received(payload: Mapping[str, Any], words: Words) -> dict[str, Any]:
    received = payload["received"]
    clocks = [_clock(words.say("eastern-clock"), received["eastern"], words)]
    if received["office"]:
        clocks.insert(0, _clock(_office_label(payload, words), received["office"], words))
    day = received["date_of_receipt"]
    return {
        "heading": words.say("received"),
        "clocks": clocks,
        "date": [words.say("date-of-receipt"), _date(day, words)] if day else None,
        "note": words.say("which-clock" if received["office"] else "no-office"),
        "attempt": _attempt(received, words),
    }


def _office_label(payload: Mapping[str, Any], words: Words) -> str:
    offices = {words.pick(case["office"]) for case in payload["cases"]}
    if len(offices) != 1:
        return words.say("office-clock")
    return words.say("office-clock-of", office=offices.pop())


def _clock(label: str, stamp: str, words: Words) -> dict[str, str]:
    at = dt.datetime.fromisoformat(stamp)
    return {
        "label": label,
        "day": texts.long_date(at.date(), words.lang),
        "time": texts.clock(at, words.lang),
        "exact": stamp,
    }


def _attempt(received: Mapping[str, Any], words: Words) -> str | None:
    """Say when the first attempt was, if the receipt came from a later one."""
    first = received.get("first_attempt")
    if not first or first == received["instant"]:
        return None
    return words.say("first-attempt", when=words.show(first))


def _facts(payload: Mapping[str, Any], words: Words) -> list[list[str]]:
    cases = payload["cases"]
    label = words.say("cases" if len(cases) > 1 else "case")
    lines = [_case(case, words) for case in cases] or [words.say("no-case")]
    return [
        [label, "\n".join(lines)],
        [words.say("document-type"), words.pick(payload["document_type"])],
        [words.say("filed-by"), _filer(payload["filed_by"], words)],
    ]


def _case(case: Mapping[str, Any], words: Words) -> str:
    return words.say(
        "case-line",
        file=words.show(case["file_number"]),
        division=words.pick(case["division"]),
        office=words.pick(case["office"]),
    )


def _filer(filer: Mapping[str, Any], words: Words) -> str:
    code = f"capacity-{filer['capacity']}"
    known = code in texts.codes()
    capacity = words.say(code) if known else words.show(filer["capacity"])
    name = words.show(filer["name"])
    if not filer["for"]:
        return words.say("filed-own", name=name, capacity=capacity)
    return words.say("filed-for", name=name, capacity=capacity, other=words.show(filer["for"]))


def _documents(documents: list[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    columns = ("column-number", "column-document", "column-pages", "column-size")
    return {
        "heading": words.say("documents"),
        "columns": [words.say(code) for code in columns],
        "rows": [_document(document, words) for document in documents],
    }


def _document(document: Mapping[str, Any], words: Words) -> dict[str, str]:
    pages = document["pages"]
    return {
        "position": str(document["position"]),
        "name": words.show(document["name"], file_name=True),
        "pages": words.say("unknown") if pages is None else texts.whole(pages, words.lang),
        "size": texts.whole(document["bytes"], words.lang),
        "fingerprint": grouped(words.exact(document["sha256"])),
    }


def grouped(fingerprint: str) -> str:
    """Set a fingerprint in groups of eight, as people compare them aloud."""
    return " ".join(
        fingerprint[at : at + _HASH_GROUP] for at in range(0, len(fingerprint), _HASH_GROUP)
    )


def _limits(limits: list[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    if not limits:
        return []
    items = [_limit(limit, words) for limit in limits]
    return [{"heading": words.say("limits"), "items": items, "facts": []}]


def _limit(limit: Mapping[str, Any], words: Words) -> dict[str, str]:
    status = limit["status"] if limit["status"] in _STATUSES else "unknown"
    lead = words.say(f"limit-{status}")
    if limit["due"]:
        lead += ", " + words.say("limit-due", due=_date(limit["due"], words))
    event = limit["event"]
    if event:
        day = _date(event["date"], words)
        lead += ". " + words.say("limit-event", event=words.pick(event), date=day)
    return {"lead": lead, "text": words.pick(limit), "source": words.show(limit["authority"])}


def _service(service: Mapping[str, Any] | None, words: Words) -> list[dict[str, Any]]:
    if service is None:
        return []
    rows = [
        ("service-recipient", words.show(service["recipient"] or "")),
        ("service-method", words.pick(service["method"]) if service["method"] else ""),
        ("service-date", _date(service["served_on"], words) if service["served_on"] else ""),
        ("service-signed", words.show(service["signed_by"] or "")),
        ("service-evidence", _evidence(service["evidence"], words)),
        ("service-explanation", words.show(service["explanation"] or "")),
        ("service-authority", words.show(service["authority"] or "")),
    ]
    facts = [[words.say(code), value] for code, value in rows if value]
    return [{"heading": words.say("service"), "items": [], "facts": facts}]


def _evidence(evidence: str | None, words: Words) -> str:
    code = f"evidence-{evidence}"
    return words.say(code) if code in texts.codes() else words.show(evidence or "")


def _findings(findings: list[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    if not findings:
        return []
    items = [_finding(finding, words) for finding in findings]
    return [{"heading": words.say("findings"), "items": items, "facts": []}]


def _finding(finding: Mapping[str, Any], words: Words) -> dict[str, str]:
    document, page = finding["document"], finding["page"]
    lead = ""
    if document is not None:
        code = "finding-document" if page is None else "finding-page"
        lead = words.say(code, document=str(document), page=str(page))
    seen = f" ({words.say('finding-seen')})" if finding["acknowledged"] else ""
    source = words.show(finding["authority"]) if finding["authority"] else ""
    return {"lead": lead, "text": words.pick(finding) + seen, "source": source}


def _next(following: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    item = {"lead": "", "text": words.pick(following), "source": ""}
    return [{"heading": words.say("next"), "items": [item], "facts": []}]


def _verify(words: Words, address: str, *, demonstration: bool) -> dict[str, Any]:
    names = {"keys": words.say("verify-keys"), "file": words.say("verify-file")}
    return {
        "heading": words.say("verify"),
        "how": words.say("verify-how"),
        "command": words.say("verify-command", **names),
        "page": words.say("verify-page"),
        "address": words.exact(address) if address else None,
        "limits": words.say("demonstration" if demonstration else "limits-of-proof"),
    }


def _technical(payload: Mapping[str, Any], words: Words, kid: str) -> dict[str, Any]:
    rows = [
        ("technical-key", kid),
        ("technical-receipt", payload["id"]),
        ("technical-rules", payload["rules"]),
        ("technical-event", payload["ledger"]["event"]),
        ("technical-hash", payload["ledger"]["hash"]),
    ]
    facts = [[words.say(code), words.exact(value)] for code, value in rows]
    return {"heading": words.say("technical"), "facts": facts}


def _date(day: str, words: Words) -> str:
    return texts.long_date(dt.date.fromisoformat(day), words.lang).replace(" ", NBSP, 1)
