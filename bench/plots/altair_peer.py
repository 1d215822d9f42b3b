"""Times Altair on the charts of plots' BenchmarkCell: the specification with
data inside, then a static SVG. Needs altair, vl-convert-python, pandas, numpy.

    python altair_peer.py
"""
import statistics
import time

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

alt.data_transformers.disable_max_rows()
rng = np.random.default_rng(0)


def measure(n, mark, rounds=10):
    data = pd.DataFrame({"x": np.arange(n, dtype=float), "y": np.cumsum(rng.normal(size=n))})
    spec_ms, svg_ms = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        chart = getattr(alt.Chart(data), "mark_" + mark)()
        chart = chart.encode(x="x", y="y", tooltip=["x", "y"]).interactive()
        spec = chart.to_json(indent=None)
        spec_ms.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        svg = vl_convert.vegalite_to_svg(spec)
        svg_ms.append((time.perf_counter() - start) * 1e3)
    print(
        f"{mark} {n}: spec {statistics.median(spec_ms):.1f} ms, "
        f"svg {statistics.median(svg_ms):.1f} ms, {len(spec) + len(svg)} bytes"
    )


measure(2000, "line")
measure(2000, "point")
