"""Addresses of registry staff and members."""

from django.urls import path

from greffe.web.registry import (
    audit_pages,
    case_changes,
    case_pages,
    queue_pages,
    reading_pages,
    submission_pages,
)

app_name = "registry"

urlpatterns = [
    path("", queue_pages.queue, name="queue"),
    path("take/", queue_pages.take, name="take"),
    path("release/", queue_pages.release, name="release"),
    path("load/", queue_pages.load, name="load"),
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
    path("readings/<uuid:person_id>/", audit_pages.person_readings, name="person-readings"),
]
