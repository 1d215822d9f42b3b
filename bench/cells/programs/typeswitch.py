"""1e6 type switches over values in any."""
import time


class Celsius(float):
    pass


def kind(v):
    if isinstance(v, int):
        return v
    if isinstance(v, str):
        return len(v)
    if isinstance(v, Celsius):
        return int(v)
    return -1


def work():
    vs = [1, "two", Celsius(3), None]
    total = 0
    for i in range(1_000_000):
        total += kind(vs[i & 3])
    return total


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
