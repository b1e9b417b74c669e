def run():
    hits = 0
    for n in range(5000):
        words = {"stop": 1, "go": 2, "wait": 3, "turn": 4}
        hits += words.get("go", 0) + n % 2
    return hits
