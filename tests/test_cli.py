"""Every command through the command line, as a user types it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
import rdflib
from command import ROOT, SAMPLES, Run, run_kg

from kg.cli import ExportFormat, app

ARTICLE = "FPT hợp tác với Nvidia\nTập đoàn FPT hợp tác với Nvidia. Ông Trương Gia Bình là chủ tịch của FPT.\n"
COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands)


def facts(kg: Run, *more: str) -> set[tuple[str, ...]]:
    query = "SELECT ?s ?p ?o { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    done = kg("query", query, "--format", "csv", *more)
    assert done.returncode == 0, done.stderr
    return {tuple(row.split(",")) for row in done.stdout.splitlines()[1:] if row}


def test_help_of_every_command_has_an_example(kg: Run) -> None:
    overview = kg("--help")
    assert overview.returncode == 0
    for command in COMMANDS:
        assert command in overview.stdout
        assert f"Example: kg {command}" in " ".join(kg(command, "--help").stdout.replace("│", " ").split())


def test_build_ends_with_a_summary_and_writes_the_files(copy: Path, kg: Run) -> None:
    again = kg("build", *SAMPLES)
    assert again.returncode == 0
    assert re.search(r"unchanged\s+3", again.stdout), again.stdout
    assert re.search(r"facts\s+\d\d", again.stdout)
    graph = rdflib.Graph().parse(copy / "graph.ttl")
    assert (None, rdflib.RDF.type, rdflib.RDF.Statement) in graph
    assert "<html" in (copy / "graph.html").read_text(encoding="utf8")


def test_the_same_articles_give_the_same_bytes_in_any_order(built: Path, tmp_path: Path) -> None:
    done = run_kg("build", *reversed(SAMPLES), "--out", "outputs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("graph.ttl", "graph.html"):
        assert (tmp_path / "outputs" / name).read_bytes() == (built / name).read_bytes()


def test_build_replaces_a_changed_article_and_rebuilds_on_demand(kg: Run, tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(ARTICLE, encoding="utf8")
    assert kg("build", "a.txt", "--no-export").returncode == 0
    assert any(o.endswith("nvidia") or s.endswith("nvidia") for s, _, o in facts(kg))
    assert not (tmp_path / "outputs" / "graph.ttl").exists()
    article.write_text(ARTICLE.replace("Nvidia", "Intel"), encoding="utf8")
    assert re.search(r"articles read\s+1", kg("build", "a.txt", "--no-export").stdout)
    ends = {end for fact in facts(kg) for end in fact}
    assert any(end.endswith("intel") for end in ends) and not any(end.endswith("nvidia") for end in ends)
    assert re.search(r"unchanged\s+1", kg("build", "a.txt", "--no-export").stdout)
    assert re.search(r"articles read\s+1", kg("build", "a.txt", "--no-export", "--rebuild").stdout)


def test_build_from_standard_input_with_a_date(kg: Run) -> None:
    assert kg("build", "-", "--date", "2026-11-26", "--no-export", stdin=ARTICLE).returncode == 0
    dates = kg("query", "SELECT ?d { ?a schema:datePublished ?d }", "--format", "csv").stdout
    assert "2026-11-26" in dates


def test_build_goes_on_after_an_article_that_cannot_be_read(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(ARTICLE, encoding="utf8")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "names.txt").write_text("OpenAI, Nvidia, Oracle, AMD")
    done = kg("build", "good.txt", "empty.txt", "binary.txt", "names.txt", "--no-export")
    assert done.returncode == 1
    for name in ("empty.txt", "binary.txt", "names.txt"):
        assert re.search(rf"left out: .*{name}", done.stderr), done.stderr
    assert "--lang" in done.stderr and "Traceback" not in done.stderr
    assert facts(kg)


def test_build_with_an_edited_ontology_finds_other_facts(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Tập đoàn FPT kết thân với Nvidia.\n", encoding="utf8")
    (tmp_path / "more.ttl").write_text(
        "@prefix kg: <https://example.org/kg/ontology#> . @prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .\n"
        "<urn:x#befriends> a <http://www.w3.org/2002/07/owl#ObjectProperty> .\n"
        "<urn:cue> a ontolex:LexicalEntry ; ontolex:canonicalForm [ ontolex:writtenRep 'kết thân'@vi ] ;\n"
        "  ontolex:denotes <urn:x#befriends> ; kg:frame 'prepositional' ; kg:preposition 'với'@vi .",
        encoding="utf8",
    )
    kg("build", "a.txt", "--no-export")
    assert not any(p.endswith("befriends") for _, p, _ in facts(kg))
    kg("build", "a.txt", "--no-export", "--ontology", "more.ttl")
    assert any(p.endswith("befriends") for _, p, _ in facts(kg))


def test_build_keeps_facts_that_are_sure_enough(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE + "Ông có thể gặp Bill Gates tại Hà Nội.\n", encoding="utf8")
    query = "SELECT ?s ?p ?o ?sure { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:confidence ?sure }"

    def built(bar: str) -> dict[tuple[str, ...], float]:
        done = kg("build", "a.txt", "--no-export", "--min-confidence", bar)
        assert re.search(r"articles read +1\b", done.stdout), done.stderr  # another bar is another run
        rows = [row.split(",") for row in kg("query", query, "--format", "csv").stdout.splitlines()[1:]]
        return {tuple(row[:3]): float(row[3]) for row in rows}

    every = built("0")
    assert len(set(every.values())) > 1
    bar = max(every.values())
    assert built(str(bar)) == {fact: sure for fact, sure in every.items() if sure >= bar}


def test_examples_are_learned_and_used(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    row = {"text": "FPT mua CMC.", "facts": [{"subject": "FPT", "relation": "mua lại", "object": "CMC"}]}
    (tmp_path / "some.jsonl").write_text(json.dumps(row) + "\n")
    done = kg("learn", "some.jsonl", "-o", "mine.safetensors")
    assert done.returncode == 0 and "learned 1 of 1 facts" in done.stdout
    assert kg("build", "a.txt", "--adapter", "mine.safetensors").returncode == 0
    assert kg("validate").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("build", "missing.txt"), "missing.txt"),
        (("build", "a.txt", "--ontology", "broken.ttl"), "broken.ttl"),
        (("build", "a.txt", "--models", "nowhere"), "nowhere"),
        (("build", "a.txt", "--date", "yesterday"), "YYYY-MM-DD"),
        (("build", "a.txt", "--out", "a.txt"), "a.txt"),
        (("build", "a.txt", "--min-confidence", "2"), "0 to 1"),
        (("build", "a.txt", "--adapter", "nowhere"), "kg learn"),
        (("learn", "nothing.jsonl"), "nothing.jsonl"),
        (("learn", "a.txt"), "a.txt:1"),
        (("learn", "wrong.jsonl"), "wrong.jsonl:2: the ontology has no relation 'eats'"),
        (("learn", "absent.jsonl"), "absent.jsonl:1: 'Nvidia' does not stand in the text"),
        (("query", "SELECT"), "kg build"),
        (("serve", "--out", "nowhere"), "kg build"),
        (("remove", "x", "--out", "nowhere"), "kg build"),
        (("import", "nothing.trig"), "nothing.trig"),
        (("export", "--format", "turtle", "--out", "nowhere"), "kg build"),
    ],
)
def test_wrong_input_is_named_with_status_2(kg: Run, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    (tmp_path / "broken.ttl").write_text("@prefix kg: <x> .\nkg:a kg:b")
    right = '{"text": "FPT mua CMC.", "facts": [{"subject": "FPT", "relation": "acquires", "object": "CMC"}]}\n'
    (tmp_path / "wrong.jsonl").write_text(right + right.replace("acquires", "eats"))
    (tmp_path / "absent.jsonl").write_text(right.replace('"CMC"', '"Nvidia"'))
    done = kg(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr and "Traceback" not in done.stderr


def test_query_in_every_format(built: Path) -> None:
    select = "SELECT ?label { id:openai skos:prefLabel ?label }"
    shown = {
        form: run_kg("query", select, "--format", form, "--out", built, cwd=built).stdout
        for form in ("table", "csv", "tsv", "json", "xml")
    }
    assert all("OpenAI" in text for text in shown.values()), shown
    assert json.loads(shown["json"])["head"]["vars"] == ["label"]
    triples = run_kg("query", "DESCRIBE id:openai", "--format", "turtle", "--out", built, cwd=built).stdout
    assert (None, None, rdflib.Literal("OpenAI")) in rdflib.Graph().parse(data=triples)


def test_query_from_a_file_and_a_wrong_one(built: Path, tmp_path: Path) -> None:
    (tmp_path / "ask.rq").write_text("ASK { ?s ?p ?o }")
    assert "true" in run_kg("query", tmp_path / "ask.rq", "--out", built, cwd=built).stdout
    wrong = run_kg("query", "SELECT ?x { ?x", "--out", built, cwd=built)
    assert wrong.returncode == 2 and "1:" in wrong.stderr
    assert run_kg("query", "SELECT * { SERVICE <http://x> { ?s ?p ?o } }", "--out", built, cwd=built).returncode == 2


@pytest.mark.parametrize("form", list(ExportFormat))
def test_export_in_every_format_whole_and_in_part(built: Path, tmp_path: Path, form: str) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert run_kg("export", "--format", form, "-o", whole, "--out", built, cwd=tmp_path).returncode == 0
    done = run_kg("export", "--format", form, "-o", part, "--entity", "OpenAI", "--out", built, cwd=tmp_path)
    if form == ExportFormat.EXPLORER:
        assert done.returncode == 2 and "whole graph" in done.stderr and not part.exists()
        return
    assert done.returncode == 0, done.stderr
    assert 0 < part.stat().st_size < whole.stat().st_size
    assert b"OpenAI" in part.read_bytes()


def test_export_of_an_unknown_name(built: Path) -> None:
    done = run_kg("export", "--format", "turtle", "--entity", "Không Có Ai", "--out", built, cwd=built)
    assert done.returncode == 2 and "Không Có Ai" in done.stderr
    done = run_kg("export", "--format", "turtle", "--relation", "loves", "--out", built, cwd=built)
    assert done.returncode == 2 and "partnersWith" in done.stderr


def test_import_restores_an_export_without_loss(built: Path, tmp_path: Path) -> None:
    for form, name in (("trig", "a.trig"), ("nquads", "a.nq")):
        run_kg("export", "--format", form, "-o", tmp_path / name, "--out", built, cwd=tmp_path)
        assert run_kg("import", name, "--out", form, cwd=tmp_path).returncode == 0
        run_kg("export", "--format", form, "-o", tmp_path / f"again-{name}", "--out", form, cwd=tmp_path)
        assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()
        assert (tmp_path / form / "graph.ttl").read_bytes() == (built / "graph.ttl").read_bytes()


def test_import_of_a_damaged_file_changes_nothing(copy: Path, kg: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.trig").write_text("<urn:a> <urn:b> ")
    (tmp_path / "other.nq").write_text("<urn:a> <urn:b> <urn:c> .\n")
    before = facts(kg)
    for name in ("bad.trig", "other.nq", "missing.nq"):
        done = kg("import", name)
        assert done.returncode == 2 and name in done.stderr
    assert facts(kg) == before


def test_remove_takes_an_article_and_only_that(copy: Path, kg: Run) -> None:
    listed = kg("stats", "--articles").stdout
    assert all(sample.name in listed for sample in SAMPLES)
    assert kg("remove", "no-such.txt").returncode == 2
    assert kg("remove", SAMPLES[0].name).returncode == 0
    after = kg("stats", "--articles").stdout
    assert SAMPLES[0].name not in after and SAMPLES[1].name in after
    texts = kg("query", "SELECT ?a { ?a schema:text ?t }", "--format", "csv").stdout
    assert SAMPLES[0].name not in texts and SAMPLES[1].name in texts


def test_parse_prints_conllu_with_offsets_and_names(kg: Run, tmp_path: Path) -> None:
    text = "Nguyễn Lan\n\nOpenAI hợp tác với Nvidia. Giá tăng."
    (tmp_path / "a.txt").write_text(unicodedata.normalize("NFD", text), encoding="utf8")
    done = kg("parse", "a.txt", "--lang", "vi")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert [row[1] for row in rows][1:] == ["OpenAI", "hợp tác", "với", "Nvidia", ".", "Giá", "tăng", "."]
    assert all(len(row) == 10 for row in rows)
    for row in rows:
        misc = dict(field.split("=") for field in row[9].split("|"))
        assert text[int(misc["start_char"]) : int(misc["end_char"])] == row[1]
    assert "ner=S-Organization" in rows[1][9]
    assert done.stdout.count("\n\n") == 3 and done.stdout.startswith("# newdoc id = a.txt\n")


def test_parse_prints_json_of_two_languages(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("OpenAI hợp tác với Nvidia.", encoding="utf8")
    (tmp_path / "b.txt").write_text("The companies were working with Nvidia.", encoding="utf8")
    (tmp_path / "c.txt").write_text("", encoding="utf8")
    done = kg("parse", "a.txt", "b.txt", "c.txt", "--format", "json")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["lang"], second["lang"]) == ("vi", "en")
    lemmas = {word["text"]: word["lemma"] for word in second["sentences"][0]["words"]}
    assert (lemmas["companies"], lemmas["were"], lemmas["working"]) == ("company", "be", "work")
    assert done.returncode == 1 and "c.txt is empty" in done.stderr


def test_stats_and_validate(built: Path) -> None:
    stats = run_kg("stats", "--out", built, cwd=built)
    assert re.search(r"articles\s+3", stats.stdout) and re.search(r"facts planned\s+\d", stats.stdout)
    report = run_kg("validate", "--out", built, cwd=built)
    assert report.returncode == 0, report.stdout


PREFIXES = (
    "@prefix kg: <https://example.org/kg/ontology#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .\n"
)
CUE = "<urn:cue> a ontolex:LexicalEntry ; ontolex:denotes kg:partnersWith ; kg:frame 'verb' ; "


def stale(kg: Run, *arguments: str) -> dict[str, int]:
    """What kg stats says is stale, by reason."""
    done = kg("stats", *arguments)
    assert done.returncode == 0, done.stderr
    return {name: int(number) for name, number in re.findall(r"stale (?:for )?(\w+)\s+(\d+)", done.stdout)}


def test_stats_says_what_is_stale_and_why_and_build_reads_that_again(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    (tmp_path / "comment.ttl").write_text(PREFIXES + "kg:Person rdfs:comment 'people' ; rdfs:seeAlso <urn:x> .")
    (tmp_path / "en.ttl").write_text(PREFIXES + CUE + "ontolex:canonicalForm [ ontolex:writtenRep 'befriend'@en ] .")
    (tmp_path / "vi.ttl").write_text(PREFIXES + CUE + "ontolex:canonicalForm [ ontolex:writtenRep 'kết thân'@vi ] .")
    (tmp_path / "models").mkdir()
    for file in (ROOT / "kg" / "models").iterdir():
        (tmp_path / "models" / file.name).symlink_to(file)
    (tmp_path / "models" / "tokenizer.json").unlink()
    (tmp_path / "models" / "tokenizer.json").write_text("another")
    assert kg("build", "a.txt", "--no-export").returncode == 0
    assert stale(kg, "a.txt") == {"articles": 0}
    assert stale(kg, "--ontology", "comment.ttl", "--ontology", "en.ttl") == {"articles": 0}
    assert stale(kg, "--ontology", "vi.ttl") == {"articles": 1, "ontology": 1}
    assert stale(kg, "--models", "models", "--ontology", "vi.ttl") == {"articles": 1, "models": 1, "ontology": 1}
    (tmp_path / "b.txt").write_text(ARTICLE, encoding="utf8")
    assert stale(kg, "a.txt", "b.txt") == {"articles": 1, "content": 1}
    assert "unchanged" in kg("build", "a.txt", "--no-export", "--ontology", "comment.ttl").stdout
    assert "unchanged" not in kg("build", "a.txt", "--no-export", "--ontology", "vi.ttl").stdout


def test_validate_reports_a_graph_that_does_not_conform(copy: Path, kg: Run, tmp_path: Path) -> None:
    kg("export", "--format", "nquads", "-o", "all.nq")
    lines = (tmp_path / "all.nq").read_text(encoding="utf8").splitlines(keepends=True)
    (tmp_path / "all.nq").write_text("".join(line for line in lines if "#exact>" not in line), encoding="utf8")
    kg("import", "all.nq")
    report = kg("validate")
    assert report.returncode == 1 and "exact" in report.stdout


def test_ctrl_c_keeps_what_was_finished(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}.txt").write_text(
            SAMPLES[0].read_text(encoding="utf8") + f"\n{number}", encoding="utf8"
        )
    build = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", ".", "--out", "outputs"], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    database = tmp_path / "outputs" / "store" / "live"
    while not database.exists():
        time.sleep(0.1)
    time.sleep(6)
    build.send_signal(signal.SIGINT)
    _, message = build.communicate(timeout=60)
    assert build.returncode == 130 and "stopped" in message and "Traceback" not in message
    done = run_kg("build", "000.txt", "--no-export", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert run_kg("validate", cwd=tmp_path).returncode == 0


def test_a_second_build_at_once_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    code = "import sys; from pathlib import Path; from kg.store import Store\n"
    code += "store = Store.create_or_open(Path('outputs/store')); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == "open\n"
    done = run_kg("build", "a.txt", cwd=tmp_path)
    holder.communicate("")
    assert done.returncode == 2 and "another process" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named(built: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "export", "--format", "turtle", "--out", str(built)],
            stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
    assert done.returncode == 2 and "space" in done.stderr and "Traceback" not in done.stderr


def test_an_ontology_that_replaces_ours_rules_alone(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    (tmp_path / "b.txt").write_text("Tập đoàn Viettel hợp tác với Intel.\n", encoding="utf8")
    (tmp_path / "own.ttl").write_text(
        "@prefix kg: <https://example.org/kg/ontology#> . @prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ex: <http://ex.org/o#> .\n"
        "ex: a owl:Ontology ; kg:replaces kg: . ex:Company a owl:Class ; kg:recognisedAs 'Organization' .\n"
        "ex:allied a owl:ObjectProperty . <urn:cue> a ontolex:LexicalEntry ; ontolex:denotes ex:allied ;\n"
        "kg:frame 'prepositional' ; kg:preposition 'với'@vi ;\n"
        "ontolex:canonicalForm [ ontolex:writtenRep 'hợp tác'@vi ] .",
        encoding="utf8",
    )
    done = kg("build", "a.txt", "b.txt", "--no-export", "--ontology", "own.ttl")
    assert done.returncode == 0, done.stderr
    assert {relation for _, relation, _ in facts(kg)} == {"http://ex.org/o#allied"}
    assert kg("remove", "b.txt", "--ontology", "own.ttl").returncode == 0
    assert kg("validate").returncode == 0
    assert {object.rsplit("/", 1)[-1] for _, _, object in facts(kg)} == {"nvidia"}


def test_output_goes_through_links_and_into_devices(built: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert (
        run_kg("export", "--format", "csv", "-o", tmp_path / "link.csv", "--out", built, cwd=tmp_path).returncode == 0
    )
    assert (tmp_path / "link.csv").is_symlink() and "subject" in (tmp_path / "real.csv").read_text(encoding="utf8")
    assert run_kg("export", "--format", "csv", "-o", "/dev/null", "--out", built, cwd=tmp_path).returncode == 0
    assert Path("/dev/null").is_char_device()


def test_files_of_a_former_state_do_not_stay_beside_a_newer_store(copy: Path, kg: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf8")
    done = kg("build", "a.txt", "--no-export")
    assert "graph.html" not in done.stdout and not (copy / "graph.html").exists()


def test_ask_prints_its_answer(built: Path) -> None:
    assert run_kg("query", "ASK { id:openai ?p ?o }", "--out", built, cwd=built).stdout == "true\n"


def test_relations_are_found_by_label_name_and_iri(built: Path) -> None:
    names = ("hợp tác với", unicodedata.normalize("NFD", "hợp tác với"), "partnersWith", "kg:partnersWith")
    parts = {
        run_kg("export", "--format", "csv", "--relation", name, "--out", built, cwd=built).stdout for name in names
    }
    assert len(parts) == 1 and "partnersWith" in parts.pop()
