"""Addresses that exist in the demonstration only."""

from django.urls import path

from greffe.web import demonstration_mail, personas

urlpatterns = [
    path("", personas.choose_persona, name="personas"),
    path("mail/", demonstration_mail.mail, name="demonstration-mail"),
    path("mail/<uuid:notice_id>/", demonstration_mail.message, name="demonstration-message"),
]
