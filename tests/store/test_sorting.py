"""Sorted lines, whatever the pieces that they come in and however little is held at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.store.sorting import SortedLines

LINES = st.lists(st.binary(max_size=6).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"") + b"\n"))


@given(LINES, st.integers(1, 7), st.integers(1, 40))
def test_each_line_comes_once_and_in_order(lines: list[bytes], piece: int, size: int) -> None:
    text = b"".join(lines)
    with SortedLines(size=size) as sorter:
        for at in range(0, len(text), piece):
            sorter.write(text[at : at + piece])
        assert list(sorter) == sorted(set(lines))


@given(st.lists(st.sampled_from([b"a < b > c\n", b"a < b\n", b"b > a\n", b"a < c > b\n"])), st.integers(1, 40))
def test_what_counts_as_something_else_comes_back_as_it_was(lines: list[bytes], size: int) -> None:
    with SortedLines((b"< c", b"<\0"), size=size) as sorter:
        for line in lines:
            sorter.write(line)
        assert list(sorter) == sorted(set(lines), key=lambda line: line.replace(b"< c", b"<\0"))
