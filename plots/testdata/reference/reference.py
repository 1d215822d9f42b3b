"""Writes reference.json: what NumPy, SciPy, pandas, scikit-learn and Matplotlib
make of the data that reference_test.go draws. Missing numbers are null.

    python reference.py > reference.json
"""
import json
import math
import sys

import matplotlib
import numpy as np
import pandas as pd
import scipy
import sklearn
from matplotlib.cbook import boxplot_stats
from scipy import special, stats
from sklearn import metrics
from sklearn.calibration import calibration_curve


def plain(v):
    """Makes arrays lists, and what JSON has no number for null or a name."""
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple, np.ndarray, pd.Series)):
        return [plain(x) for x in v]
    if isinstance(v, (np.integer, np.bool_)):
        return int(v)
    if isinstance(v, (float, np.floating)):
        v = float(v)
        if math.isnan(v):
            return None
        if math.isinf(v):
            return 'inf' if v > 0 else '-inf'
    return v


def spoil(rng, v, nan=0.05, inf=0.02):
    """Replaces some values by NaN and infinities."""
    v = np.array(v, dtype=float)
    for value, share in ((np.nan, nan), (np.inf, inf), (-np.inf, inf)):
        v[rng.random(len(v)) < share] = value
    return v


def samples(rng):
    """Distributions of several shapes, with ties."""
    return {
        'normal': rng.normal(3, 2, 60).round(3),
        'ties': rng.integers(0, 6, 50).astype(float),
        'skewed': rng.lognormal(0, 1, 45).round(4),
        'spoilt': spoil(rng, rng.normal(0, 1, 50).round(3)),
        'two humps': np.r_[rng.normal(-4, 0.5, 40), rng.normal(4, 1, 30)].round(3),
        'three values': np.array([1.0, 2.0, 10.0]),
        'mostly equal': np.r_[np.full(50, 2.5), np.arange(13) / 4],
        'far outlier': np.r_[rng.normal(0, 1, 30).round(3), 100.0, -100.0],
    }


def silverman(v):
    """Silverman 1986, equation 3.31, as R's bw.nrd0."""
    q1, q3 = np.percentile(v, [25, 75])
    sd = v.std(ddof=1)
    return 0.9 * (min(sd, (q3 - q1) / 1.34) or sd) * len(v) ** -0.2


def bins(v):
    """The number of bins by default, of whole numbers as NumPy has it for them."""
    whole = np.all(v == v.round())
    return len(np.histogram_bin_edges(v.astype(int) if whole else v, 'auto')) - 1


def distribution(v):
    w = v[np.isfinite(v)]
    h = silverman(w)
    kde = stats.gaussian_kde(w, bw_method=h / w.std(ddof=1))
    at = np.linspace(w.min() - 2 * h, w.max() + 2 * h, 15)
    edges = np.arange(np.floor(w.min()), np.ceil(w.max()) + 1)
    box = boxplot_stats(w)[0]
    low, high = stats.t.interval(0.95, len(w) - 1, loc=w.mean(), scale=stats.sem(w))
    return {
        'values': v, 'bandwidth': h, 'kdeAt': at, 'kde': kde(at),
        'edges': edges, 'counts': np.histogram(w, edges)[0],
        'bins': bins(w),
        'quartiles': [box['q1'], box['med'], box['q3']],
        'whiskers': [box['whislo'], box['whishi']], 'fliers': np.sort(box['fliers']),
        'mean': w.mean(), 'sd': w.std(ddof=1), 'ci95': [low, high],
    }


def classifier(rng, n, positives, digits, spoilt):
    """Labels, and scores that know something of them."""
    labels = (rng.random(n) < positives).astype(float)
    labels[:2] = [0, 1]
    scores = (special.expit(rng.normal(0, 1.5, n) + 1.2 * (labels - 0.5))).round(digits)
    given = labels.copy()
    if spoilt:
        scores = spoil(rng, scores)
        given[rng.random(n) < 0.05] = np.nan
    ok = np.isfinite(scores) & np.isfinite(given)
    y, s = given[ok].astype(int), scores[ok]
    fpr, tpr, at = metrics.roc_curve(y, s, drop_intermediate=False)
    precision, recall, cuts = metrics.precision_recall_curve(y, s)
    share, mean = calibration_curve(y, s, n_bins=10)
    return {
        'labels': given, 'scores': scores, 'fpr': fpr, 'tpr': tpr, 'rocAt': at,
        'auc': metrics.roc_auc_score(y, s),
        # From the greatest threshold down, without the point that has none.
        'precision': precision[-2::-1], 'recall': recall[-2::-1], 'cuts': cuts[::-1],
        'averagePrecision': metrics.average_precision_score(y, s),
        'brier': metrics.brier_score_loss(y, s), 'share': share, 'meanProbability': mean,
        'onEdge': bool(np.any((s * 10) == (s * 10).round())),
    }


def confusion(rng, n, k):
    actual = rng.integers(0, k, n)
    predicted = np.where(rng.random(n) < 0.6, actual, rng.integers(0, k, n))
    labels = list(range(k))
    return {
        'actual': actual, 'predicted': predicted,
        'counts': metrics.confusion_matrix(actual, predicted, labels=labels),
        'normalized': metrics.confusion_matrix(actual, predicted, labels=labels, normalize='true'),
    }


def groups(rng, n):
    """Rows by two columns of names, and what pandas makes of them."""
    rows = pd.DataFrame({
        'a': rng.choice(list('pqrs'), n), 'b': rng.choice(list('uvw'), n),
        'v': spoil(rng, rng.normal(1, 4, n).round(2), inf=0),
    })
    out = {'a': list(rows.a), 'b': list(rows.b), 'v': rows.v}
    kept = rows.dropna()
    out['bars'] = {how: kept.groupby('a').v.agg(how).to_dict() for how in ('sum', 'mean', 'median', 'min', 'max', 'count')}
    out['cells'] = {how: [[a, b, x] for (a, b), x in kept.groupby(['a', 'b']).v.agg(how).items()]
                    for how in ('sum', 'mean', 'median', 'min', 'max', 'count')}
    return out


def correlations(rng, n):
    x = rng.normal(size=n)
    frame = pd.DataFrame({'x': x, 'y': x + rng.normal(size=n), 'ties': rng.integers(0, 3, n).astype(float), 'minus': -2 * x + 1})
    for name in ('y', 'ties'):
        frame.loc[rng.random(n) < 0.1, name] = np.nan
    return {'columns': {k: frame[k] for k in frame}, 'r': frame.corr().to_dict()}


def activations():
    x = np.linspace(-10, 10, 100)
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    plus = np.logaddexp(0, x)
    return {
        'sigmoid': special.expit(x), 'tanh': np.tanh(x), 'relu': np.where(x > 0, x, 0), 'leaky_relu': np.where(x > 0, x, 0.01 * x),
        'elu': np.where(x > 0, x, np.exp(x) - 1), 'selu': scale * np.where(x > 0, x, alpha * (np.exp(x) - 1)),
        'gelu': x * stats.norm.cdf(x), 'silu': x * special.expit(x), 'mish': x * np.tanh(plus), 'softplus': plus,
        'softsign': x / (1 + np.abs(x)), 'hard_sigmoid': np.clip(x / 6 + 0.5, 0, 1),
    }


def main():
    rng = np.random.default_rng(20251122)
    classifiers = {
        'ties': classifier(rng, 60, 0.4, 1, False), 'fine': classifier(rng, 80, 0.5, 6, False),
        'spoilt': classifier(rng, 70, 0.5, 3, True), 'rare': classifier(rng, 90, 0.05, 2, False),
        'few scores': classifier(rng, 50, 0.5, 0, False), 'two rows': classifier(rng, 2, 0.5, 3, False),
    }
    json.dump(plain({
        'versions': {m.__name__: m.__version__ for m in (np, scipy, pd, sklearn, matplotlib)},
        'distributions': {k: distribution(v) for k, v in samples(rng).items()},
        'classifiers': classifiers,
        'confusions': {str(k): confusion(rng, 60, k) for k in (2, 3, 7)},
        'groups': groups(rng, 80), 'correlations': correlations(rng, 40), 'activations': activations(),
    }), sys.stdout, separators=(',', ':'))
    print()


if __name__ == '__main__':
    main()
