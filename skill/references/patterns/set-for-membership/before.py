IDS = ["id-%d" % n for n in range(1000)]
ASKED = ["id-%d" % n for n in range(0, 2000, 4)]


def run():
    known = list(IDS)
    return sum(1 for name in ASKED if name in known)
