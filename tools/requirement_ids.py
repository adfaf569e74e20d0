"""The requirement ids of the mission: one list for the generated page and for the test marker."""

import tomllib
from pathlib import Path

CATALOGUE = Path(__file__).with_name("requirements.toml")


def parts() -> dict[str, dict[str, str]]:
    """Give each part of the mission by name, with the title of each of its requirements by id."""
    with CATALOGUE.open("rb") as file:
        data = tomllib.load(file)
    return {part["name"]: part["requirements"] for part in data["part"]}


def known_ids() -> frozenset[str]:
    """Give every requirement id of the mission."""
    return frozenset(identifier for titles in parts().values() for identifier in titles)
