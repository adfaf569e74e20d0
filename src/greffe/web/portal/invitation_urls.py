"""Addresses of people who are invited."""

from django.urls import path

from greffe.web.portal import activation_pages, invitation_pages

app_name = "invitation"

_MINE = "mine/<str:token>/"

urlpatterns = [
    path("", invitation_pages.start, name="start"),
    path("ask/", invitation_pages.ask, name="ask"),
    path("asked/", invitation_pages.asked, name="asked"),
    path("code/", activation_pages.enter_code, name="code"),
    path(_MINE, invitation_pages.mine, name="mine"),
    path(f"{_MINE}form/", invitation_pages.registration, name="form"),
    path(f"{_MINE}times/", invitation_pages.times, name="times"),
    path(f"{_MINE}cancel/", invitation_pages.cancel, name="cancel"),
    path(f"{_MINE}meeting.ics", invitation_pages.calendar, name="calendar"),
]
