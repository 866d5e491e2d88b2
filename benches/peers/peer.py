"""What the peers written in Python share: their command line."""

import sys


def run(index, search):
    """index FILE DIR | batch QUERIES DIR | search DIR WORD…"""
    command, *rest = sys.argv[1:]
    if command == "index":
        index(rest[0], rest[1])
    elif command == "batch":
        with open(rest[0], encoding="utf-8") as lines:
            search(rest[1], [line.rstrip("\n") for line in lines])
    else:
        search(rest[0], [" ".join(rest[1:])])
