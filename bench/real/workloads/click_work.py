"""A command line parsed, and a help page written."""

import click


@click.group()
@click.option("--verbose", is_flag=True)
def main(verbose):
    """A tool."""


@main.command()
@click.argument("name")
@click.option("--count", default=1, show_default=True, help="How many times to greet the person.")
@click.option("--style", type=click.Choice(["plain", "loud"]), default="plain", help="How to say it.")
def greet(name, count, style):
    """Greets NAME a few times, as politely as it was asked for."""
    return (name, count, style)


def parse_line():
    with main.make_context("tool", ["--verbose", "greet", "Ann", "--count", "3", "--style", "loud"]) as context:
        return main.invoke(context)


def help_page():
    with click.Context(greet, info_name="greet") as context:
        return greet.get_help(context)


def strip_colours():
    return [click.unstyle(click.style(f"text {n}", fg="red", bold=True)) for n in range(20)]
