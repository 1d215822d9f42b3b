"""1e6 calls of strconv.Itoa: compiled code that returns texts."""
import time


def work():
    digits = 0
    for i in range(1_000_000):
        digits += len(str(i))
    return digits


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
