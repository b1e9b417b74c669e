"""What calls of a workload answered, as a fingerprint: two sides that do the same work answer with equal values."""

# Enough for any answer worth a look; a larger one costs more than it tells.
MOST_VALUES = 20_000
MOST_CHARACTERS = 200_000
MOST_SHOWN = 40
DEEPEST = 50
SMALLEST = 1e-12

SCALARS = (type(None), bool, int, float, complex, str, bytes)
# Of the standard library: immutable, with a repr that says all.
TOLD_BY_REPR = {"datetime", "decimal", "fractions", "uuid"}


class TooMuch(Exception):
    """No fingerprint: the value is too large, or of a type whose equality nobody here can tell."""


class Answers:
    """The answers that were looked at in this process. Kept are fingerprints, never the values, which would hold memory."""

    def __init__(self):
        self.kind = None
        self.shown = None
        # The folder of this side, which the other side has under another name.
        self.root = None
        self._prints = []

    def note(self, value):
        """Takes the fingerprint of one answer. Outside of every measurement: it allocates, and runs bytecodes."""
        self.kind = type(value)
        self.shown = None
        try:
            self._prints.append(fingerprint(value, self.root))
            text = repr(value) if self.kind in SCALARS else ""
            self.shown = text if 0 < len(text) <= MOST_SHOWN else None
        except Exception:
            # Whatever the project's own types do when they are asked is none of the measurement's concern.
            self._prints.append(None)

    def describe(self):
        """Type of the last answer, whether its work is still to be done when somebody takes it, and its fingerprint: None
        unless two calls or more were looked at and agreed, since what differs from call to call says nothing of a side."""
        if self.kind is None:
            return None
        steady = len(self._prints) > 1 and len(set(self._prints)) == 1
        return {
            "type": self.kind.__name__,
            "lazy": hasattr(self.kind, "__next__") or hasattr(self.kind, "__await__"),
            "fingerprint": self._prints[0] if steady else None,
            "shown": self.shown if steady else None,
        }


def fingerprint(value, root=None):
    """Equal for equal values, whatever the order of sets and of keys, and wherever `root` lies. Floats count to nine digits and
    from 1e-12 on: a sum in another order is the same work. Throws TooMuch, and what values throw that are asked."""
    return _Printer(root).text(value, 0)


def _rounded(number):
    return "0" if abs(number) < SMALLEST else f"{number:.9g}"


class _Printer:
    def __init__(self, root):
        self.root = root
        self.values = 0
        self.characters = 0

    def text(self, value, depth):
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST:
            raise TooMuch()
        return _short(self._spell(value, depth + 1))

    def _spell(self, value, depth):
        kind = type(value)
        if kind is float:
            return f"float {_rounded(value)}"
        if kind is complex:
            return f"complex {_rounded(value.real)} {_rounded(value.imag)}"
        if kind in SCALARS or kind.__module__ in TOLD_BY_REPR:
            self.characters += len(value) if kind in (str, bytes) else 1
            if self.characters > MOST_CHARACTERS:
                raise TooMuch()
            if kind is str and self.root:
                value = value.replace(self.root, "")
            return f"{kind.__name__} {value!r}"
        # A subclass may answer anything when it is iterated: only what its base holds is looked at.
        if isinstance(value, dict):
            items = [self.text(key, depth) + self.text(each, depth) for key, each in dict.items(value)]
            return f"{kind.__name__} {' '.join(sorted(items))}"
        for base in (list, tuple):
            if isinstance(value, base):
                return f"{kind.__name__} {' '.join(self.text(each, depth) for each in base.__iter__(value))}"
        for base in (set, frozenset):
            if isinstance(value, base):
                return f"{kind.__name__} {' '.join(sorted(self.text(each, depth) for each in base.__iter__(value)))}"
        raise TooMuch()


def _short(text):
    # Only now: what the worker imports before the project is there for the project, too.
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
