"""Commands with root rights, readable help, and failures as one sentence."""

import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from kubeface.cli import advice
from kubeface.errors import KubefaceError
from kubeface.util import refusals
from kubeface.util.privilege import become_root

Function = TypeVar("Function", bound=Callable[..., Any])
#: Where the context of a run keeps the name of the cluster that it is about.
CLUSTER = "kubeface.cluster"


class Command(TyperCommand):
    """A command whose usage line names its arguments as other tools do: NODE, [NOTEBOOK]."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words after the command's name."""
        return [re.sub(r"[{}]", "", piece) for piece in super().collect_usage_pieces(ctx)]


class RootCommand(Command):
    """A command that needs root rights: without them, it runs again through sudo."""

    def invoke(self, ctx: Any) -> Any:
        """Run it, as root."""
        become_root(sys.argv[1:])
        return super().invoke(ctx)


class Group(TyperGroup):
    """A group of commands; an expected failure is printed as a sentence, with exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            text = str(error) if isinstance(error, KubefaceError) else refusals.in_words(error)
            if text is None:
                raise
            if cluster := ctx.meta.get(CLUSTER):
                text = advice.about(text, cluster, ctx.find_root().command)
            print(f"kubeface: {text}", file=sys.stderr)
            raise typer.Exit(1) from error


class Application(typer.Typer):
    """A set of commands, which prints its help when none is given."""

    def __init__(self, text: str | None = None, **options: Any) -> None:
        super().__init__(
            help=text,
            cls=Group,
            no_args_is_help=True,
            context_settings={"help_option_names": ["-h", "--help"]},
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            **options,
        )

    def command(
        self, name: str | None = None, *, needs_root: bool = False, **options: Any
    ) -> Callable[[Function], Function]:
        """Make a function one of the commands; with `needs_root`, it runs with root rights only."""
        return super().command(name, cls=RootCommand if needs_root else Command, **options)


def remember(ctx: typer.Context, name: str) -> str:
    """Store the name of the cluster in the click context, for advice in error messages."""
    ctx.meta[CLUSTER] = name
    return name
