"""Run a command of a project from its tree, under Python 2.7.

    python launch.py TREE COMMAND ARGUMENTS...

COMMAND is a file below TREE. The working directory is TREE: there its setup code looks for PKG-INFO.
"""

import os
import runpy
import sys
import uuid

# kombu of 2013 imports it; the last Python 2.7 has it no more
uuid.__dict__.setdefault("_uuid_generate_random", None)

tree = sys.argv[1]
sys.path.insert(0, tree)  # after it comes the directory of this file
os.chdir(tree)
del sys.argv[:2]
sys.argv[0] = os.path.join(tree, sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
