"""Every address of the registry. Pages stand behind /en/ and /fr/, the same in both languages."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from greffe.web import (
    errors,
    partner_pages,
    public,
    reauthentication,
    second_factor,
    signin,
    terms,
)
from greffe.web.portal import credential_pages, recovery_pages

urlpatterns = [
    path("", public.choose_language, name="root"),
    path("healthz", public.healthz, name="healthz"),
    path("receipts/keys.json", public.published_keys, name="published-keys"),
    path("ledger/checkpoint.json", public.checkpoint, name="checkpoint"),
    # The same in both languages: partners know one address.
    path("sign-in/<slug:partner_id>/return", partner_pages.come_back, name="partner-return"),
    path("sign-in/<slug:partner_id>/response", partner_pages.receive, name="partner-response"),
    path("sign-in/<slug:partner_id>/metadata", partner_pages.metadata, name="partner-metadata"),
    *i18n_patterns(
        path("", public.home, name="home"),
        path("help/", public.help_and_contacts, name="help"),
        path("accessibility/", public.accessibility, name="accessibility"),
        path("privacy/", public.privacy, name="privacy"),
        path("receipts/check/", public.check_receipt, name="check-receipt"),
        path("sign-in/", signin.sign_in, name="sign-in"),
        path("sign-out/", signin.sign_out, name="sign-out"),
        # The names by which django-allauth refers to the same two pages.
        path("sign-in/", signin.sign_in, name="account_login"),
        path("sign-out/", signin.sign_out, name="account_logout"),
        path("sign-in/again/", reauthentication.show_again, name="account_reauthenticate"),
        path("sign-in/with/<slug:partner_id>/", partner_pages.start, name="partner-start"),
        path("sign-in/second-factor/", second_factor.show, name="second-factor"),
        path("sign-in/terms/", terms.new_terms, name="sign-in-terms"),
        path("sign-in/create/", credential_pages.create, name="credential-create"),
        # The name by which the sign-in page knows it.
        path("sign-in/forgotten/", recovery_pages.ask, name="account_reset_password"),
        path("sign-in/forgotten/sent/", recovery_pages.sent, name="recovery-sent"),
        path(
            "sign-in/forgotten/<slug:uid>/<slug:token>/",
            recovery_pages.follow,
            name="recovery-link",
        ),
        path("sign-in/new-password/", recovery_pages.choose, name="recovery-password"),
        path("closed-account/", signin.closed, name="account_inactive"),
        path("invitation/", include("greffe.web.portal.invitation_urls", namespace="invitation")),
        path("portal/", include("greffe.web.portal.urls", namespace="portal")),
        path("registry/", include("greffe.web.registry.urls", namespace="registry")),
        *([path("demonstration/", include("greffe.web.demo_urls"))] if settings.DEMO else []),
        prefix_default_language=True,
    ),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # django-allauth looks for it here
handler500 = errors.server_error
