#!/usr/bin/env python3
"""Whether the probabilities of further files can be taken at their word: a reliability diagram over several histories.

    bench/reliability.py OUT.svg REPOSITORY...

Asks `unsnarl backtest impact` of each, adds up its ten bins over all of them, and draws what was said against what came true; a
point's area is how many suggestions it stands for. Prints the bins.
"""
import json
import os
import subprocess
import sys

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
SIDE, EDGE = 320, 44


def main():
    out, *repositories = sys.argv[1:]
    bins = [[0, 0.0, 0] for _ in range(10)]
    for repository in repositories:
        asked = [UNSNARL, "backtest", "impact", repository, "--format", "json", "--quiet"]
        found = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
        for own, one in zip(bins, found["calibration"]):
            own[0] += one["suggestions"]
            own[1] += one["suggestions"] * (one["mean_probability"] or 0.0)
            own[2] += one["right"]
    everything = sum(count for count, _, _ in bins)
    error = sum(abs(said - right) for _, said, right in bins) / everything
    print(f"{everything:,} suggestions in {len(repositories)} histories; off by {100 * error:.1f} % on average\n")
    print("| said | suggestions | said on average | came true |\n|---|---:|---:|---:|")
    points = []
    for at, (count, said, right) in enumerate(bins):
        if count:
            print(f"| {10 * at}–{10 * at + 10} % | {count:,} | {100 * said / count:.1f} % | {100 * right / count:.1f} % |")
            points.append((said / count, right / count, count))
    draw(out, points, everything)


def draw(out, points, everything):
    x = lambda share: EDGE + share * SIDE
    y = lambda share: EDGE / 2 + (1 - share) * SIDE
    width, height = SIDE + EDGE + 20, SIDE + EDGE + 26
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="Reliability diagram">',
        "<style>text{font:12px sans-serif;fill:#555}.axis{stroke:#999;fill:none}.same{stroke:#999;stroke-dasharray:4 4}.dot{fill:#2563a8;fill-opacity:.75}</style>",
        f'<rect class="axis" x="{x(0)}" y="{y(1)}" width="{SIDE}" height="{SIDE}"/>',
        f'<line class="same" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        lines.append(f'<text x="{x(share)}" y="{y(0) + 16}" text-anchor="middle">{100 * share:.0f}</text>')
        lines.append(f'<text x="{x(0) - 6}" y="{y(share) + 4}" text-anchor="end">{100 * share:.0f}</text>')
    lines.append(f'<text x="{x(0.5)}" y="{y(0) + 34}" text-anchor="middle">said, %</text>')
    lines.append(f'<text transform="translate(12 {y(0.5)}) rotate(-90)" text-anchor="middle">came true, %</text>')
    for said, right, count in points:
        radius = 3 + 22 * (count / everything) ** 0.5
        lines.append(f'<circle class="dot" cx="{x(said):.1f}" cy="{y(right):.1f}" r="{radius:.1f}"/>')
    lines.append("</svg>")
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
