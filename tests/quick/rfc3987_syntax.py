"""Stands before the package of this name, which compiles a grammar in each process that loads jsonschema.

That takes seconds of every kernel, cluster and server that the tests start. jsonschema uses it to check the form
of internationalised addresses, which nothing here does, and manages without.
"""

raise ImportError("left out of the tests: see the module")
