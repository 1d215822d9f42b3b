"""The sieve of Eratosthenes up to 1e6."""
import time


def work():
    n = 1_000_000
    composite = [False] * (n + 1)
    primes = 0
    for i in range(2, n + 1):
        if composite[i]:
            continue
        primes += 1
        for j in range(i * i, n + 1, i):
            composite[j] = True
    return primes


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
