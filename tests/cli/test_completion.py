"""Completion in shells: the scripts, and what they are answered."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mediatui.cli.commands import commands
from mediatui.commands.completion import SHELLS, complete
from tests.worlds.here import run_here

BASH = """
source {script}
COMP_WORDS=({words}) COMP_CWORD={at}
_mediatui_completion {program}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_mediatui_in_the_way_of_its_shell(shell: str) -> None:
    code, out, err = run_here(["completion", shell])
    assert (code, err) == (0, "")
    assert f"_MEDIATUI_COMPLETE={shell}_complete" in out


def test_another_shell_is_refused_with_those_there_are() -> None:
    code, _, err = run_here(["completion", "tcsh"])
    assert code == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["rep"], {"repair", "repair-links", "replace"}),
        (["scan", ""], {"list", "folders", "show", "diff", "rerun", "delete"}),
        (["config", "re"], {"reset"}),
        (["sync", "--mode", "f"], {"fast", "full"}),
        (["torrents", "--sort", "si"], {"size"}),
        (["torrents", "is"], {"is:duplicate"}),
        (["no such command", ""], set()),
    ],
)
def test_what_fits_is_offered(
    words: list[str], expected: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_MEDIATUI_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(["mediatui", *(word.replace(" ", "\\ ") for word in words)]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    assert complete(commands) == 0
    assert {line.partition(",")[2] for line in capsys.readouterr().out.split()} == expected


@pytest.mark.process
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    script, program = tmp_path / "completion.bash", tmp_path / "mediatui"
    script.write_text(run_here(["completion", "bash"])[1])
    program.write_text(f"#!{sys.executable}\nfrom mediatui.cli import main; main()\n")
    program.chmod(0o755)
    asked = BASH.format(script=script, words="mediatui scan de", at=2, program=program)
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["delete"], done.stderr
