"""1e6 values from an iterator that a function yields."""
import time


def up_to(n):
    for i in range(n):
        yield i


def work():
    total = 0
    for v in up_to(1_000_000):
        if v & 1 == 0:
            continue
        total += v
    return total


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
