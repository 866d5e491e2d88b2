"""Measures what small updates cost, and what they do to searches.

updates.py [--passages N] [--rounds N] [--work DIR]

A collection of many files is indexed; in each round one file of a hundred changes and the index is
refreshed. Then queries are answered by the index that was updated, by one that is built anew from
the same files, and by the updated one after `warraq optimize`, in turns.
"""

import json
import random
import statistics
import subprocess
import sys
import time

import compare

PER_FILE = 100


def main():
    parser = compare.options(__doc__)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = compare.start(parser)
    work = arguments.work
    [warraq] = compare.build(work)["warraq"]
    files = split(compare.recombined(arguments, arguments.passages), work / "updates-files")
    queries = work / "thousand-queries.txt"
    queries.write_text("\n".join(compare.read_queries(arguments.queries)[:1000]) + "\n")
    updated, anew = work / "index-updated", work / "index-anew"

    def index(folder):
        wall, cpu, _ = compare.run([warraq, "index", str(work / "updates-files"), "--index",
                                    str(folder), "--passages", "whole", "--no-progress"])
        return wall, cpu

    compare.fresh(updated)
    built = index(updated)
    print(f"building {len(files)} files: {built[0]:.1f} s, {built[1]:.1f} s of processors")
    chance = random.Random(1)
    spent = []
    for number in range(arguments.rounds):
        for path in chance.sample(files, max(1, len(files) // 100)):
            change(path, number)
        spent.append(index(updated))
    wall, cpu = (statistics.median(column) for column in zip(*spent))
    most = max(cpu for _, cpu in spent)
    print(f"one file of a hundred: median {wall:.2f} s, {cpu:.2f} s of processors "
          f"({100 * cpu / built[1]:.1f} % of building), at most {most:.2f} s; all {arguments.rounds}: "
          f"{100 * sum(cpu for _, cpu in spent) / built[1]:.0f} %")
    compare.fresh(anew)
    index(anew)
    in_turns(warraq, queries, {"updated": updated, "built anew": anew})
    subprocess.run([warraq, "optimize", "--index", str(updated)], check=True)
    in_turns(warraq, queries, {"updated and optimized": updated, "built anew": anew})


def split(collection, folder):
    """Files of PER_FILE records each."""
    compare.fresh(folder)
    folder.mkdir(parents=True)
    files = []
    with open(collection, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % PER_FILE == 0:
                files.append(folder / f"{number // PER_FILE:05}.jsonl")
            with open(files[-1], "a", encoding="utf-8") as out:
                out.write(line)
    return files


def change(path, number):
    """Adds a sentence to every record of a file."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for record in records:
        record["text"] += f" Changed in round {number}."
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(text, encoding="utf-8")


def in_turns(warraq, queries, folders):
    plain = ("--rank", "bm25", "--no-expand")
    for label, options in (("BM25 alone", plain), ("default", ())):
        times = {name: [] for name in folders}
        for _ in range(3):
            for name, folder in folders.items():
                started = time.perf_counter()
                subprocess.run([warraq, "batch", str(queries), "--plain", "--format", "trec",
                                "--index", str(folder), *options],
                               stdout=subprocess.DEVNULL, check=True)
                times[name].append(time.perf_counter() - started)
        medians = {name: statistics.median(seen) for name, seen in times.items()}
        first, second = medians.values()
        print(f"{label}: " + ", ".join(f"{name} {value:.2f} s" for name, value in medians.items())
              + f" ({first / second:.2f} times)")


if __name__ == "__main__":
    main()
