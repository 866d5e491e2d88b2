"""Measures warraq beside its peers, on the same work in the same run.

compare.py [--collection FILE] [--queries FILE] [--work DIR] [--rounds N] [--peers a,b] [--write]

The peers are raw tantivy (benches/peers/raw-tantivy), Lucene 8 (Debian's liblucene8-java), SQLite
FTS5 (Python's own) and Xapian (Debian's python3-xapian); `--install` installs the Debian packages.
Contenders take turns, each figure is the median of the rounds, and what is printed are ratios to
warraq beside wall and processor time. `--write` puts the table into docs/measurements.md.

The collection is JSON Lines (id, title, text, lang), the queries TSV (language, query). By default
they are ../shared/bench/medium.jsonl and medium.queries.tsv.
"""

import argparse
import datetime
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
JARS = "core analyzers-common queryparser queries".split()
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"


def build(work):
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    raw = work / "raw-tantivy-target"
    subprocess.run(
        ["cargo", "build", "--release", "--locked", "--target-dir", str(raw)],
        cwd=HERE / "raw-tantivy",
        check=True,
    )
    programs = {
        "warraq": target / "release" / "warraq",
        "raw tantivy": raw / "release" / "raw-tantivy",
    }
    jars = [f"/usr/share/java/lucene-{jar}-8.7.0.jar" for jar in JARS]
    if all(os.path.exists(jar) for jar in jars) and shutil.which("javac"):
        classes = work / "classes"
        classes.mkdir(exist_ok=True)
        path = ":".join(jars)
        subprocess.run(["javac", "-cp", path, "-d", classes, HERE / "Lucene.java"], check=True)
        programs["Lucene 8"] = ["java", "-cp", f"{path}:{classes}", "Lucene"]
    programs["SQLite FTS5"] = [sys.executable, HERE / "fts5.py"]
    system_python = "/usr/bin/python3"
    if subprocess.run([system_python, "-c", "import xapian"], capture_output=True).returncode == 0:
        programs["Xapian"] = [system_python, HERE / "xapian_peer.py"]
    return {name: [str(part) for part in (p if isinstance(p, list) else [p])]
            for name, p in programs.items()}


def run(command, one_core=False):
    """Seconds of the clock, seconds of processors and the peak of memory (KiB) of a command."""
    if one_core:
        command = ["taskset", "-c", "0", *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    started = time.perf_counter()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} failed: {errors.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def index_command(name, programs, collection, folder, threads):
    if name == "warraq":
        return [*programs[name], "index", collection, "--index", folder, "--passages", "whole",
                "--threads", str(threads), "--no-progress"]
    if name in ("raw tantivy", "Lucene 8"):
        return [*programs[name], "index", collection, folder, str(threads)]
    return [*programs[name], "index", collection, folder]


def batch_command(name, programs, queries, folder, threads=1, options=()):
    if name.startswith("warraq"):
        return [*programs["warraq"], "batch", queries, "--plain", "--format", "trec", "--index",
                folder, "--threads", str(threads), *options]
    return [*programs[name], "batch", queries, folder]


def search_command(name, programs, words, folder, options=()):
    if name.startswith("warraq"):
        return [*programs["warraq"], "search", "--plain", "--format", "trec", "--index", folder,
                *options, *words]
    return [*programs[name], "search", folder, *words]


def in_turns(tasks, rounds):
    """Runs tasks (name → function that gives figures) in turns; the median of each figure."""
    seen = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            seen[name].append(task())
    return {name: [statistics.median(column) for column in zip(*runs)] for name, runs in seen.items()}


def size_of(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)


def options(about):
    """The options that all measurements have."""
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    bench = ROOT.parent / "shared" / "bench"
    parser.add_argument("--collection", type=pathlib.Path, default=bench / "medium.jsonl")
    parser.add_argument("--queries", type=pathlib.Path, default=bench / "medium.queries.tsv")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/warraq-peers"))
    return parser


def start(parser):
    """The options as given, with the folder to work in made; the end where no collection is."""
    arguments = parser.parse_args()
    if not arguments.collection.exists():
        print(f"skipped: no collection at {arguments.collection}")
        sys.exit()
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments


def read_queries(file):
    return [line.split("\t")[-1] for line in file.read_text().splitlines() if line]


def recombined(arguments, passages):
    """A collection of so many passages, made of the sentences of the given one."""
    collection = arguments.work / f"collection-{passages}.jsonl"
    if not collection.exists():
        subprocess.run([sys.executable, str(HERE / "make_collection.py"),
                        str(arguments.collection), str(passages), str(collection)], check=True)
    return collection


def main():
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-queries", type=int, default=200,
                        help="queries for SQLite and Xapian, which are slow")
    parser.add_argument("--peers", default="raw tantivy,Lucene 8,SQLite FTS5,Xapian")
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = start(parser)
    if arguments.install:
        packages = ["liblucene8-java", "default-jdk-headless", "python3-xapian"]
        subprocess.run(["apt-get", "install", "-y", *packages], check=True)
    work = arguments.work
    programs = build(work)
    wanted = ["warraq", *arguments.peers.split(",")]
    missing = [name for name in wanted if name not in programs]
    if missing:
        print("not there, left out (try --install):", ", ".join(missing))
    names = [name for name in wanted if name in programs]
    collection = str(arguments.collection)
    megabytes = arguments.collection.stat().st_size / 1e6
    queries = read_queries(arguments.queries)
    query_file, slow_file = work / "queries.txt", work / "slow-queries.txt"
    query_file.write_text("\n".join(queries) + "\n")
    slow_file.write_text("\n".join(queries[: arguments.slow_queries]) + "\n")
    rows = []

    def row(what, name, figures, unit, better):
        rows.append((what, name, figures, unit, better))
        print(f"{what:44} {name:22} {figures[0]:10.3f} {unit:12} cpu {figures[1]:8.2f} s", flush=True)

    # Indexing: all cores, then one.
    def indexing(name, threads, one_core):
        folder = work / f"index-{name.replace(' ', '-')}"

        def task():
            fresh(folder)
            wall, cpu, memory = run(
                index_command(name, programs, collection, str(folder), threads), one_core)
            return megabytes / wall, cpu, memory, size_of(folder)
        return task

    slow = ("SQLite FTS5", "Xapian")
    one = {name: indexing(name, 1, True) for name in names if name not in slow}
    for name, (rate, cpu, *_) in in_turns(one, arguments.rounds).items():
        row("indexing, one core", name, (rate, cpu), "MB/s", "more")
    two = {name: indexing(name, os.cpu_count(), False) for name in names if name not in slow}
    measured = in_turns(two, arguments.rounds)
    measured |= in_turns({n: indexing(n, 1, False) for n in names if n in slow}, 1)
    for name, (rate, cpu, memory, size) in measured.items():
        row(f"indexing, {os.cpu_count()} cores", name, (rate, cpu), "MB/s", "more")
    for name, (_, cpu, memory, size) in measured.items():
        row("index size", name, (size / 1e4 / megabytes, cpu), "% of source", "less")
    for name, (_, cpu, memory, size) in measured.items():
        row("memory while indexing (with mapped files)", name, (memory / 1024, cpu), "MiB", "less")

    # Batches: records loaded, one core.
    def batch(name, options=(), threads=1, one_core=True):
        folder = work / f"index-{name.split(',')[0].replace(' ', '-')}"
        slow_peer = name in slow
        file, count = (slow_file, arguments.slow_queries) if slow_peer else (query_file, len(queries))

        def task():
            wall, cpu, memory = run(
                batch_command(name, programs, str(file), str(folder), threads, options), one_core)
            return count / wall, cpu, memory
        return task

    plain = ["--rank", "bm25", "--no-expand"]
    tasks = {"warraq, BM25 alone": batch("warraq, BM25 alone", plain), "warraq, default": batch("warraq, default")}
    tasks |= {name: batch(name) for name in names if name not in ("warraq", *slow)}
    figures = in_turns(tasks, arguments.rounds)
    figures |= in_turns({name: batch(name) for name in names if name in slow}, 1)
    for name, (rate, cpu, _) in figures.items():
        row("batch, one core", name, (rate, cpu), "queries/s", "more")
    both = {label: batch(label, options, os.cpu_count(), False)
            for label, options in (("warraq, BM25 alone", plain), ("warraq, default", ()))}
    for name, (rate, cpu, _) in in_turns(both, arguments.rounds).items():
        row(f"batch, {os.cpu_count()} cores", name, (rate, cpu), "queries/s", "more")

    # A cold process for one query, files in the cache of the system.
    cold = queries[:40]

    def process(name, options=()):
        folder = str(work / f"index-{name.split(',')[0].replace(' ', '-')}")

        def task():
            total = [run(search_command(name, programs, query.split(), folder, options)) for query in
                     (cold if name not in slow and name != "Lucene 8" else cold[:5])]
            return [statistics.median(column) for column in zip(*total)]
        return task

    tasks = {"warraq, BM25 alone": process("warraq", plain), "warraq, default": process("warraq")}
    tasks |= {name: process(name) for name in names if name != "warraq"}
    for name, (wall, cpu, memory) in in_turns(tasks, arguments.rounds).items():
        row("one process, one query", name, (wall * 1000, cpu), "ms", "less")

    table = report(rows, arguments, megabytes, len(queries))
    print(table)
    if arguments.write:
        write(table)


def report(rows, arguments, megabytes, queries):
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    lines = [
        f"{datetime.date.today()}, {os.cpu_count()} cores of {model.group(1) if model else platform.machine()}, "
        f"{arguments.collection.name} ({megabytes:.1f} MB), {queries} queries, "
        f"`benches/peers/compare.py --rounds {arguments.rounds}`:",
        "",
        "| work | contender | figure | processor time | warraq is |",
        "|---|---|---|---|---|",
    ]
    for what, name, (figure, cpu), unit, better in rows:
        own = [other for other in rows if other[0] == what and other[1].startswith("warraq")]
        ratios = []
        for _, own_name, (own_figure, _), _, _ in own:
            if name.startswith("warraq") or not figure or not own_figure:
                continue
            ratio = own_figure / figure
            label = own_name.removeprefix("warraq").lstrip(", ")
            ratios.append(f"{ratio:.2f}×" + (f" ({label})" if label else ""))
        lines.append(f"| {what} | {name} | {figure:,.1f} {unit} | {cpu:.2f} s | {', '.join(ratios)} |")
    return "\n".join(lines) + "\n"


def write(table):
    path = ROOT / "docs" / "measurements.md"
    text = path.read_text()
    if BEGIN not in text:
        text += f"\n## Beside other engines\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n{table}{END}{after}")


if __name__ == "__main__":
    main()
