"""Python 2.7 reads this when it starts: what the libraries of 2013 need of a newer sqlite.

Since 3.26, sqlite rewrites the references to a table when the table is renamed. sqlalchemy-migrate
of 2013 renames tables and does not expect that.
"""

import sqlite3


def _as_in_2013(connect):
    def connected(*args, **options):
        connection = connect(*args, **options)
        connection.execute("PRAGMA legacy_alter_table=ON")
        return connection

    return connected


sqlite3.connect = sqlite3.dbapi2.connect = _as_in_2013(sqlite3.connect)
