#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What of the engine the unit tests have run, as a table.

    coverage.py FOLDER EXCEPTIONS
    coverage.py FOLDER

In FOLDER are gcov's notes and data.  EXCEPTIONS has a line
"FILE | CODE | REASON" for each line of code of which a branch may stay
untaken.  Fails if more was left out, or if an exception is none.  Without it
they are of the whole module, of which lines that were not run are shown.
How the tests are built and run is not here; see the Makefile.
"""
import collections
import glob
import json
import os
import subprocess
import sys


def measure(folder, part):
    """{file: {line number: [count, [count of each branch]]}}"""
    found = collections.defaultdict(dict)
    notes = glob.glob("**/*.gcno", root_dir=folder, recursive=True)
    for line in subprocess.run(
            ["gcov", "-b", "--json-format", "--stdout"] + notes, cwd=folder,
            check=True, capture_output=True, text=True).stdout.splitlines():
        for file in json.loads(line)["files"]:
            if part not in file["file"]:
                continue
            lines = found[os.path.abspath(os.path.join(folder, file["file"]))]
            for said in file["lines"]:
                add(lines, said)
    return found


def add(lines, said):
    """A line of a header may be in several objects and functions."""
    taken = [branch["count"] for branch in said["branches"]
             if not branch["throw"]]
    count, branches = lines.get(said["line_number"], [0, []])
    if len(branches) == len(taken):
        taken = [a + b for a, b in zip(branches, taken)]
    elif len(branches) > len(taken):
        taken = branches
    lines[said["line_number"]] = [count + said["count"], taken]


def exceptions(path):
    found = {}
    with open(path, encoding="ascii") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                file, code, reason = line.rstrip("\n").split(" | ")
                found[file, code] = reason
    return found


def share(part, whole):
    return "%5d of %5d %6.1f%%" % (part, whole, 100 * part / (whole or 1))


def main():
    module = len(sys.argv) == 2
    found = measure(sys.argv[1], "/drivers/net/lag/" if module else "/engine/")
    named = {} if module else exceptions(sys.argv[2])
    missed, excused, never = [], [], []
    total = [0] * 4
    print("%-20s %-23s  %s" % ("", "lines", "branches"))
    for path in sorted(found):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as f:
            source = f.read().splitlines()
        sums = [0] * 4
        for number, (count, branches) in sorted(found[path].items()):
            sums[0] += count > 0
            sums[1] += 1
            sums[2] += sum(1 for taken in branches if taken)
            sums[3] += len(branches)
            code = source[number - 1].strip()
            if count and all(branches):
                continue
            if count and (name, code) in named:
                excused.append((name, number, code, named[name, code]))
            else:
                missed.append((name, number, code))
                if not count:
                    never.append((name, number, code))
        total = [a + b for a, b in zip(total, sums)]
        print("%-20s %s  %s" % (name, share(*sums[:2]), share(*sums[2:])))
    print("%-20s %s  %s" % ("all", share(*total[:2]), share(*total[2:])))
    if module:
        for line in never:
            print("%s:%d: %s" % line)
        return 0
    print("\nBranches that no test takes, and why:")
    for name, number, code, reason in excused:
        print("  %s:%d: %s\n\t%s" % (name, number, code, reason))
    for name, number, code in missed:
        print("not ok: %s:%d: %s" % (name, number, code))
    idle = set(named) - {(name, code) for name, _, code, _ in excused}
    for name, code in sorted(idle):
        print("not ok: %s: %s: all of it is run" % (name, code))
    return int(bool(missed or idle))


if __name__ == "__main__":
    sys.exit(main())
