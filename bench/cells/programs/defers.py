"""1e5 calls that defer a call each."""
import time


depth = total = 0


def guarded():
    global depth, total
    depth += 1
    try:
        total += depth
    finally:
        depth -= 1


def work():
    global total
    total = 0
    for _ in range(100_000):
        guarded()
    return total + depth


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
