"""Version and requirement handling as a resolver does it, a few dozen items a call."""

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

TEXTS = [
    f"{major}.{minor}.{micro}{suffix}"
    for major in range(4)
    for minor in range(3)
    for micro, suffix in ((0, ""), (1, "rc1"), (7, ".post2"), (12, ".dev3"))
]
VERSIONS = [Version(text) for text in TEXTS]
SPECIFIER = SpecifierSet(">=1.0,<3,!=2.0.7")
REQUIREMENTS = [
    "requests[security,socks]>=2.8.1,<3; python_version >= '3.8'",
    "numpy~=1.26; sys_platform == 'linux' and extra == 'fast'",
    "attrs",
    "typing-extensions>=4.1; python_version < '3.11'",
]
NAMES = ["Flask_SQLAlchemy", "zope.interface", "ruamel.yaml.clib", "Jinja2", "a--b__c..d"] * 10


def parse_versions():
    return [Version(text) for text in TEXTS]


def sort_versions():
    return sorted(VERSIONS)


def print_versions():
    return [str(version) for version in VERSIONS]


def filter_versions():
    return list(SPECIFIER.filter(VERSIONS))


def parse_specifiers():
    return [SpecifierSet(f">={n}.2,<{n + 2},!={n}.7.*") for n in range(8)]


def parse_requirements():
    return [Requirement(text) for text in REQUIREMENTS]


def canonicalize_names():
    return [canonicalize_name(name) for name in NAMES]
