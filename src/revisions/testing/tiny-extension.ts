/*
 * A project with a compiled module, built by a backend of its own that needs neither an index nor setuptools: only a C
 * compiler.
 */

const BACKEND = `
import os, subprocess, sysconfig, zipfile, base64, hashlib

NAME, VERSION = "tiny", "1.0"

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    library = "_speed" + suffix
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-I" + sysconfig.get_paths()["include"], "src/tiny/_speed.c", "-o", library],
        check=True,
    )
    info = NAME + "-" + VERSION + ".dist-info"
    files = {
        "tiny/_speed" + suffix: open(library, "rb").read(),
        "tiny/_generated.py": b"HOW = 'built'\\n",
        info + "/WHEEL": b"Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n",
        info + "/METADATA": b"Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n",
    }
    for name in ("__init__.py",):
        files["tiny/" + name] = open("src/tiny/" + name, "rb").read()
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\\n" % (name, digest, len(content))
    files[info + "/RECORD"] = (record + info + "/RECORD,,\\n").encode()
    wheel = "%s-%s-py3-none-any.whl" % (NAME, VERSION)
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    open("litter.txt", "w").close()
    return wheel
`;

/** The C module; `answer` is what its only function returns. */
export function speedSource(answer: number): string {
  return `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(${answer}); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_speed", NULL, -1, methods};
PyMODINIT_FUNC PyInit__speed(void) { return PyModule_Create(&module); }
`;
}

/** The files of the project. */
export function tinyExtension(answer: number): Readonly<Record<string, string>> {
  return {
    'pyproject.toml': `[project]
name = "tiny"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[[tool.setuptools.ext-modules]]
name = "tiny._speed"
sources = ["src/tiny/_speed.c"]
`,
    'backend.py': BACKEND,
    'src/tiny/__init__.py': 'from tiny._speed import answer\nfrom tiny import _generated\n',
    'src/tiny/_speed.c': speedSource(answer),
    '.gitignore': '*.so\n.venv/\n',
  };
}
