"""Addresses that exist in the demonstration only."""

from django.urls import path

from greffe.web import personas

urlpatterns = [
    path("", personas.choose_persona, name="personas"),
]
