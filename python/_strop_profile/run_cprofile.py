"""`run_cprofile.py -o OUTPUT SCRIPT …`: cProfile's own command line, which keeps to itself with which code a program ended."""

import cProfile
import os
import sys
from importlib import import_module


class Profile(cProfile.Profile):
    code = None

    def runctx(self, *program):
        try:
            return super().runctx(*program)
        except SystemExit as end:
            Profile.code = end.code
            raise


def main():
    # As `python -m cProfile` has it: what the project imports may lie where it was started.
    if sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
        sys.path[0] = os.getcwd()
    # Since Python 3.15 cProfile is another name of profiling.tracing.
    module = sys.modules[cProfile.Profile.__module__]
    run = getattr(module, "main", None) or import_module(module.__name__ + ".__main__").main
    module.Profile = Profile
    run()
    sys.exit(Profile.code)


if __name__ == "__main__":
    main()
