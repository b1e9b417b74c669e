"""Entry of a measuring process: takes one workload over descriptor 3, holds it ready, and answers."""

import os
import sys


def main():
    shims = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[0] = shims
    # Clocks and channel are taken before the first line of the project. What only some requests need is imported then:
    # every pair pays for what stands here.
    from _strop import channel as channels
    from _strop import clocks, layout, runners, server, shadow  # noqa: F401

    sys.path.remove(shims)
    channel = channels.Channel()
    spec = channel.receive()
    layout.shuffle()
    if spec is not None:
        hold(channel, spec)


def hold(channel, spec):
    from _strop import server, shadow

    sys.argv = [""]
    # Whatever the workload prints is nobody's business: it must neither block nor fill a disk.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.close(quiet)
    try:
        shadow.enter_side(spec["project"], spec["sourceRoots"], spec["modules"])
        runs = {
            "pytest": _pytest,
            "asv": _asv,
            "callable": _direct,
            "statement": _direct,
            "snapshot": _snapshot,
            "suite": _suite,
        }
        runs[spec["kind"]](channel, spec)
        if channel.receive() is not None:
            channel.answer(outcome="passed")
    except server.Finished:
        pass
    except BaseException as error:
        channel.answer(**describe(error))
        raise


def describe(error):
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    own = os.path.dirname(os.path.abspath(__file__))
    shown = [frame for frame in frames if not frame.filename.startswith(own)]
    text = traceback.format_exception_only(type(error), error)
    return {
        "failed": type(error).__name__,
        "message": "".join(text).strip()[-4000:],
        "trace": "".join(traceback.format_list(shown[-12:]))[-8000:],
        "missing": getattr(error, "name", None) if isinstance(error, ImportError) else None,
    }


class BadArgument(Exception):
    """An argument of a workload that is no literal."""


def _literal(text):
    import ast

    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise BadArgument(text) from None


def _direct(channel, spec):
    from _strop.runners import Runner, StatementRunner, as_sync
    from _strop.server import serve

    if spec["kind"] == "statement":
        runner = StatementRunner(spec["statement"], spec["setup"])
    else:
        import importlib

        target = importlib.import_module(spec["module"])
        for part in spec["qualname"].split("."):
            target = getattr(target, part)
        args = [_literal(text) for text in spec["args"]]
        kwargs = {name: _literal(text) for name, text in spec["kwargs"].items()}
        runner = Runner(as_sync(target), args, kwargs)
    serve(channel, spec, runner)


def _pytest(channel, spec):
    from _strop.kind_pytest import run

    run(channel, spec)


def _asv(channel, spec):
    from _strop.kind_asv import run

    run(channel, spec)


def _snapshot(channel, spec):
    from _strop.kind_snapshot import run

    run(channel, spec)


def _suite(channel, spec):
    from _strop.kind_suite import run

    run(channel, spec)


if __name__ == "__main__":
    main()
