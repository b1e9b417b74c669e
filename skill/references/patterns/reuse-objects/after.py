WORDS = {"stop": 1, "go": 2, "wait": 3, "turn": 4}


def run():
    hits = 0
    for n in range(5000):
        hits += WORDS.get("go", 0) + n % 2
    return hits
