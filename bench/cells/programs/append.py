"""1e6 appends, and a sum by range."""
import time


def work():
    xs = []
    for i in range(1_000_000):
        xs.append(i & 255)
    total = 0
    for x in xs:
        total += x
    return total


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
