from collections import deque


def run():
    queue = deque(range(20000))
    total = 0
    while queue:
        total += queue.popleft()
    return total
