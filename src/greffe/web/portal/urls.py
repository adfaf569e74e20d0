"""Addresses of counsel, claimants and appellants."""

from django.urls import path

from greffe.web.portal import (
    access_code_pages,
    account_pages,
    case_pages,
    contact_pages,
    delegate_pages,
    factor_pages,
    filing_pages,
    hearing_pages,
    outcome_pages,
    receipt_pages,
    upload_pages,
)

app_name = "portal"

urlpatterns = [
    path("", case_pages.my_cases, name="my-cases"),
    path("access-code/", access_code_pages.enter, name="access-code"),
    path("access-code/again/", access_code_pages.again, name="access-code-again"),
    path("account/", account_pages.account, name="account"),
    path("account/contact/", contact_pages.contact, name="contact"),
    path("account/delegates/", delegate_pages.delegates, name="delegates"),
    path(
        "account/delegates/<uuid:delegation_id>/remove/",
        delegate_pages.remove,
        name="remove-delegate",
    ),
    path("account/act-for-counsel/", delegate_pages.act_for_counsel, name="act-for-counsel"),
    path("account/password/", account_pages.change_password, name="password"),
    path("account/factors/", factor_pages.listed, name="factors"),
    path("account/factors/app/", factor_pages.add_app, name="add-app"),
    path("account/factors/passkey/", factor_pages.add_passkey, name="add-passkey"),
    path("account/factors/text/", factor_pages.add_text, name="add-text"),
    path("account/factors/codes/", factor_pages.codes, name="factor-codes"),
    path("account/factors/<int:factor_id>/remove/", factor_pages.remove, name="remove-factor"),
    path("account/sessions/", account_pages.open_sessions, name="sessions"),
    path("account/sessions/time/", account_pages.session_time, name="session-time"),
    path(
        "account/sessions/end-others/",
        account_pages.end_other_sessions,
        name="end-other-sessions",
    ),
    path(
        "account/sessions/<int:session_id>/end/",
        account_pages.end_session,
        name="end-session",
    ),
    path("cases/<uuid:case_id>/", case_pages.case, name="case"),
    path("cases/<uuid:case_id>/history/", case_pages.history, name="case-history"),
    path(
        "cases/<uuid:case_id>/documents/<uuid:entry_id>/",
        case_pages.record_document,
        name="record-document",
    ),
    path(
        "hearings/<uuid:hearing_id>/hearing.ics",
        hearing_pages.calendar,
        name="hearing-calendar",
    ),
    path("cases/<uuid:case_id>/file/", filing_pages.start, name="start-filing"),
    path("drafts/<uuid:draft_id>/", filing_pages.resume, name="draft"),
    path("drafts/<uuid:draft_id>/type/", filing_pages.choose_type, name="draft-type"),
    path("drafts/<uuid:draft_id>/files/", upload_pages.files, name="draft-files"),
    path(
        "drafts/<uuid:draft_id>/files/<uuid:upload_id>/remove/",
        upload_pages.remove,
        name="draft-remove-file",
    ),
    path(
        "drafts/<uuid:draft_id>/files/<uuid:upload_id>/replace/",
        upload_pages.replace,
        name="draft-replace-file",
    ),
    path("drafts/<uuid:draft_id>/service/", filing_pages.service, name="draft-service"),
    path("drafts/<uuid:draft_id>/dates/", filing_pages.dates, name="draft-dates"),
    path("drafts/<uuid:draft_id>/review/", filing_pages.review, name="draft-review"),
    path("drafts/<uuid:draft_id>/discard/", filing_pages.discard, name="draft-discard"),
    path("submissions/<uuid:submission_id>/", receipt_pages.submission, name="submission"),
    path(
        "submissions/<uuid:submission_id>/file-again/",
        outcome_pages.again,
        name="file-again",
    ),
    path(
        "submissions/<uuid:submission_id>/receipt.json",
        receipt_pages.receipt_json,
        name="receipt-json",
    ),
    path(
        "submissions/<uuid:submission_id>/receipt.pdf",
        receipt_pages.receipt_pdf,
        name="receipt-pdf",
    ),
    path(
        "submissions/<uuid:submission_id>/documents/<int:position>/",
        receipt_pages.document,
        name="submitted-document",
    ),
]
