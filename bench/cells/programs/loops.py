"""Nested loops: 1e7 turns of the inner one."""
import time


def work():
    total = 0
    for i in range(1000):
        for j in range(10_000):
            total += i ^ j
    return total


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
