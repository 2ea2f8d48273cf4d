"""What the README tells people to type works as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import textwrap
from pathlib import Path

import pytest
from command import ROOT, run_kg

README = (ROOT / "README.md").read_text(encoding="utf8")
COMMANDS = re.findall(r"^ +(kg (?!serve).+)$", README, re.MULTILINE)
PYTHON = re.findall(r"^ *```python\n(.*?)```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Path:
    """Where the README's reader stands: beside kg/samples, after `make demo`."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "kg" / "samples", folder / "kg" / "samples")
    shutil.copytree(built, folder / "outputs", symlinks=True)
    return folder


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 5 and len(PYTHON) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_command(folder: Path, command: str) -> None:
    arguments = [word for part in shlex.split(command)[1:] for word in _expanded(folder, part)]
    done = run_kg(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    if arguments[0] == "query":
        assert len(done.stdout.splitlines()) > 1


def _expanded(folder: Path, part: str) -> list[str]:
    """What the shell makes of a pattern such as kg/samples/*.txt."""
    if not re.fullmatch(r"[\w/.]+\*[\w/.]+", part):
        return [part]
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(part))


@pytest.mark.parametrize("program", PYTHON)
def test_python(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], program: str
) -> None:
    monkeypatch.chdir(folder)
    exec(textwrap.dedent(program), {})
    assert "openai" in capsys.readouterr().out.casefold()


def test_pictures_and_links_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)|(?<!\w)(kg/\w+/|kg/\w+\.py)", README):
        assert (ROOT / (target[0] or target[1])).exists(), target
