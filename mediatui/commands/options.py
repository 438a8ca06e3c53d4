"""How the options of a command are declared: dataclass fields, each with its help, allowed values, default and flags.

A field's flag is its name (``dry_run`` is ``--dry-run``) unless it says otherwise. Every field has a default. The
command line, the ``:`` line with its completion, help and the README read these fields; nothing here is imported that
takes time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

LARGEST: Final = 2**31 - 1
Kind = Literal["flag", "text", "number", "file"]


class Option(NamedTuple):
    """What a field says of itself. ``takes`` is how many values follow the flag, ``many`` whether it may be given again
    and again, ``off`` that the flag makes the field false. A ``positional`` one has no flag; a ``query`` keeps its
    quotes on the ``:`` line and may begin with a hyphen there. One that is ``headless`` has no meaning on screen.
    ``examples`` are values worth completing."""

    help: str
    kind: Kind = "text"
    flags: tuple[str, ...] = ()
    metavar: str = ""
    choices: tuple[str, ...] = ()
    least: int | None = None
    takes: int = 1
    many: bool = False
    required: bool = False
    off: bool = False
    positional: bool = False
    query: bool = False
    headless: bool = False
    show_default: bool = False
    examples: tuple[str, ...] = ()


def _field(default: object, option: Option) -> Any:
    return dataclasses.field(default=default, metadata={"option": option})


def flag(about: str, *flags: str, off: bool = False, headless: bool = False) -> Any:
    """True when the flag is given; with ``off`` false when it is given."""
    return _field(off, Option(about, "flag", flags, off=off, headless=headless))


def choice(about: str, choices: Sequence[str], *flags: str, default: str | None = None, required: bool = False) -> Any:
    """One of some words; None when it is not given and has no default."""
    shown = default is not None
    return _field(default, Option(about, "text", flags, choices=tuple(choices), required=required, show_default=shown))


def number(
    about: str,
    *flags: str,
    default: int | None = None,
    least: int | None = 1,
    many: bool = False,
    headless: bool = False,
) -> Any:
    """A whole number from ``least`` on (None: any); None when it is not given and has no default."""
    shown = default is not None
    option = Option(about, "number", flags, "N", least=least, many=many, headless=headless, show_default=shown)
    return _field(() if many else default, option)


def text(
    about: str,
    metavar: str,
    *flags: str,
    default: str | None = None,
    many: bool = False,
    takes: int = 1,
    required: bool = False,
    examples: Sequence[str] = (),
) -> Any:
    """A text; several where it may be given again (``many``) or is followed by several values (``takes``)."""
    shown = default is not None
    option = Option(
        about, "text", flags, metavar, takes=takes, many=many, required=required, show_default=shown,
        examples=tuple(examples),
    )  # fmt: skip
    return _field(() if many or takes > 1 else default, option)


def file(about: str, *flags: str, metavar: str = "FILE", required: bool = False) -> Any:
    """A path, None when it is not given."""
    return _field(None, Option(about, "file", flags, metavar, required=required))


def words(metavar: str, *, required: bool = False, query: bool = False, examples: Sequence[str] = ()) -> Any:
    """Every word that is no option."""
    option = Option(
        "", metavar=metavar, many=True, required=required, positional=True, query=query, examples=tuple(examples)
    )
    return _field((), option)


def word(
    metavar: str,
    about: str,
    *,
    required: bool = True,
    kind: Kind = "text",
    least: int | None = 1,
    choices: Sequence[str] = (),
) -> Any:
    """One word that is no option, one of some ``choices`` where there are any, and what it is; None when it is not
    ``required`` and not given."""
    option = Option(
        about, kind, metavar=metavar, least=least, required=required, positional=True, choices=tuple(choices)
    )
    return _field(None, option)


def to_apply() -> Any:
    """The flag that has a plan applied. On screen every plan is asked about, with it or without."""
    return flag("Do it; without this the plan is only shown.")


def to_allow() -> Any:
    """The limit on what may go in this run, as a person typed it. On screen the number is asked for."""
    return number("Let up to N things go in this run, above the limits.", least=0)


def report_by_exit_code(what: str) -> Any:
    """The flag that has a headless command end with 5 when ``what``."""
    return flag(f"Exit with 5 when {what}.", headless=True)


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a command that takes none."""


def declared(options: type[Any]) -> Iterator[tuple[str, object, Option]]:
    """The options a dataclass declares, those without a flag first: field name, default and what the field says of
    itself."""
    for positional in (True, False):
        for field in dataclasses.fields(options):
            if field.metadata["option"].positional is positional:
                yield field.name, field.default, field.metadata["option"]


def flags_of(name: str, option: Option) -> tuple[str, ...]:
    """The flags of an option, none for one without a flag."""
    if option.positional:
        return ()
    return option.flags or (f"--{name.replace('_', '-')}",)
