"""SQLite FTS5 as a peer to measure against: Porter stemming, BM25, ten hits with their records.

fts5.py index FILE DIR | batch QUERIES DIR | search DIR WORD…
"""

import json
import os
import re
import sqlite3

import peer


def connect(folder):
    return sqlite3.connect(os.path.join(folder, "fts5.db"))


def index(file, folder):
    os.makedirs(folder, exist_ok=True)
    database = connect(folder)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(
        "CREATE VIRTUAL TABLE passages USING "
        "fts5(id UNINDEXED, title, text, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    with open(file, encoding="utf-8") as lines, database:
        records = (json.loads(line) for line in lines)
        database.executemany(
            "INSERT INTO passages VALUES (?, ?, ?)",
            ((record["id"], record["title"], record["text"]) for record in records),
        )


def search(folder, queries):
    database = connect(folder)
    for number, query in enumerate(queries, 1):
        words = re.findall(r"\w+", query)
        if not words:
            continue
        match = " OR ".join(f'"{word}"' for word in words)
        hits = database.execute(
            "SELECT id, title, text, rank FROM passages WHERE passages MATCH ? "
            "ORDER BY rank LIMIT 10",
            (match,),
        )
        for rank, (key, _title, _text, score) in enumerate(hits, 1):
            print(number, "Q0", key, rank, -score, "fts5")


if __name__ == "__main__":
    peer.run(index, search)
