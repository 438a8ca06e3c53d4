"""Taking links away so that nothing else can go with them.

Between the last check of a name and the change another program may rename a file over it. So what has the name is given
a private one first, in one step; it is checked there; and what is not the link that was expected gets its name back.
The private name is made of the batch and the step: where a run was killed in between, the line that it left open says
where the link is.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping

from mediatui.changes.in_root_dir import Outdated, expect_link, in_root_dir, run_blocking
from mediatui.changes.step_run import StepRun
from mediatui.model.text import printable
from mediatui.store.changes.journal import Line
from mediatui.system.rename import exchange, rename_aside, rename_exclusive

UNLINK, RELINK, MOVE = "unlink symlink", "relink symlink", "move path"
TAKES_ASIDE = (UNLINK, RELINK, MOVE)


def aside_of(batch: int, position: int) -> bytes:
    """The private name a step gives what it takes away, in the same folder."""
    return b".mediatui-%d-%d" % (batch, position)


def take(folder: int, name: bytes, aside: bytes, target: bytes) -> None:
    """Gives a link its private name; raises Outdated, and leaves all as it was, when it is not the one expected."""
    expect_link(folder, name, target)
    try:
        rename_aside(name, aside, folder)
    except FileExistsError:
        raise _in_its_way(aside) from None
    except FileNotFoundError:
        raise Outdated("it is not there any more") from None
    try:
        expect_link(folder, aside, target)
    except Outdated:
        give_back(folder, name, aside)
        raise


def give_back(folder: int, name: bytes, aside: bytes) -> None:
    """Gives what has a private name its own name back; raises OSError, which says where it is, when that is taken."""
    try:
        rename_exclusive(aside, name, folder, folder)
    except FileExistsError:
        raise _kept(aside) from None


def unlink(folder: int, name: bytes, aside: bytes, target: bytes) -> None:
    """Removes a link with this target text, and nothing else."""
    take(folder, name, aside, target)
    os.unlink(aside, dir_fd=folder)


def replace(folder: int, name: bytes, aside: bytes, target: bytes, new: bytes) -> None:
    """Puts a link to ``new`` in the place of one to ``target``, and of nothing else. Where names can be exchanged it is
    never missing."""
    expect_link(folder, name, target)
    try:
        os.symlink(new, aside, dir_fd=folder)
    except FileExistsError:
        raise _in_its_way(aside) from None
    try:
        exchanged = exchange(aside, name, folder)
    except OSError:
        os.unlink(aside, dir_fd=folder)
        raise
    if not exchanged:
        os.unlink(aside, dir_fd=folder)
        _replace_in_steps(folder, name, aside, target, new)
        return
    try:
        expect_link(folder, aside, target)
    except Outdated:
        _exchange_back(folder, name, aside, new)
        raise
    os.unlink(aside, dir_fd=folder)


def _replace_in_steps(folder: int, name: bytes, aside: bytes, target: bytes, new: bytes) -> None:
    take(folder, name, aside, target)
    try:
        os.symlink(new, name, dir_fd=folder)
    except FileExistsError:  # the old link is in the journal, the name is another's
        os.unlink(aside, dir_fd=folder)
        raise Outdated("something else is at its path now") from None
    except OSError:
        give_back(folder, name, aside)
        raise
    os.unlink(aside, dir_fd=folder)


def _exchange_back(folder: int, name: bytes, aside: bytes, new: bytes) -> None:
    """Gives what was caught the name that our link to ``new`` has now."""
    if not exchange(aside, name, folder):
        os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)  # only our link is in its place
        return
    if _target_text_in(folder, aside) != new:
        raise _kept(aside)
    os.unlink(aside, dir_fd=folder)


async def recover_name(act: StepRun, line: Line) -> None:
    """Brings a name back to a state in which its step was done or not, when a run was killed in the middle of a line:
    nothing stays under its private name. Raises OSError, which says where it is, for what cannot have its name back."""
    path = _bytes(line.before, "path")
    if line.kind not in TAKES_ASIDE or line.outcome is not None or line.position is None or not path:
        return
    aside = aside_of(line.batch, line.position)
    old = b"" if line.kind == MOVE else _bytes(line.before, "target")  # one that was to be moved never goes
    new = _bytes(line.before, "new_target")
    # What is in no root, or gone with its folder, the step reports itself.
    with contextlib.suppress(Outdated, FileNotFoundError, NotADirectoryError):
        await run_blocking(
            act, lambda: in_root_dir(act, path, lambda folder, name: _recover_name(folder, name, aside, old, new))
        )


def _recover_name(folder: int, name: bytes, aside: bytes, old: bytes, new: bytes) -> None:
    if not _is_there(folder, aside):
        return
    text = _target_text_in(folder, aside)
    if text and text == new:  # made, and not put in its place yet
        os.unlink(aside, dir_fd=folder)
    elif not _is_there(folder, name):
        give_back(folder, name, aside)
    elif text and text == old:  # another is in its place
        os.unlink(aside, dir_fd=folder)
    elif new and _target_text_in(folder, name) == new:
        _exchange_back(folder, name, aside, new)
    else:
        raise _kept(aside)


def _is_there(folder: int, name: bytes) -> bool:
    try:
        os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return False
    return True


def _target_text_in(folder: int, name: bytes) -> bytes:
    """The text of a link's target, empty for what is none."""
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return b""


def _bytes(record: Mapping[str, object], key: str) -> bytes:
    value = record.get(key)
    return os.fsencode(value) if isinstance(value, str) else b""


def _in_its_way(aside: bytes) -> Outdated:
    return Outdated(f"{printable(os.fsdecode(aside))} beside it is in the way")


def _kept(aside: bytes) -> OSError:
    shown = printable(os.fsdecode(aside))
    return OSError(errno.EEXIST, f"what had taken its place is kept beside it as {shown}: the name is taken again")
