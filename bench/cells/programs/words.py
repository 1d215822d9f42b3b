"""Counting the words of a text of 2e5 words in a map."""
import time


def work():
    text = "the quick brown fox jumps over the lazy dog again " * 20_000
    counts = {}
    for w in text.split():
        w = w.upper()
        counts[w] = counts.get(w, 0) + 1
    return counts["THE"] * 10 + len(counts)


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
