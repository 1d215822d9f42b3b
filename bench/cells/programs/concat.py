"""1e6 joins of two short texts, and 5,000 of += to one that grows."""
import time


def work():
    words = ["table", "chart", "cell", "x"]
    length = 0
    for i in range(1_000_000):
        length += len(words[i & 3] + words[i >> 2 & 3])
    s = ""
    for i in range(5_000):
        s += words[i & 3]
    return length + len(s)


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
