"""1e6 updates of fields of a struct in a slice."""
import time


class Speed:
    def __init__(self, dx, dy):
        self.dx, self.dy = dx, dy


class Particle:
    def __init__(self, speed):
        self.x, self.y, self.speed = 0, 0, speed


def work():
    ps = [Particle(Speed(i, 1)) for i in range(10)]
    for i in range(500_000):
        p = ps[i % 10]
        p.x += p.speed.dx
        ps[i % 10].y += p.speed.dy
    return ps[3].x + ps[9].y


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
