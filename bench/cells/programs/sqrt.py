"""1e6 calls of math.Sqrt: compiled code, numbers in and out."""
import math
import time


def work():
    total = 0.0
    for i in range(1_000_000):
        total += math.sqrt(i)
    return int(total)


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
