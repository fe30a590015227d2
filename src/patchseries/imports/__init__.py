"""Reading somebody's patches as they are: from packages, trees, mail, branches, specs.

Nothing is executed and nothing is unpacked to disk: what is read comes as values.
"""
