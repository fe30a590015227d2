"""Run the lease script as dnsmasq would, for each line of standard input (a JSON list of words).

usage: python lease_script.py SCRIPT

Prints a JSON list: for each run the name of what it raised, or null.
"""

import json
import sys


def run(words):
    sys.argv = words
    try:
        execfile(words[0], {"__name__": "__main__"})
    except BaseException as error:
        return type(error).__name__
    return None


script = sys.argv[1]
json.dump([run([script] + json.loads(line)) for line in sys.stdin], sys.stdout)
