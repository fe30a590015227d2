"""Run tests of a project, under Python 2.7, and write a subunit stream (version 1) to a file.

    python run_tests.py TREE MODULE STREAM EXCEPT

TREE is the project's tree; MODULE is there, or in the working directory. STREAM gets each test's
beginning and end as they come, so that of a run that was ended the test is known that hangs. EXCEPT
is a file with the ids of tests not to run, one a line.
Exit status: 0 when it ran to its end, however the tests went; 3 when MODULE cannot be imported.
"""

import os
import sys
import traceback
import unittest

def flat(suite):
    """The tests of a suite, whatever it is nested in; a test collected twice runs once."""
    tests, seen = [], set()

    def visit(item):
        if hasattr(item, "__iter__"):
            for inner in item:
                visit(inner)
        elif item.id() not in seen:
            seen.add(item.id())
            tests.append(item)

    visit(suite)
    return tests


def loaded(module):
    """The tests of a module: as unittest finds them, or else nose, which needs no base class."""
    tests = flat(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module]))
    if tests:
        return tests
    from nose.loader import TestLoader

    return flat(TestLoader().loadTestsFromModule(sys.modules[module]))


def main(tree, module, stream, left_out):
    sys.path[:0] = [os.getcwd(), tree]
    with open(left_out) as ids:
        excepted = set(ids.read().splitlines())
    sys.argv = ["run_tests"]
    try:
        __import__(module)
    except Exception:
        traceback.print_exc()
        return 3
    from subunit import TestProtocolClient

    with open(stream, "wb", 0) as out:
        result = TestProtocolClient(out)
        for test in loaded(module):
            if test.id() not in excepted:
                test.run(result)
    sys.stdout.flush()
    os._exit(0)  # threads that tests leave behind would keep it from ending


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
