def run():
    queue = list(range(20000))
    total = 0
    while queue:
        total += queue.pop(0)
    return total
