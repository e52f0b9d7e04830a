#!/usr/bin/env python3
"""The statistics in crates/measures/src/stats against their reference implementations, and how often they err.

    pip install pymannkendall ruptures scipy statsmodels lifelines numpy apache-otava
    cargo build -p unsnarl-measures --example stats
    bench/stats.py [agreement] [trend] [steps] [onset] [forecast]

"agreement" prints the largest difference on made-up input, ties, gaps and censoring included; the others simulate.
STATS names the built example. Prints Markdown tables.
"""
import math
import os
import subprocess
import sys
import warnings

import numpy as np

STATS = os.environ.get("STATS", "target/debug/examples/stats")
# A series' memory; the issue at hand is windows of equal change count, which resemble their neighbours a little.
MEMORIES = (0.0, 0.3, 0.6)
POINTS = 24


def asked(lines):
    """One answer a line, as floats."""
    out = subprocess.run([STATS], input="\n".join(lines), capture_output=True, text=True, check=True).stdout
    return [[float(cell) for cell in row.split(",")] if row else [] for row in out.split("\n")[: len(lines)]]


def line(command, *lists):
    return ";".join([command] + [",".join(repr(float(value)) for value in values) for values in lists])


def autoregressive(random, memory, count, points=POINTS):
    series = np.zeros((count, points))
    series[:, 0] = random.standard_normal(count)
    for at in range(1, points):
        series[:, at] = memory * series[:, at - 1] + math.sqrt(1 - memory**2) * random.standard_normal(count)
    return series


def difference(own, other):
    """Relative where numbers are large, absolute where they are small; nan equals nan."""
    own, other = np.asarray(own, float), np.asarray(other, float)
    if own.shape != other.shape or (np.isnan(own) != np.isnan(other)).any():
        return math.inf
    both = ~np.isnan(own)
    apart = np.abs(own[both] - other[both]) / np.maximum(1, np.abs(other[both]))
    return float(apart.max(initial=0))


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def compare(name, reference, lines, expected):
    """Prints the largest difference, and how many inputs differ by more than one in a million."""
    apart = [difference(own, other) for own, other in zip(asked(lines), expected)]
    off = sum(one > 1e-6 for one in apart)
    row(name, reference, len(lines), f"{max(apart):.0e}", off)


def kendall(random):
    import pymannkendall as mk
    from scipy.stats import theilslopes

    slopes, plain, modified, limited = [], [], [], []
    for round_ in range(400):
        points = int(random.integers(8, 80))
        series = autoregressive(random, random.choice(MEMORIES), 1, points)[0] + random.choice([0, 1, 3]) * np.linspace(0, 1, points)
        if round_ % 4 == 0:
            series = np.round(series, 1)  # ties
        x = np.arange(points) if round_ % 3 else np.sort(random.choice(3 * points, points, replace=False))
        found = theilslopes(series, x, 0.95)
        slopes.append((line("slope", x, series), [found.slope, found.intercept, found.low_slope, found.high_slope]))
        x = np.arange(points)
        pick = lambda result: [result.s, result.var_s, result.Tau, result.z, result.p]
        plain.append((line("mann-kendall", x, series), pick(mk.original_test(series))))
        # Where the corrected variance is negative there is no z: nothing is said at all here.
        for kept, lag in ((modified, None), (limited, 3)):
            found = pick(mk.hamed_rao_modification_test(series, lag=lag))
            kept.append((line(f"hamed-rao {lag or 0}", x, series), [math.nan] * 5 if math.isnan(found[3]) else found))
    compare("Theil–Sen slope, intercept, interval", "scipy.stats.theilslopes", *zip(*slopes))
    compare("Mann–Kendall s, var, tau, z, p", "pymannkendall.original_test", *zip(*plain))
    compare("Hamed–Rao, all lags", "pymannkendall.hamed_rao_modification_test", *zip(*modified))
    compare("Hamed–Rao, 3 lags", "the same, lag=3", *zip(*limited))


def stepped(random, points, noise=1.0):
    """A series with one to three steps of 2 to 5 deviations, and where they are."""
    count = int(random.integers(0, 4))
    places = sorted(int(place) for place in random.choice(np.arange(8, points - 8), count, replace=False))
    level, series = 20.0, np.zeros(points)
    for start, end in zip([0] + places, places + [points]):
        series[start:end] = level
        level += random.choice([-1, 1]) * random.uniform(2, 5)
    return series + noise * random.standard_normal(points), places


def otava_patched():
    """Otava with deviations over n − 1 in its t-test, and with every cut judged anew when one is taken back: it judges
    the two after that one, not the one before and the one after."""
    from otava import analysis

    class Numpy:
        def __getattr__(self, name):
            return getattr(np, name)

        def std(self, values):
            return np.std(values, ddof=1)

    def steps(series, strict=0.001):
        numpy, analysis.np = analysis.np, Numpy()
        tester = analysis.TTestSignificanceTester(strict)
        points = analysis.split(series, 50, 10 * strict)
        while points and max(point.stats.pvalue for point in points) >= strict:
            points.remove(max(points, key=lambda point: point.stats.pvalue))
            intervals = tester.get_intervals(points)
            points = [tester.change_point(point.to_candidate(), series, intervals) for point in points]
        analysis.np = numpy
        return points

    return analysis, steps


def change_points(random):
    import ruptures
    from otava.change_point_divisive.calculator import PairDistanceCalculator

    analysis, patched = otava_patched()
    cuts, places, same, plain, ruptured, total = [], [], 0, 0, 0, 0
    for _ in range(300):
        series, _ = stepped(random, int(random.integers(20, 160)))
        candidate = PairDistanceCalculator(series).get_candidate_change_point(slice(0, len(series)))
        cuts.append((line("cut", series), [candidate.index, candidate.qhat]))
        own = asked([line("steps 50 0.001 0", series)])[0]
        found = patched(list(series))
        unpatched, _ = analysis.compute_change_points(list(series), 50, 0.001, 0.0)
        mine = [int(at) for at in own[0::7]]
        same += mine == [point.index for point in found]
        plain += mine == [point.index for point in unpatched]
        pelt = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(series).predict(pen=3 * math.log(len(series)))[:-1]
        ruptured += len(pelt) == len(mine) and all(abs(a - b) <= 2 for a, b in zip(pelt, mine))
        total += 1
        if mine == [point.index for point in found]:
            expected = [[p.index, p.stats.pvalue, p.stats.mean_1, p.stats.mean_2] for p in found]
            stripped = [value for at, value in enumerate(own) if at % 7 < 4]
            places.append(difference(stripped, np.ravel(expected)))
    compare("e-divisive cut and its energy", "otava PairDistanceCalculator", *zip(*cuts))
    row("steps: place, p, means", "otava, deviations over n − 1, all judged anew", total, f"{max(places):.0e}", total - same)
    row("steps: same places", "otava 0.8 as it is", total, "–", total - plain)
    row("steps: within 2 points", "ruptures Pelt l2, pen 3 ln n (another objective)", total, "–", total - ruptured)


def regression(random):
    import statsmodels.api as sm

    kinds = {"equal": 0, "HC1": 1, "HC3": 2, "cluster": 3}
    squares, hubers = {kind: [] for kind in kinds}, []
    for _ in range(60):
        rows = int(random.integers(40, 300))
        levels = random.integers(0, 5, rows)
        groups = random.integers(0, 12, rows)
        columns = [np.ones(rows), random.integers(1, 6, rows), random.normal(2, 1, rows)] + [levels == level for level in range(1, 5)]
        design = np.column_stack(columns).astype(float)
        y = design @ random.normal(0, 1, design.shape[1]) + random.standard_t(3, rows) * (0.5 + design[:, 1]) + random.normal(0, 1, 12)[groups]
        for kind, number in kinds.items():
            options = {"groups": groups} if kind == "cluster" else {}
            fit = sm.OLS(y, design).fit() if kind == "equal" else sm.OLS(y, design).fit(cov_type=kind, cov_kwds=options, use_t=True)
            cells = np.column_stack([fit.params, fit.bse, fit.conf_int()]).ravel()
            squares[kind].append((line(f"least-squares {number}", groups, y, *design.T), [math.sqrt(fit.mse_resid), *cells]))
        fit = sm.RLM(y, design, M=sm.robust.norms.HuberT()).fit(maxiter=1000, tol=1e-14, conv="coefs")
        hubers.append((line("huber 0", groups, y, *design.T), fit, len(y) - design.shape[1]))
    for kind, cases in squares.items():
        compare(f"least squares, errors {kind}", "statsmodels OLS", *zip(*cases))
    from scipy.stats import t

    expected = []
    for _, fit, degrees in hubers:
        half = t.ppf(0.975, degrees) * fit.bse
        expected.append([fit.scale, *np.column_stack([fit.params, fit.bse, fit.params - half, fit.params + half]).ravel()])
    compare("Huber, scale and H1 covariance", "statsmodels RLM", [case[0] for case in hubers], expected)


def survival(random):
    import lifelines
    from lifelines.utils import median_survival_times, qth_survival_times

    cases = []
    for round_ in range(200):
        count = int(random.integers(5, 200))
        lengths = random.weibull(0.8, count) * 10
        if round_ % 2:
            lengths = np.ceil(lengths)
        open_after = random.uniform(1, 30, count) if round_ % 4 else np.full(count, np.inf)
        ended = lengths <= open_after
        lengths = np.minimum(lengths, open_after)
        if not ended.any():
            continue
        fitter = lifelines.KaplanMeierFitter().fit(lengths, ended)
        band, curve = fitter.confidence_interval_, fitter.survival_function_.iloc[:, 0]
        expected = []
        for left in (0.5, 0.1):
            value = fitter.percentile(left + 1e-12)
            ends = [column[column <= left + 1e-12].index.min() if (column <= left + 1e-12).any() else math.nan for _, column in band.items()]
            expected += [math.nan] * 3 if math.isinf(value) else [value, *ends]
        events = fitter.event_table.query("observed > 0").index
        for at in events:
            expected += [at, curve[at], *band.loc[at]]
        cases.append((line("survival", lengths, ended), expected))
    compare("Kaplan–Meier, band, median, p90", "lifelines", *zip(*cases))


def scaling(random):
    from scipy.optimize import least_squares

    worse, better, cases = 0, 0, 0
    lines, fits = [], []
    for _ in range(100):
        count = int(random.integers(8, 60))
        sizes = random.integers(1, 60, count).astype(float)
        sigma, kappa = random.choice([0, 0.02, 0.2]), random.choice([0, 1e-4, 2e-3])
        law = lambda p, n: p[0] * n / (1 + p[1] * (n - 1) + p[2] * n * (n - 1))
        output = np.maximum(0, law([5, sigma, kappa], sizes) * (1 + 0.2 * random.standard_normal(count)))
        if len(set(sizes)) < 3:
            continue
        best = min(
            (
                least_squares(lambda p: law(p, sizes) - output, [5, s, k], bounds=([0, 0, 0], [np.inf, 1, np.inf]), x_scale=[1, 0.01, 1e-4], xtol=1e-15, ftol=1e-15, gtol=1e-15)
                for s in (1e-3, 0.1, 0.5)
                for k in (1e-5, 1e-3, 1e-2)
            ),
            key=lambda fit: fit.cost,
        )
        lines.append(line("scaling 1 1 1", sizes, output))
        fits.append((sizes, output, law, best.cost))
    for own, (sizes, output, law, cost) in zip(asked(lines), fits):
        mine = 0.5 * float(((law(own[:3], sizes) - output) ** 2).sum())
        cases += 1
        worse += mine > cost * (1 + 1e-9)
        better += mine < cost * (1 - 1e-9)
    row(f"scalability law: sum of squares (lower in {better})", "scipy least_squares, nine starts", cases, "–", worse)


def agreement():
    random = np.random.default_rng(6)
    row("statistic", "against", "inputs", "largest difference", "differ")
    row("---", "---", "---:", "---:", "---:")
    for part in (kendall, change_points, regression, survival, scaling):
        part(random)


def trends():
    import pymannkendall as mk

    random = np.random.default_rng(7)
    count = 10_000
    ramp = np.linspace(-0.5, 0.5, POINTS)
    rises = (0, 1, 2, 3, math.sqrt(12), 4, 5, 6)
    row("test, memory", *(f"{rise:.2f}" for rise in rises))
    row("---", *("---:" for _ in rises))
    x = np.arange(POINTS)
    for memory in MEMORIES + (0.8,):
        noise = autoregressive(random, memory, count)
        shares = {"Hamed–Rao": [], "trend": []}
        for rise in rises:
            some = noise if rise == 0 else noise[:2000]
            p = [cells[0] for cells in asked([line("trend", x, series + rise * ramp) for series in some])]
            shares["trend"].append(np.mean(np.array(p) <= 0.05))
            p = [cells[4] for cells in asked([line("hamed-rao 0", x, series + rise * ramp) for series in some])]
            shares["Hamed–Rao"].append(np.mean(np.array(p) <= 0.05))
        for name, found in shares.items():
            row(f"{name}, {memory}", *(f"{share:.3f}" for share in found))


def step_errors():
    random = np.random.default_rng(8)
    row("memory", "kept if", "false", *(f"step of {size}: found within 2 | in its interval" for size in (2, 3, 4)))
    row(*["---"] * 2 + ["---:"] * 7)
    rules = {"p < 0.001 (Otava)": 1, "and cautious p < 0.01": 0.01, "and cautious p < 0.001": 0.001}
    for memory in MEMORIES:
        noise = autoregressive(random, memory, 2000)
        cells = {rule: [] for rule in rules}
        for size in (0, 2, 3, 4):
            places = random.integers(6, POINTS - 5, len(noise))
            lines = [line("steps 50 0.001 0", series + 20 + size * (np.arange(POINTS) >= place)) for series, place in zip(noise, places)]
            answers = [np.reshape(own, (-1, 7)) for own in asked(lines)]
            for rule, most in rules.items():
                kept = [own[own[:, 6] <= most] for own in answers]
                if size == 0:
                    cells[rule].append(f"{np.mean([len(own) > 0 for own in kept]):.3f}")
                    continue
                near = [own[np.abs(own[:, 0] - place) <= 2] for own, place in zip(kept, places)]
                inside = [own[0, 4] <= place <= own[0, 5] for own, place in zip(kept, places) if len(own)]
                cells[rule] += [f"{np.mean([len(own) > 0 for own in near]):.3f}", f"{np.mean(inside):.3f}"]
        for rule, found in cells.items():
            row(memory, rule, *found)


def onsets():
    """When it began, asked of series that `trend` says move: bends and steps of 36 points, planted from the tenth to the
    twenty-fifth."""
    random = np.random.default_rng(10)
    row("memory", "planted", "moves", "place within 2", "its distance, median", "in its 95 % interval", "interval, points")
    row("---", "---", *["---:"] * 5)
    at, x = np.arange(36), list(range(36))
    for memory in MEMORIES:
        noise = autoregressive(random, memory, 1000, 36)
        for size in (3, 6):
            for name, step in ((f"a step of {size}", True), (f"a slope that comes to {size}", False)):
                places = random.integers(9, 25, len(noise))
                shapes = [(at >= place) * 1.0 if step else np.maximum(at - place, 0) / (35 - place) for place in places]
                made = [series + size * shape for series, shape in zip(noise, shapes)]
                moves = np.array([own[0] < 0.05 for own in asked([line("trend", x, series) for series in made])])
                found = np.array(asked([line("onset", x, series) for series in made]))[moves]
                places = places[moves]
                away = np.abs(found[:, 1] - places)
                inside = (found[:, 2] <= places) & (places <= found[:, 3])
                cells = [np.mean(moves), np.mean(away <= 2), np.median(away), np.mean(inside)]
                row(memory, name, *(f"{cell:.2f}" for cell in cells), f"{np.median(found[:, 3] - found[:, 2] + 1):.0f}")


def forecasts():
    random = np.random.default_rng(9)
    row("series of 36, 12 ahead", "coverage of 90 %", "error over that of staying")
    row("---", "---:", "---:")
    walk = np.cumsum(random.standard_normal((60, 36)), axis=1)
    kinds = {f"memory {memory}": autoregressive(random, memory, 60, 36) for memory in MEMORIES}
    kinds["memory 0.3, a rise of 4 deviations"] = autoregressive(random, 0.3, 60, 36) + np.linspace(0, 4, 36)
    kinds["random walk"] = walk
    for name, many in kinds.items():
        answers = np.array(asked([line("backtest 12 0.9 100 1 16", series) for series in many]))
        row(name, f"{np.nanmean(answers[:, 0]):.3f}", f"{np.nanmedian(answers[:, 1]):.2f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    parts = {"agreement": agreement, "trend": trends, "steps": step_errors, "onset": onsets, "forecast": forecasts}
    for name in sys.argv[1:] or parts:
        parts[name]()
        print()
