"""Addresses of registry staff and members."""

from django.urls import path

from greffe.web.registry import (
    audit_pages,
    batch_pages,
    case_changes,
    case_pages,
    hearing_pages,
    mail_pages,
    paper_pages,
    paper_reading,
    queue_pages,
    reading_pages,
    sheet_pages,
    submission_pages,
)

app_name = "registry"

urlpatterns = [
    path("", queue_pages.queue, name="queue"),
    path("take/", queue_pages.take, name="take"),
    path("release/", queue_pages.release, name="release"),
    path("load/", queue_pages.load, name="load"),
    path("unsent/", mail_pages.unsent, name="unsent"),
    path("unsent/<uuid:notice_id>/", mail_pages.send_again, name="send-again"),
    path("load/reassign/", queue_pages.reassign, name="reassign"),
    path("submissions/<uuid:submission_id>/", submission_pages.submission, name="submission"),
    path(
        "submissions/<uuid:submission_id>/documents/<int:position>/",
        reading_pages.read_document,
        name="document",
    ),
    path(
        "submissions/<uuid:submission_id>/documents/<int:position>/pages/<int:page>.jpg",
        reading_pages.page_image,
        name="document-page",
    ),
    path(
        "submissions/<uuid:submission_id>/documents/<int:position>/pages/<int:page>.txt",
        reading_pages.document_text,
        name="document-text",
    ),
    path("cases/", case_pages.cases, name="cases"),
    path("cases/<uuid:case_id>/", case_pages.case, name="case"),
    path("cases/<uuid:case_id>/history/", case_pages.history, name="case-history"),
    path("cases/<uuid:case_id>/transfer/", case_changes.transfer, name="case-transfer"),
    path("cases/<uuid:case_id>/openness/", case_changes.openness, name="case-openness"),
    path("cases/<uuid:case_id>/seal/", case_changes.seal, name="case-seal"),
    path("cases/<uuid:case_id>/readings/", audit_pages.case_readings, name="case-readings"),
    path(
        "cases/<uuid:case_id>/documents/<uuid:entry_id>/",
        case_pages.document,
        name="case-document",
    ),
    path(
        "cases/<uuid:case_id>/documents/<uuid:entry_id>/seal/",
        case_changes.seal_document,
        name="case-document-seal",
    ),
    path("cases/<uuid:case_id>/hearings/", hearing_pages.hearings, name="hearings"),
    path(
        "cases/<uuid:case_id>/hearings/schedule/", hearing_pages.schedule, name="schedule-hearing"
    ),
    path("hearings/<uuid:hearing_id>/postpone/", hearing_pages.postpone, name="postpone-hearing"),
    path("hearings/<uuid:hearing_id>/cancel/", hearing_pages.cancel, name="cancel-hearing"),
    path("hearings/<uuid:hearing_id>/notice/", hearing_pages.issue_notice, name="issue-notice"),
    path("readings/<uuid:person_id>/", audit_pages.person_readings, name="person-readings"),
    path("cases/<uuid:case_id>/paper/", paper_pages.files, name="paper"),
    path("cases/<uuid:case_id>/paper/details/", paper_pages.details, name="paper-details"),
    path(
        "cases/<uuid:case_id>/paper/<uuid:upload_id>/remove/",
        paper_pages.remove,
        name="paper-remove",
    ),
    path(
        "cases/<uuid:case_id>/paper/<uuid:upload_id>/",
        paper_reading.document,
        name="paper-document",
    ),
    path(
        "cases/<uuid:case_id>/paper/<uuid:upload_id>/pages/<int:page>.jpg",
        paper_reading.document_page,
        name="paper-document-page",
    ),
    path("cases/<uuid:case_id>/paper/placed/", paper_pages.placed, name="paper-placed"),
    path("cases/<uuid:case_id>/cover-sheet/", sheet_pages.sheet, name="paper-sheet"),
    path(
        "cases/<uuid:case_id>/cover-sheet/<uuid:sheet_id>/",
        sheet_pages.sheet_pdf,
        name="paper-sheet-pdf",
    ),
    path("paper/batch/", batch_pages.batch, name="paper-batch"),
    path("paper/batch/<uuid:scan_id>/", batch_pages.found, name="paper-batch-found"),
    path(
        "paper/batch/<uuid:scan_id>/<int:sheet_page>/",
        paper_reading.batch_document,
        name="paper-batch-document",
    ),
    path(
        "paper/batch/<uuid:scan_id>/<int:sheet_page>/pages/<int:page>.jpg",
        paper_reading.batch_document_page,
        name="paper-batch-document-page",
    ),
]
