"""Allocation: binary trees of depth 14, made and counted."""
import time


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left=None, right=None):
        self.left, self.right = left, right

    def count(self):
        if self.left is None:
            return 1
        return 1 + self.left.count() + self.right.count()


def grow(depth):
    if depth == 0:
        return Node()
    return Node(grow(depth - 1), grow(depth - 1))


def work():
    total = 0
    for _ in range(5):
        total += grow(14).count()
    return total


best = 3600.0
for _ in range(3):
    start = time.perf_counter()
    check = work()
    best = min(best, time.perf_counter() - start)
print(f"{best * 1e3:.4f} {check}")
