"""Measures how warraq and raw tantivy grow with their collection, and draws it.

growth.py [--sizes 2000,20000,200000,617000] [--work DIR] [--out FILE.svg]

For each size a collection is made of the sentences of --collection (make_collection.py), indexed by
both on all cores, and asked a thousand of --queries one at a time through a pipe by a process that stays open: the time
from a query to its whole answer. Answers are ids and scores, records are loaded for them. Prints a
table and draws docs/growth.svg.
"""

import collections
import pathlib
import statistics
import subprocess
import sys
import time

import compare

QUERIES = 1000
SERIES = {
    "warraq, default": ("warraq", (), "#b5482a"),
    "warraq, BM25 alone": ("warraq", ("--rank", "bm25", "--no-expand"), "#e0a060"),
    "raw tantivy": ("raw tantivy", (), "#4a6a8a"),
}
PANELS = {
    "rate": ("Indexing, MB/s", False),
    "size": ("Index, % of the source", False),
    "p50": ("Median search, ms", True),
    "p99": ("99th percentile of searches, ms", True),
}


def latencies(programs, series, folder, queries):
    """Milliseconds from each query to its answer, by a process that stays open."""
    name, options, _ = SERIES[series]
    if name == "warraq":
        command = [*programs[name], "batch", "-", "--plain", "--format", "trec", "--threads", "1",
                   "--index", str(folder), *options]
        run = subprocess.run(command, input="\n".join(queries).encode(), stdout=subprocess.PIPE,
                             check=True)
        found = collections.Counter(line.split()[0] for line in run.stdout.splitlines())
        lines = [found[str(number).encode()] for number in range(1, len(queries) + 1)]
    else:
        command = [*programs[name], "answer", str(folder)]
        lines = [1] * len(queries)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    times = []
    # The first round warms the caches that a process keeps.
    for _ in range(2):
        times.clear()
        for query, count in zip(queries, lines):
            started = time.perf_counter()
            process.stdin.write(query.encode() + b"\n")
            process.stdin.flush()
            for _ in range(count):
                if not process.stdout.readline():
                    sys.exit(f"{command} ended")
            times.append((time.perf_counter() - started) * 1000)
    process.stdin.close()
    process.wait()
    return times


def main():
    parser = compare.options(__doc__)
    parser.add_argument("--sizes", default="2000,20000,200000,617000")
    parser.add_argument("--out", type=pathlib.Path, default=compare.ROOT / "docs" / "growth.svg")
    arguments = compare.start(parser)
    work = arguments.work
    programs = compare.build(work)
    queries = compare.read_queries(arguments.queries)[:QUERIES]
    figures = {}
    print("| passages | contender | MB/s | % of source | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    for size in map(int, arguments.sizes.split(",")):
        collection = compare.recombined(arguments, size)
        megabytes = collection.stat().st_size / 1e6
        built = {}
        for name in ("warraq", "raw tantivy"):
            folder = work / f"growth-{name.replace(' ', '-')}"
            compare.fresh(folder)
            wall, _, _ = compare.run(compare.index_command(
                name, programs, str(collection), str(folder), 2))
            share = 100 * compare.size_of(folder) / collection.stat().st_size
            built[name] = (folder, megabytes / wall, share)
        for series, (name, _, _) in SERIES.items():
            folder, rate, share = built[name]
            times = latencies(programs, series, folder, queries)
            p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
            figures[series, size] = {"rate": rate, "size": share, "p50": p50, "p99": p99}
            print(f"| {size:,} | {series} | {rate:.1f} | {share:.0f} | {p50:.2f} | {p99:.1f} |", flush=True)
    arguments.out.write_text(draw(figures))


def draw(figures):
    sizes = sorted({size for _, size in figures})
    width, height, left, top, gap = 330, 190, 56, 64, 74
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width + 3 * left} '
        f'{2 * (height + gap) + top}" font-family="sans-serif" font-size="12" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for place, (series, (_, _, colour)) in enumerate(SERIES.items()):
        at = left + place * 190
        parts.append(f'<rect x="{at}" y="18" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{at + 20}" y="24">{series}</text>')
    for place, (key, (title, of_search)) in enumerate(PANELS.items()):
        x0 = left + place % 2 * (width + left)
        y0 = top + place // 2 * (height + gap)
        shown = [series for series in SERIES if of_search or series != "warraq, BM25 alone"]
        most = max(figures[series, size][key] for series in shown for size in sizes) * 1.1
        parts.append(f'<text x="{x0}" y="{y0 - 12}" font-weight="bold">{title}</text>')
        for step in range(5):
            value = most * step / 4
            y = y0 + height - height * step / 4
            parts.append(f'<line x1="{x0}" x2="{x0 + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e4e4"/>')
            parts.append(f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
        for number, size in enumerate(sizes):
            x = x0 + width * number / max(1, len(sizes) - 1)
            parts.append(f'<text x="{x:.1f}" y="{y0 + height + 18}" text-anchor="middle">{size:,}</text>')
        parts.append(f'<text x="{x0 + width / 2}" y="{y0 + height + 36}" text-anchor="middle" '
                     'fill="#777">passages</text>')
        for series in shown:
            colour = SERIES[series][2]
            points = [
                (x0 + width * number / max(1, len(sizes) - 1),
                 y0 + height - height * figures[series, size][key] / most)
                for number, size in enumerate(sizes)
            ]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
