"""Makes a collection of any size by recombining the sentences of another.

make_collection.py SOURCE.jsonl PASSAGES OUT.jsonl [SEED]

Each passage takes its sentences from passages of one language at random, so the frequencies of words
stay about those of the source. The same arguments give the same bytes.
"""

import json
import random
import re
import sys

SENTENCE = re.compile(r"[^.!?؟۔]+[.!?؟۔]*\s*")


def main(source, passages, out, seed="1"):
    chance = random.Random(int(seed))
    sentences, titles, lengths = {}, {}, {}
    with open(source, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            language = record.get("lang", "und")
            found = [part.strip() for part in SENTENCE.findall(record["text"])]
            found = [part for part in found if part]
            sentences.setdefault(language, []).extend(found)
            titles.setdefault(language, []).append(record.get("title", ""))
            lengths.setdefault(language, []).append(len(found) or 1)
    languages = sorted(sentences)
    shares = [len(titles[language]) for language in languages]
    with open(out, "w", encoding="utf-8") as file:
        for number in range(int(passages)):
            language = chance.choices(languages, shares)[0]
            count = chance.choice(lengths[language])
            text = " ".join(chance.choice(sentences[language]) for _ in range(count))
            title = chance.choice(titles[language])
            record = {"id": f"c{number}", "title": title, "text": text, "lang": language}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
