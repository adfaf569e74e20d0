"""The fonts of our papers and what they can draw.

Only fonts that are packaged count: the same input must give the same bytes on every machine. What
a font covers is read from its cmap table (OpenType 1.9.1, formats 4 and 12).
"""

import functools
import importlib.util
import struct
from collections.abc import Iterator
from pathlib import Path

PACKAGES = (
    "fontpkg_noto_sans",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_khmer",
    "fontpkg_noto_sans_tamil",
    "fontpkg_noto_sans_telugu",
    "fontpkg_noto_sans_thai",
)
_LAST_SEGMENT = 0xFFFF


@functools.cache
def folders() -> tuple[Path, ...]:
    """Return the folders of the packaged fonts. Raises FileNotFoundError naming a missing one."""
    return tuple(_folder(package) for package in PACKAGES)


@functools.cache
def coverage() -> tuple[frozenset[int], ...]:
    """Return the code points that each upright font can draw, in the order of PACKAGES."""
    return tuple(
        frozenset(code for path in _upright(folder) for code in code_points(path.read_bytes()))
        for folder in folders()
    )


def code_points(font: bytes) -> Iterator[int]:
    """List the code points of a TrueType font. Raises ValueError if it has no usable cmap."""
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    offsets = {struct.unpack_from(">I", font, start + 8 + 8 * i)[0] for i in range(count)}
    formats = {struct.unpack_from(">H", font, start + at)[0]: start + at for at in offsets}
    if 12 in formats:  # noqa: PLR2004  # the number of the format
        yield from _format_12(font, formats[12])
    elif 4 in formats:  # noqa: PLR2004  # same
        yield from _format_4(font, formats[4])
    else:
        raise ValueError("no cmap of format 4 or 12")


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the font package {package} is not installed")
    return Path(spec.submodule_search_locations[0]) / "files"


def _upright(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.ttf")) if "Italic" not in path.name]


def _table(font: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"no table {tag.decode()}")


def _format_12(font: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", font, at + 12)
    for index in range(groups):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * index)
        yield from range(first, last + 1)


def _format_4(font: bytes, at: int) -> Iterator[int]:
    (double,) = struct.unpack_from(">H", font, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + double)
    for first, last in zip(starts, ends, strict=True):
        if first != _LAST_SEGMENT:
            yield from range(first, last + 1)
