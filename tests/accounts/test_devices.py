"""Devices in plain words, by what their browsers say."""

import pytest
from django.utils import translation

from greffe.accounts.devices import device_name

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Linux",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {CHROME} Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 OPR/112.0", "Opera on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        (
            f"Mozilla/5.0 (Linux; Android 14; K) {CHROME} Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0"
                " Chrome/121.0 Mobile Safari/537.36"
            ),
            "Samsung Internet on Android",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            (
                f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) {SAFARI} Mobile/15E148"
                " Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 FxiOS/127.0"
                " Mobile/15E148 Safari/605.1.15"
            ),
            "Firefox on iPad",
        ),
        ("Mozilla/5.0 (Windows NT 10.0)", "Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "A device that does not say what it is"),
        ("tool\r\nX: \u202eforged", "tool\ufffd\ufffdX: \ufffdforged"),
        ("x" * 300, "x" * 60 + "…"),
    ],
)
def test_device_is_named_by_browser_and_system(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_device_is_named_in_french_to_who_reads_french() -> None:
    with translation.override("fr"):
        assert device_name(f"({'Windows NT 10.0'}) {CHROME}") == "Chrome sous Windows"
        assert device_name("") == "Un appareil qui ne dit pas ce qu’il est"
