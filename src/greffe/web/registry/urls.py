"""Addresses of registry staff and members."""

from django.urls import URLPattern

app_name = "registry"

urlpatterns: list[URLPattern] = []
