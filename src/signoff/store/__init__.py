"""The databases: SQL, and nothing else that the rest of Signoff could see.

`sqlite.open_sqlite` and `postgres.open_postgres` give a `core.ports.Store`; who opens which is
settled by the URL, in `gateway/connect.py`. Owns the only code that knows sqlite3 and psycopg.
Must not decide anything about runs: what may happen is settled before a transaction saves it.
"""
