"""Hostile input that was a finding here or elsewhere: a clear refusal or a result, never another error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.training.fuzz import TARGETS, feed

QUICK = sorted(TARGETS.keys() - {"parse", "ontology"})  # these two take a second for each input
DEEP = {
    "markdown": [b"> " * 5000 + b"va", b" " * 9000 + b"x", b"|-" + b" " * 9000 + b"x", b"<!-- -->" * 2000],
    "html": [b"<div>" * 3000 + b"va.", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><p>&b; va.</p>"],
    "pdf": [b"%PDF-1.4\n1 0 obj\n" + b"[" * 15_000, b"%PDF-1.4\n1 0 obj\n" + b"<<" * 9000],
    "text": [b"\xef\xbb\xbf\0", "\u202e\u2066\ud800".encode("utf-8", "surrogatepass"), b"\xff\xfe\x00\xd8"],
    "extract": [b"(" * 2000, b'"' * 2000, "ông ".encode() * 1000, b"Nam A" * 1000, b"1." * 2000],
    "ontology": [
        b"@prefix a: <http://www.w3.org/2000/01/rdf-schema#> .\n" + b"<#a> a:label [" * 1500,
        b"<#a> <#b> " + b"( " * 3000,
        b"<#a> <#b> [ <#c> ?d ] .",
    ],
    "examples": [b"[" * 15_000, b'{"text": "' + b'{"a":' * 3000, b"1", b'{"text": "a", "lang": 1, "facts": []}'],
    "query": [b"SELECT * { " + b"{" * 3000, b"ASK { ?a " + b"!" * 5000, b"ASK { FILTER(" + b"-" * 9000 + b"1) }"],
    "http": [
        b"GET\n/sparql?query=\xc2S\nHost: 127.0.0.1",
        b"GET\n/sparql?%ff=%zz\nHost: \xff",
        b"POST\n/sparql\nHost: 127.0.0.1\nContent-Type: a/b;charset=\xff",
    ],
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_broken_or_endless_does_no_harm(name: str) -> None:
    for content in DEEP[name]:
        feed(name, content)


@pytest.mark.parametrize("name", QUICK)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_input_gives_a_result_or_an_error_of_ours(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(TARGETS[name].seeds)).encode()
    at = data.draw(st.integers(0, len(seed)))
    length = data.draw(st.integers(0, 20))
    feed(name, seed[:at] + data.draw(st.binary(max_size=20)) + seed[at + length :])
