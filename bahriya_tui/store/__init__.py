"""Reading and writing state in one SQLite file: functions a table, no rules of the business, no network.

Read functions take a connection, write functions the transaction that `Store.write()` hands out.
"""
