NAMES = [" Article-%03d " % (n % 60) for n in range(3000)]


def clean(name):
    return "".join(sign for sign in name.strip().lower() if sign.isalnum())


def run():
    return sum(len(clean(name)) for name in NAMES)
