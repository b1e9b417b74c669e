import functools

NAMES = [" Article-%03d " % (n % 60) for n in range(3000)]


@functools.lru_cache(maxsize=256)
def clean(name):
    return "".join(sign for sign in name.strip().lower() if sign.isalnum())


def run():
    clean.cache_clear()  # else every run but the first would measure the cache alone
    return sum(len(clean(name)) for name in NAMES)
