"""Inviting many counsel from a list: its rows are looked at first, then sent once each."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from greffe.cases.rules import rules
from greffe.invitations import actions
from greffe.invitations.form_messages import list_text
from greffe.invitations.lists import MOST_BYTES, MOST_ROWS, ListRow, WrongRow, read_list
from greffe.invitations.models import Invitation
from greffe.web.access import PortalRequest, content_length
from greffe.web.components import Problem
from greffe.web.portal.lines import lang
from greffe.web.registry.access import REGISTRY, for_roles
from greffe.web.registry.invitation_asking import name_of, read_or_write
from greffe.web.registry.invitation_forms import ListForm


@csrf_exempt
@read_or_write
@for_roles(REGISTRY)
def invite_many(request: PortalRequest) -> HttpResponse:
    """Invite counsel from a list: look at its rows first, then send."""
    # The check of the form's token reads the body: how much comes is looked at first.
    if content_length(request) > 2 * MOST_BYTES:
        return _list_page(request, ListForm(offices=request.viewer.offices()), too_large=True)
    answer: HttpResponse = csrf_protect(_invite_many)(request)
    return answer


def _invite_many(request: PortalRequest) -> HttpResponse:
    offices = request.viewer.offices()
    if request.method != "POST":
        initial = {"office": min(offices)}
        return _list_page(request, ListForm(offices=offices, initial=initial))
    form = ListForm(request.POST, request.FILES, offices=offices)
    if not form.is_valid():
        return _list_page(request, form)
    content = _content(form)
    if not content.strip():
        form.add_error("file", gettext("Choose a file, or paste the rows."))
        return _list_page(request, form)
    rows, wrong = read_list(content)
    if rows and "send" in request.POST:
        return _send(request, form, rows, wrong)
    return _preview(request, form, content, rows, wrong)


def _content(form: ListForm) -> bytes:
    file = form.cleaned_data["file"]
    if file is None:
        return str(form.cleaned_data["rows"]).encode()
    content: bytes = file.read(MOST_BYTES + 1)
    return content


def _list_page(
    request: PortalRequest,
    form: ListForm,
    *,
    wrong: Sequence[WrongRow] = (),
    too_large: bool = False,
) -> HttpResponse:
    problems = []
    if too_large:
        problems.append(Problem(gettext("This list is larger than 512 KB."), "#id_file"))
    if wrong:
        said = gettext("No row of this list can be used. Each is named below.")
        problems.append(Problem(said, "#wrong"))
    context = {"form": form, "problems": problems, "wrong": _wrong(wrong), "most": MOST_ROWS}
    status = (413 if too_large else 422) if problems or form.errors else 200
    return render(request, "registry/invite_many.html", context, status=status)


def _wrong(rows: Sequence[WrongRow]) -> list[dict[str, Any]]:
    return [{"number": row.number, "text": list_text(row).get(lang())} for row in rows]


def _preview(
    request: PortalRequest,
    form: ListForm,
    content: bytes,
    rows: Sequence[ListRow],
    wrong: Sequence[WrongRow],
) -> HttpResponse:
    """What the list says, row by row, before anybody is invited."""
    if not rows:
        return _list_page(request, form, wrong=wrong)
    channels = {one.value: one.label for one in Invitation.Channel}
    context = {
        "office": rules().office(form.cleaned_data["office"]),
        "rows": [{"row": row, "channel": channels.get(row.channel, row.channel)} for row in rows],
        "wrong": _wrong(wrong),
        "content": content.decode("utf-8-sig", errors="replace"),
    }
    return render(request, "registry/invite_preview.html", context)


def _send(
    request: PortalRequest, form: ListForm, rows: Sequence[ListRow], wrong: Sequence[WrongRow]
) -> HttpResponse:
    """Invite everybody of the list who can be; tell what became of each row."""
    done = actions.invite_many(by=request.viewer, office=form.cleaned_data["office"], rows=rows)
    letters = [one for one in done.invited if one.channel != Invitation.Channel.EMAIL]
    context = {
        "invited": [{"invitation": one, "name": name_of(one)} for one in done.invited],
        "letters": len(letters),
        "already": done.already,
        "wrong": _wrong(sorted([*wrong, *done.wrong], key=lambda row: row.number)),
        "title": ngettext(
            "%(n)s person was invited", "%(n)s people were invited", len(done.invited)
        )
        % {"n": len(done.invited)},
    }
    return render(request, "registry/invite_done.html", context)
