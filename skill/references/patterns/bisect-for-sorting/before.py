NUMBERS = [n * 7919 % 10007 for n in range(1500)]


def run():
    medians = []
    kept = []
    for number in NUMBERS:
        kept.append(number)
        kept.sort()
        medians.append(kept[len(kept) // 2])
    return sum(medians)
