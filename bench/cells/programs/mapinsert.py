"""1e6 insertions into a map that grows."""
import time


def work():
    m = {}
    for i in range(1_000_000):
        m[i * 7] = i
    return len(m) + m[7_000]


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
