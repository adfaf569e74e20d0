"""What a browser says it is, in plain words: "Firefox on Windows"."""

import re

from django.utils.translation import gettext as _

from greffe.ledger.messages import printable

# The first that fits: most browsers also name the ones they descend from.
_BROWSERS = (
    (r"\bEdg(e|A|iOS)?/", "Edge"),
    (r"\b(OPR|Opera)/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(Firefox|FxiOS)/", "Firefox"),
    (r"\b(Chrome|CriOS|Chromium|HeadlessChrome)/", "Chrome"),
    (r"\bVersion/[\d.]+ .*Safari/", "Safari"),
)
_SYSTEMS = (
    (r"\bWindows\b", "Windows"),
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bMac OS X\b", "macOS"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bLinux\b", "Linux"),
)
_SHOWN = 60


def device_name(agent: str) -> str:
    """Name a device by the User-Agent header it sent, in the language of the moment.

    A header that names no browser known here is shown as it came, cut short, on one line.
    """
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if browser or system:
        return browser or system
    said = printable(agent).strip()
    if not said:
        return _("A device that does not say what it is")
    return said if len(said) <= _SHOWN else said[:_SHOWN].rstrip() + "…"


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, agent)), "")
