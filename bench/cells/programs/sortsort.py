"""sort.Sort of 1e5 numbers: compiled code that calls methods of a type."""
import time


class Number:
    __slots__ = ("n",)

    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


def work():
    xs, seed = [], 1
    for _ in range(100_000):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        xs.append(Number(seed >> 8))
    xs.sort()
    return xs[len(xs) // 2].n


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
