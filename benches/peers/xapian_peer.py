"""Xapian as a peer to measure against: its stemmers, BM25, ten hits with their records.

Needs Debian's python3-xapian. xapian_peer.py index FILE DIR | batch QUERIES DIR | search DIR WORD…
"""

import json

import peer
import xapian

LANGUAGES = {"en": "english", "ar": "arabic"}


def index(file, folder):
    database = xapian.WritableDatabase(folder, xapian.DB_CREATE_OR_OVERWRITE)
    generator = xapian.TermGenerator()
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            document = xapian.Document()
            document.set_data(json.dumps([record["id"], record["title"], record["text"]]))
            generator.set_document(document)
            generator.set_stemmer(xapian.Stem(LANGUAGES.get(record.get("lang"), "english")))
            generator.index_text(record["title"])
            generator.increase_termpos()
            generator.index_text(record["text"])
            database.add_document(document)
    database.commit()


def search(folder, queries):
    database = xapian.Database(folder)
    enquire = xapian.Enquire(database)
    parsers = []
    for language in LANGUAGES.values():
        parser = xapian.QueryParser()
        parser.set_stemmer(xapian.Stem(language))
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_default_op(xapian.Query.OP_OR)
        parsers.append(parser)
    for number, query in enumerate(queries, 1):
        arabic = any("\u0600" <= letter <= "\u06ff" for letter in query)
        enquire.set_query(parsers[1 if arabic else 0].parse_query(query, 0))
        for hit in enquire.get_mset(0, 10):
            key = json.loads(hit.document.get_data())[0]
            print(number, "Q0", key, hit.rank + 1, hit.weight, "xapian")


if __name__ == "__main__":
    peer.run(index, search)
