"""Floating point in structs: 20,000 steps of five bodies."""
import math
import time


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z, self.vx, self.vy, self.vz, self.mass = x, y, z, vx, vy, vz, mass


def advance(bs, dt):
    for i, a in enumerate(bs):
        for j in range(i + 1, len(bs)):
            b = bs[j]
            dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            d2 = dx * dx + dy * dy + dz * dz
            mag = dt / (d2 * math.sqrt(d2))
            a.vx -= dx * b.mass * mag
            a.vy -= dy * b.mass * mag
            a.vz -= dz * b.mass * mag
            b.vx += dx * a.mass * mag
            b.vy += dy * a.mass * mag
            b.vz += dz * a.mass * mag
    for b in bs:
        b.x += dt * b.vx
        b.y += dt * b.vy
        b.z += dt * b.vz


def work():
    bs = [Body(3.0 * i, float(i * i), 1.0 - i, 0.1 * i, 0.2, -0.1, 1 / (i + 1)) for i in range(5)]
    for _ in range(20_000):
        advance(bs, 0.001)
    return int(bs[0].x * 1e6) + int(bs[4].z * 1e6)


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
