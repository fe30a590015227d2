"""Run one file of tests of a project, under Python 2.7, and write a subunit stream (version 1).

    python run_tests.py FILE STREAM EXCEPT

The working directory is the project's tree; FILE is a path in it. STREAM gets each test's beginning
and end as they come, so that of a run that was ended the test is known that hangs. EXCEPT is a file
with the ids of tests not to run, one a line. A FILE that cannot be imported is an error of the test
MODULE.import.
Exit status: 0 when it ran to its end, however the tests went; 3 when FILE cannot be imported.
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


def enter(path):
    """Go where the module of *path* can be imported; its name there, and in the tree."""
    tree = os.getcwd()
    sys.path[:0] = [tree]
    dotted = path[: -len(".py")].replace("/", ".")
    directory, name = os.path.split(path)
    if not directory or os.path.exists(os.path.join(directory, "__init__.py")):
        return dotted, dotted
    os.chdir(directory)
    sys.path[:0] = [os.getcwd()]
    return name[: -len(".py")], dotted


def say_the_version():
    """Write what the projects' setup code reads where there is no git repository."""
    if os.environ.get("SERIES_BASE") and not os.path.exists("PKG-INFO"):
        with open("PKG-INFO", "w") as info:
            project, base = os.environ["SERIES_PROJECT"], os.environ["SERIES_BASE"]
            info.write("Metadata-Version: 1.0\nName: %s\nVersion: %s\n" % (project, base))


def main(path, stream, left_out):
    with open(left_out) as ids:
        excepted = set(ids.read().splitlines())
    say_the_version()
    module, dotted = enter(path)
    sys.argv = ["run_tests"]
    with open(stream, "wb", 0) as out:
        try:
            __import__(module)
        except Exception:
            text = "error: %s.import [\n%s]\n" % (dotted, traceback.format_exc())
            out.write(text.encode("utf-8", "replace") if str is not bytes else text)
            return 3
        from subunit import TestProtocolClient

        result = TestProtocolClient(out)
        for test in loaded(module):
            if test.id() not in excepted:
                test.run(result)
    sys.stdout.flush()
    os._exit(0)  # threads that tests leave behind would keep it from ending


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
