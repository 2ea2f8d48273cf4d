"""The command line: arguments, exit codes, progress bars. Nothing else in kg prints.

Exit status: 0 done, 1 done in part (an article could not be read, a graph does not conform), 2 wrong input, 130 Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.errors import ArticleError, KgError, RequestError

if TYPE_CHECKING:
    from rdflib.term import Node

    from kg.graph import Graph
    from kg.pipeline import Progress, Summary
    from kg.store import Result

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Knowledge graphs from articles, in which every edge opens the sentence that states it.\n\n"
    "Example: **kg build article.txt**, then **kg serve**, and open http://127.0.0.1:8000.",
)
out = Console()
err = Console(stderr=True)


class Lang(StrEnum):
    """Languages of articles; "auto" looks at the text."""

    AUTO = "auto"
    VI = "vi"
    EN = "en"


class Plain(StrEnum):
    """Which facts become plain triples."""

    ASSERTED = "asserted"
    UNATTRIBUTED = "unattributed"
    ALL = "all"


class Extractor(StrEnum):
    """What finds the facts."""

    KG = "kg"
    OPENAI = "openai"


class Engine(StrEnum):
    """Where articles are read."""

    POOL = "pool"
    SERIAL = "serial"
    RAY = "ray"


class QueryFormat(StrEnum):
    """How query results are shown."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TURTLE = "turtle"
    NTRIPLES = "ntriples"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"


class ParseFormat(StrEnum):
    """How an analysis is shown."""

    CONLLU = "conllu"
    JSON = "json"


class ExportFormat(StrEnum):
    """File formats of exports."""

    TURTLE = "turtle"
    TRIG = "trig"
    NTRIPLES = "ntriples"
    NQUADS = "nquads"
    JSONLD = "jsonld"
    RDFXML = "rdfxml"
    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    HTML = "html"
    EXPLORER = "explorer"


Folder = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the graph is kept.")]
Ontologies = Annotated[
    list[Path] | None, typer.Option("--ontology", metavar="FILE", help="Turtle that extends or replaces ours.")
]
Language = Annotated[Lang, typer.Option("--lang", help="The language of the articles.")]
Models = Annotated[Path | None, typer.Option("--models", metavar="DIR", help="Your own Stanza models.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here, not to the screen.")]
Named = typer.Argument(metavar="ENTITY", help="A name, an alias, or an IRI such as id:openai.")
Related = typer.Argument(metavar="RELATION", help="Its name or label.")
Remote = Annotated[str, typer.Option("--store", metavar="URL", help="A SPARQL server that keeps the graph instead.")]
OUTPUTS = Path("outputs")
SMALL = 5_000  # facts of a graph that is exported unasked after each change: what some seconds are enough for


def main() -> None:
    """What the ``kg`` command runs."""
    signal.signal(signal.SIGINT, _stop)
    try:
        app()
    except KgError as error:
        err.print(f"[bold red]error:[/] {_plain(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(2)
    except _Stopped:
        err.print("stopped: what was finished before is kept", highlight=False)
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe (head, less) has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Stopped(BaseException):
    """Ctrl-C; typer would swallow KeyboardInterrupt without a word."""


def _stop(*_: object) -> None:
    raise _Stopped


def _plain(text: str) -> str:
    """Text that rich shows as it is: brackets are no markup, control characters have no effect."""
    from rich.markup import escape

    return escape("".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text))


# Write


@app.command()
def build(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, http(s) addresses, - for standard input.")
    ],
    folder: Folder = OUTPUTS,
    store: Remote = "",
    store_update: Annotated[
        str,
        typer.Option("--store-update", metavar="URL", help="Of its updates, if not the usual one."),
    ] = "",
    ontology: Ontologies = None,
    lang: Language = Lang.AUTO,
    date: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of articles that carry none.")] = "",
    models: Models = None,
    plain: Annotated[
        Plain | None, typer.Option("--plain", help="Which facts become plain triples too (kept with the store).")
    ] = None,
    extractor: Annotated[
        Extractor, typer.Option("--extractor", help="openai: the model that OPENAI_MODEL and OPENAI_BASE_URL name.")
    ] = Extractor.KG,
    min_confidence: Annotated[
        float | None, typer.Option("--min-confidence", metavar="0..1", help="Keep facts that are as sure as this.")
    ] = None,
    adapter: Annotated[Path | None, typer.Option("--adapter", metavar="FILE", help="What kg learn wrote.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read unchanged articles again.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, metavar="N", help="Articles read at once; default: as many as pay.")
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            help="pool: processes of this machine; ray: a cluster (pip install kg\\[ray]); serial: this process, "
            "where an article that never ends, or ends the process, ends the build.",
        ),
    ] = Engine.POOL,
    article_limit: Annotated[
        float | None,
        typer.Option(
            "--article-limit",
            min=0.1,
            metavar="SECONDS",
            help="An article that takes longer is left out; default: 300, none with --engine serial.",
        ),
    ] = None,
    export: Annotated[
        bool | None,
        typer.Option(help=f"Write graph.ttl and graph.html; unasked up to {SMALL:,} facts.", show_default=False),
    ] = None,
) -> None:
    """Read articles (.txt, .md, .html, .pdf) into a graph.

    Example: **kg build article.txt news/ https://example.org/story.html --out outputs**
    """
    from kg import pipeline

    with _progress() as show:
        summary = pipeline.build(
            paths,
            out=folder,
            store=store,
            store_update=store_update,
            ontology=ontology or (),
            lang=lang.value,
            date=date,
            models=models,
            plain=plain.value if plain else "",
            extractor=extractor.value,
            min_confidence=min_confidence,
            adapter=adapter,
            rebuild=rebuild,
            engine=engine.value,
            jobs=jobs,
            article_limit=article_limit,
            progress=show,
        )
    for message in summary.failed:
        _show_left_out(message)
    exported = not store and export is not False and _write_exports(folder, most=None if export else SMALL)
    _show_summary(summary, store or str(folder), _ways(store, exported=exported))
    if summary.failed:
        raise typer.Exit(1)


@app.command()
def learn(
    examples: Annotated[Path, typer.Argument(metavar="EXAMPLES.jsonl", help="Texts with their facts, one a line.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The adapter.")] = Path(
        "adapter.safetensors"
    ),
    ontology: Ontologies = None,
    models: Models = None,
) -> None:
    """Teach the model of facts your relations by examples: a few dozen do.

    A line is {"text": "...", "facts": [{"subject": "words", "relation": "name or label", "object": "words"}]}, with
    all facts of the text. Example: **kg learn examples.jsonl --ontology mine.ttl**, then
    **kg build news/ --ontology mine.ttl --adapter adapter.safetensors**
    """
    from kg import pipeline

    learned, told = pipeline.learn(examples, output, ontology=ontology or (), models=models)
    out.print(f"learned {learned:,} of {told:,} facts into {_plain(str(output))}", highlight=False, soft_wrap=True)


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.trig|FILE.nq", help="What kg export wrote.")],
    folder: Folder = OUTPUTS,
) -> None:
    """Restore an export without loss, in place of what the store held.

    Example: **kg import graph.trig --out restored**
    """
    _restore(file, folder, replace=True, exports=True)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="A new folder, or a .nq or .trig file.")],
    folder: Folder = OUTPUTS,
) -> None:
    """Copy the graph as it was last published, also while it is built or served.

    A folder is quicker, and can be served as it is; a file can be read by other stores too.
    Example: **kg backup monday --out outputs**
    """
    from kg.store import STORE
    from kg.store import backup as copy

    copy(folder / STORE, target)
    out.print(f"{_plain(str(folder))} is in {_plain(str(target))}", highlight=False, soft_wrap=True)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE|FOLDER", help="What kg backup or kg export wrote.")],
    folder: Folder = OUTPUTS,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what the store there holds.")] = False,
    export: Annotated[bool, typer.Option(help="Write graph.ttl and graph.html.")] = True,
) -> None:
    """Make a store of a copy; one that holds something is kept, unless you say --replace.

    Example: **kg restore monday --out restored**
    """
    _restore(source, folder, replace=replace, exports=export)


@app.command()
def remove(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Its name as kg stats --articles lists it.")],
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Remove an article and all that only it says.

    Example: **kg remove ai-nang-luong.vi.txt**
    """
    with _changing(folder) as graph:
        if article not in graph.articles():
            raise RequestError(f"no article {article!r} in {folder}: kg stats --articles lists them")
        with graph.changing(ontology or ()) as store:
            store.remove(article)
    out.print(f"removed {_plain(article)}")


# Decide: what people say goes before what is found, and survives every build


@app.command()
def merge(
    entity: Annotated[str, Named],
    into: Annotated[str, Named],
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Make the first entity the second one, in this graph and all that is built into it.

    Example: **kg merge "Altman" "Sam Altman"**
    """
    with _changing(folder) as graph:
        graph.merge(entity, into, ontology=ontology or ())
    out.print(f"{_plain(entity)} is {_plain(into)} from now on; kg split takes it back", highlight=False)


@app.command()
def split(entity: Annotated[str, Named], folder: Folder = OUTPUTS, ontology: Ontologies = None) -> None:
    """Take back what was merged into an entity; where nothing was, part what each article means by its name.

    Example: **kg split "Nguyễn Văn An"**
    """
    with _changing(folder) as graph:
        parts = graph.split(entity, ontology=ontology or ())
    out.print(f"{_plain(entity)} is {_plain(', '.join(parts))} from now on", highlight=False, soft_wrap=True)


@app.command()
def reject(
    subject: Annotated[str, Named],
    relation: Annotated[str, Related],
    object: Annotated[str, Named],
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Say that a fact is wrong: no article states it any more, now or when it is read again. kg undo takes it back.

    Example: **kg reject OpenAI partnersWith Nvidia**
    """
    with _changing(folder) as graph:
        number = graph.reject(subject, relation, object, ontology=ontology or ())
    out.print(f"{number} statements rejected; kg decisions lists what was decided", highlight=False)


@app.command()
def correct(
    subject: Annotated[str, Named],
    relation: Annotated[str, Related],
    object: Annotated[str, Named],
    right_subject: Annotated[str, typer.Option("--subject", metavar="ENTITY", help="Who it is said of.")] = "",
    right_relation: Annotated[str, typer.Option("--relation", metavar="RELATION", help="What holds.")] = "",
    right_object: Annotated[str, typer.Option("--object", metavar="ENTITY", help="The other end.")] = "",
    modality: Annotated[str, typer.Option("--modality", help="asserted, planned, possible or denied.")] = "",
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Say what is right instead of a fact; its sentence and speaker stay. kg undo takes it back.

    Example: **kg correct OpenAI acquires AMD --relation partnersWith --modality planned**
    """
    right = (right_subject or subject, right_relation or relation, right_object or object)
    if right == (subject, relation, object) and not modality:
        raise RequestError("nothing to correct: give --subject, --relation, --object or --modality")
    with _changing(folder) as graph:
        number = graph.correct(subject, relation, object, right=right, modality=modality, ontology=ontology or ())
    out.print(f"{number} statements corrected; kg decisions lists what was decided", highlight=False)


@app.command()
def decisions(folder: Folder = OUTPUTS) -> None:
    """List what people decided.

    Example: **kg decisions**
    """
    from kg.ontology import local_name

    with _open(folder) as graph:
        for decision, text in graph.decisions():
            out.print(f"{local_name(decision)}  {_plain(text)}", highlight=False, soft_wrap=True)


@app.command()
def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="As kg decisions lists it.")],
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Take a decision back.

    Example: **kg undo 3f2a90c1d4e5**
    """
    with _changing(folder) as graph:
        again = graph.undo(decision, ontology=ontology or ())
    more = f"; run kg build to read {_plain(', '.join(again))} again" if again else ""
    out.print(f"{_plain(decision)} is undone{more}", highlight=False)


# Read


@app.command()
def parse(
    paths: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Files, folders, http(s) addresses, - for standard input.")
    ],
    lang: Language = Lang.AUTO,
    format: Annotated[ParseFormat, typer.Option("--format", help="How the analysis is shown.")] = ParseFormat.CONLLU,
    models: Models = None,
    output: Output = None,
) -> None:
    """Show sentences, words, tags, trees and names of articles. JSON has one line for each article.

    Example: **kg parse article.txt --format conllu**
    """
    from kg.parse import to_conllu, to_json
    from kg.pipeline import analyse

    failed = False
    with _output(output) as file:
        for analysis in analyse(paths, lang=lang.value, models=models):
            if isinstance(analysis, ArticleError):
                failed = True
                _show_left_out(str(analysis))
                continue
            article, sentences = analysis
            as_conllu = format is ParseFormat.CONLLU
            text = to_conllu(sentences, article.id) if as_conllu else to_json(article, sentences) + "\n"
            file.write(text.encode())
    if failed:
        raise typer.Exit(1)


@app.command()
def query(
    sparql: Annotated[str, typer.Argument(metavar="'SELECT ...'|FILE.rq|-", help="The query; usual prefixes are set.")],
    format: Annotated[QueryFormat, typer.Option("--format", help="How results are shown.")] = QueryFormat.TABLE,
    folder: Folder = OUTPUTS,
    store: Remote = "",
    output: Output = None,
) -> None:
    """Ask the graph in SPARQL.

    Example: **kg query 'SELECT ?who WHERE { ?who kg:leads id:openai }'**
    """
    from kg.rdf import short

    with _open(folder, store) as graph:
        result = graph.query(_read_query(sparql))
        if format is QueryFormat.TABLE and result.kind == "ask" and output is None:
            out.print("true" if result else "false", highlight=False)
            return
        if format is QueryFormat.TABLE and result.kind == "select" and output is None:
            _show_table(result, short)
            return
        with _output(output) as file:
            file.write(result.serialize("" if format is QueryFormat.TABLE else format.value))


@app.command()
def export(
    format: Annotated[ExportFormat, typer.Option("--format", help="The file format.")],
    output: Output = None,
    entity: Annotated[list[str] | None, typer.Option("--entity", metavar="NAME", help="Only facts about it.")] = None,
    relation: Annotated[list[str] | None, typer.Option("--relation", metavar="NAME", help="Only this one.")] = None,
    folder: Folder = OUTPUTS,
    store: Remote = "",
) -> None:
    """Write the graph, or a part of it, to a file.

    Example: **kg export --format turtle -o openai.ttl --entity OpenAI**
    """
    with _open(folder, store) as graph, _output(output) as file:
        graph.export(format.value, file, entities=entity or (), relations=relation or ())


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Queries answered at once.")] = 2,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="A query that takes longer is stopped.")
    ] = 30.0,
    cors: Annotated[bool, typer.Option("--cors", help="Let the pages of other sites read the graph.")] = False,
    allow_update: Annotated[
        bool, typer.Option("--allow-update", help="Let whoever has the token change the graph: KG_TOKEN, or a new one.")
    ] = False,
    token_file: Annotated[Path | None, typer.Option("--token-file", metavar="FILE", help="Holds the token.")] = None,
    folder: Folder = OUTPUTS,
    ontology: Ontologies = None,
) -> None:
    """Serve the page at / and a SPARQL endpoint at /sparql.

    Example: **kg serve --port 8000**
    """
    from kg.web import server

    token, told = _token(token_file) if allow_update else ("", "")
    settings = server.Settings(
        workers=workers, time_limit=time_limit, cors=cors, token=token, ontology=tuple(ontology or ())
    )

    def ready(address: str) -> None:
        out.print(f"{address} shows the graph, {address}/sparql answers queries; Ctrl-C ends", soft_wrap=True)
        if told:
            out.print(told, soft_wrap=True, highlight=False)

    with suppress(_Stopped):
        server.serve(folder, host=host, port=port, ready=ready, settings=settings)


def _token(file: Path | None) -> tuple[str, str]:
    """The token for updates, and what to tell of it: that of a file or of KG_TOKEN, else a new one."""
    if file is None and not (given := os.environ.get("KG_TOKEN", "").strip()):
        import secrets

        new = secrets.token_urlsafe(24)
        return new, f"updates are allowed with the token {new}"
    if file is not None:
        try:
            given = file.read_text(encoding="utf8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"the token file {file} cannot be read: {error}") from error
    if not given:
        raise RequestError(f"the token file {file} is empty: write the token into it")
    source = str(file) if file else "KG_TOKEN"
    if not (given.isascii() and given.isprintable()):
        raise RequestError(f"the token of {source} has letters that no request can carry: use printable ASCII")
    return given, f"updates are allowed with the token of {_plain(source)}"


@app.command()
def stats(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH...]", help="Articles, to see which of them are new or changed.")
    ] = None,
    articles: Annotated[bool, typer.Option("--articles", help="List the articles too.")] = False,
    folder: Folder = OUTPUTS,
    store: Remote = "",
    ontology: Ontologies = None,
    models: Models = None,
    lang: Language = Lang.AUTO,
) -> None:
    """Count what the graph holds, and what is stale: what kg build would read again, and why.

    Example: **kg stats news/ --articles**
    """
    from kg.pipeline import stale

    found = stale(paths or (), out=folder, store=store, ontology=ontology or (), models=models, lang=lang.value)
    with _open(folder, store) as graph:
        table = Table("what", "number", box=None)
        for name, number in graph.stats().rows():
            table.add_row(name, f"{number:,}")
        table.add_row("stale articles", f"{found.pop('all'):,}")
        for name, number in found.items():
            if number:
                table.add_row(f"stale for {name}", f"{number:,}")
        out.print(table)
        if articles:
            for name in graph.articles():
                out.print(_plain(name), highlight=False, soft_wrap=True)


@app.command()
def validate(folder: Folder = OUTPUTS) -> None:
    """Check the graph against the SHACL shapes. Exit status 1 if it does not conform.

    Example: **kg validate --out outputs**
    """
    with _open(folder) as graph:
        conforms, report = graph.validate()
    out.print(report, highlight=False, markup=False, soft_wrap=True)
    if not conforms:
        raise typer.Exit(1)


# What the commands share


def _open(folder: Path, store: str = "") -> Graph:
    from kg.graph import Graph

    return Graph(folder, store=store)


@contextmanager
def _changing(folder: Path) -> Iterator[Graph]:
    """A graph that is changed, and exported at the end."""
    with _open(folder) as graph:
        yield graph
    _write_exports(folder)


def _restore(source: Path, folder: Path, *, replace: bool, exports: bool) -> None:
    """Put a copy in place of what a store holds."""
    from kg.store import STORE, Store, restorable

    restorable(source)  # before a folder is made for it
    with Store.create_or_open(folder / STORE) as store:
        if not replace and not store.empty:
            raise RequestError(f"{folder} holds a graph already: name another folder, or give it up with --replace")
        store.load(source)
        store.publish()
        stats = store.stats()
    if exports:
        _write_exports(folder)
    out.print(
        f"{stats.articles:,} articles, {stats.entities:,} entities, {stats.facts:,} facts in {_plain(str(folder))}",
        highlight=False,
        soft_wrap=True,
    )


def _write_exports(folder: Path, *, most: int | None = SMALL) -> bool:
    """Whether graph.ttl and graph.html were written: not if there are more facts than ``most``."""
    with err.status("writing graph.ttl and graph.html"), _open(folder) as graph:
        return graph.write_exports(most=most)


@contextmanager
def _output(path: Path | None) -> Iterator[IO[bytes]]:
    """A file that appears whole or not at all, or the screen."""
    from kg.store import replacing

    if path is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise RequestError(f"standard output cannot be written: {error.strerror}; free space") from error
    else:
        with replacing(path) as file:
            yield file


def _read_query(sparql: str) -> str:
    """The text of a query that is given as it is, as the name of a file, or on standard input."""
    if sparql == "-":
        return sys.stdin.read()
    if not sparql.endswith(".rq"):
        return sparql
    try:
        return Path(sparql).read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"the query file {sparql} cannot be read: {error}") from error


def _show_table(result: Result, short: Callable[[Node], str]) -> None:
    """Solutions as a table; IRIs in the short form of the usual prefixes."""
    table = Table(*result.variables, box=None, header_style="bold")
    for row in result:
        table.add_row(*("" if term is None else _plain(short(term)) for term in row))
    out.print(table)


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn

    class Rate(TextColumn):
        """How many articles a minute, of late."""

        def render(self, task: Task) -> Text:
            return Text(f"{60 * task.speed:.0f}/min" if task.speed else "", style="dim")

    columns = (BarColumn(), MofNCompleteColumn(), Rate(""), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda done, total, name: bars.update(task, completed=done, total=total, description=_plain(name))


def _show_left_out(message: str) -> None:
    err.print(f"[yellow]left out:[/] {_plain(message)}", soft_wrap=True, highlight=False)


def _ways(store: str, *, exported: bool) -> str:
    """How to look at what was built."""
    if store:
        return "ask it with kg query --store, or kg stats --store"
    return "open graph.html, or run kg serve" if exported else "run kg serve, or kg export"


def _show_summary(summary: Summary, place: str, ways: str) -> None:
    """What a build did, where the graph is, and the ``ways`` to look at it."""
    table = Table(show_header=False, box=None)
    table.add_row("articles read", f"{len(summary.built):,}")
    if summary.skipped:
        table.add_row("unchanged", f"{len(summary.skipped):,}")
    if summary.failed:
        table.add_row("left out", f"{len(summary.failed):,}")
    table.add_row("entities", f"{summary.entities:,}")
    table.add_row("facts", f"{summary.facts:,}")
    table.add_row("seconds", f"{summary.seconds:.1f}")
    out.print(table)
    out.print(f"in {_plain(place)}: {ways}", highlight=False, soft_wrap=True)
