"""The model of facts learns what it is shown: a tiny one learns an article by heart."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from annotated import GOLD, TEXT

from kg.model import LITERAL, Modality, RelationText
from kg.models.facts import MEANING, FactBranch, FactHead, FactLabels, Schema, Standard, reachable, read_facts
from kg.models.network import Labels, Network, Sizes
from kg.models.weights import load_branch, save_branch, save_network
from kg.ontology import load
from kg.parse import MODELS
from kg.parse.pieces import Pieces
from kg.training.fact_data import MAX_ATOMS, article_of, windows_of
from kg.training.fact_model import losses, train
from kg.training.fact_rounds import ATOMS, Renaming, rewordings, rounds
from kg.training.fact_scores import evaluate
from kg.training.frozen import Frozen

ARTICLE = article_of(GOLD, TEXT)
SCHEMA = tuple(RelationText(name, name, "", "") for name in ("leads", "partnersWith", "visits", "worksFor"))
LABELS = FactLabels(("", "Organization", "Person", "Place", LITERAL), tuple(Modality))
SIZES = Sizes(pieces=54239, width=48, layers=MEANING + 1, heads=4, inner=64)


def _models() -> tuple[FactBranch, Frozen, Network]:
    torch.manual_seed(1)
    network = Network(SIZES, Labels(("vi",), ("X",), {"vi": ("X",)}, {}, ("root",), ("O",)))
    return FactBranch(SIZES, LABELS), Frozen(network, Pieces(MODELS / "tokenizer.json")), network


def test_windows_hold_whole_sentences_and_all_that_is_said_in_them() -> None:
    (whole,) = windows_of(ARTICLE, SCHEMA)
    assert len(whole.atoms) == len(ARTICLE.atoms) and set(whole.types) == set(ARTICLE.types)
    assert {(link.subject, link.object) for link in ARTICLE.links} == set(whole.links)
    cut = list(windows_of(ARTICLE, SCHEMA, first=1))
    assert [window.begin for window in cut] == [0, ARTICLE.sentences[1][0]]
    assert sum(len(window.atoms) for window in cut) == len(ARTICLE.atoms)


def test_a_tiny_model_learns_an_article_by_heart(tmp_path: Path) -> None:
    branch, frozen, _ = _models()
    (window,) = windows_of(ARTICLE, SCHEMA, first=MAX_ATOMS)
    steps = iter(lambda: [window], None)
    train(branch, frozen, steps, [ARTICLE], SCHEMA, tmp_path, count=300, rate=3e-3)
    assert "F1 1.000" in evaluate(branch, frozen, [ARTICLE], SCHEMA)
    branch.train(False)
    with torch.inference_mode():
        batch = frozen.batch([window])
        atoms = branch.atoms(frozen.states(batch), batch)
        schema = Schema(tuple(relation.name for relation in SCHEMA), frozen.meanings(SCHEMA))
        spans, guesses, meant = read_facts(branch, atoms, window.sentence, [schema])
        parts = losses(branch, atoms, window, frozen.meanings(SCHEMA))
    assert all((spans.get(span),) == kinds for span, kinds in window.types.items())
    told = {guess.relation: (guess.modality, guess.speaker) for guess in guesses if guess.confidence > 0.5}
    assert told["partnersWith"] == ("asserted", None)
    assert told["visits"][0] == "planned" and told["visits"][1] is not None
    cues = {g.relation: " ".join(window.atoms[slice(*g.cue)]) for g in guesses if g.confidence > 0.5 and g.cue}
    assert cues == {"partnersWith": "hợp tác với", "visits": "thăm"}
    assert set(parts) == {"spans", "relations", "modalities", "speakers", "antecedents", "cues"}
    of = window.entities
    again = {span for span in of if any(other[1] <= span[0] and of[other] == of[span] for other in of)}
    assert again and meant.keys() == again
    assert all(of[span] == of[before] for span, (before, _) in meant.items())


def test_training_goes_on_from_where_it_was_stopped(tmp_path: Path) -> None:
    (window,) = windows_of(ARTICLE, SCHEMA, first=MAX_ATOMS)
    steps = [[window]] * 6

    def trained(folder: Path, *counts: int) -> torch.Tensor:
        folder.mkdir()
        for count in counts:  # each time a new process, as it were
            branch, frozen, _ = _models()
            train(branch, frozen, iter(steps), [ARTICLE], SCHEMA, folder, count=count, rate=1e-3)
        return branch.head.pair.weight

    assert torch.equal(trained(tmp_path / "stopped", 4, 4), trained(tmp_path / "once", 4))  # nothing is learned twice
    assert not torch.equal(trained(tmp_path / "on", 4, 6), trained(tmp_path / "off", 4))


def test_names_are_exchanged_for_others_of_their_class_and_length() -> None:
    (window,) = windows_of(ARTICLE, SCHEMA, first=MAX_ATOMS)
    windows = [window, replace(window, atoms=tuple(map(str.upper, window.atoms)))]
    rename, chance = Renaming(windows), random.Random(3)
    names = {
        kinds: {w.atoms[slice(*span)] for w in windows for span, k in w.types.items() if k == kinds}
        for kinds in {*windows[0].types.values()}
    }
    changed = 0
    for _ in range(20):
        other = rename(windows[0], chance)
        assert other.types == windows[0].types and other.links == windows[0].links
        inside = {at for span in other.types for at in range(*span)}
        for at, (old, new) in enumerate(zip(windows[0].atoms, other.atoms, strict=True)):
            changed += old != new
            assert old == new or at in inside
        assert all(other.atoms[slice(*span)] in names[kinds] for span, kinds in other.types.items())
    assert changed


def test_a_round_has_all_news_and_a_share_of_the_rest() -> None:
    other = next(windows_of(ARTICLE, SCHEMA[:2]))
    steps = rounds([ARTICLE] * 60, {"redocred": [other] * 40}, [SCHEMA])
    seen = [window for _ in range(3) for window in next(steps)]
    assert {window.schema for window in seen} == {SCHEMA, SCHEMA[:2]}
    assert sum(len(window.atoms) for window in next(steps)) >= ATOMS


def test_relations_come_in_other_words_too() -> None:
    wordings = rewordings(load(), 8)
    names = {tuple(text.name for text in wording) for wording in wordings}
    assert len(names) == 1 and len({wording[0].meaning for wording in wordings}) > 3
    assert all(text.meaning for wording in wordings for text in wording)
    steps = rounds([ARTICLE] * 60, {}, wordings)
    seen = [window.schema for _ in range(3) for window in next(steps)]
    assert seen.count(wordings[0]) > len(seen) / 4 and set(seen) - {wordings[0]} <= set(wordings)


def test_texts_are_set_against_what_is_usual() -> None:
    standard, texts = Standard(8), 5 + torch.randn(40, 24)
    texts[::4, 16:] = 0
    standard.measure(texts)
    result = standard(texts).reshape(40, 3, 8)
    assert result.mean(0).abs().max() < 1e-5 and not result[::4, 2].any()
    assert (result[:, :2].std(0) - 1).abs().max() < 0.01


def test_a_branch_is_kept_beside_its_network(tmp_path: Path) -> None:
    branch, frozen, network = _models()
    save_network(tmp_path, network, words={})
    save_branch(tmp_path, branch)
    again = load_branch(tmp_path)
    assert again.labels == branch.labels
    (window,) = windows_of(ARTICLE, SCHEMA)
    branch.train(False)
    with torch.inference_mode():
        batch = frozen.batch([window])
        one, other = (b.atoms(frozen.states(batch), batch) for b in (branch, again))
    assert torch.allclose(one, other, atol=0.05) and not torch.equal(one, torch.zeros_like(one))


def test_spans_end_with_sentences_and_pairs_reach_one_sentence_far() -> None:
    torch.manual_seed(1)
    head = FactHead(8, FactLabels(("", "A"), ("asserted",)))
    spans, scores = head.spans(torch.randn(5, 8), torch.tensor([0, 0, 1, 1, 1]))
    assert scores.shape == (len(spans), 2)
    assert {tuple(span) for span in spans.tolist()} == {
        (first, last) for first in range(5) for last in range(first + 1, 6) if (first < 2) == (last <= 2)
    }
    assert reachable([(0, 1), (2, 3), (4, 5)], [0, 1, 2]) == [(0, 1), (1, 0), (1, 2), (2, 1)]


def test_a_relation_is_known_by_its_meaning_alone() -> None:
    """Relations do not know each other: one more changes no score of the others, and two of one meaning score alike."""
    torch.manual_seed(1)
    head = FactHead(8, FactLabels(("", "A"), ("asserted",))).train(False)
    pairs, meanings = torch.randn(3, 256), torch.randn(2, 24)
    scores = head.relations(pairs, meanings)
    assert scores.shape == (3, 3)
    more = head.relations(pairs, torch.cat([meanings, meanings[:1]]))
    assert torch.allclose(more[:, :3], scores) and torch.allclose(more[:, 3], scores[:, 1])
