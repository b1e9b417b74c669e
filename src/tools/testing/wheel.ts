import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAKE_WHEEL = `
import sys, zipfile
folder, name, version, text = sys.argv[1:]
module = name.replace("-", "_")
info = "%s-%s.dist-info/" % (module, version)
with zipfile.ZipFile("%s/%s-%s-py3-none-any.whl" % (folder, module, version), "w") as wheel:
    wheel.writestr(module + ".py", text)
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version))
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;

/** A package index of one folder with a one-module wheel in it, for tests that must not need the net. */
export function makeIndex(python: string, folder: string, name: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const script = join(folder, 'make-wheel.py');
  writeFileSync(script, MAKE_WHEEL);
  execFileSync(python, [script, folder, name, version, `VERSION = ${JSON.stringify(version)}\n`]);
  return folder;
}
