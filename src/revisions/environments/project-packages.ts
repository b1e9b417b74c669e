import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';
import { pythonEnvironment } from './installer.ts';

/** What the project's interpreter has installed, and how an environment of ours can borrow it. */
export interface ProjectPackages {
  /** Version by normalised name. */
  readonly installed: Readonly<Record<string, string>>;
  /** Text of a .pth file that puts the project's packages behind those of the environment it lies in; ASCII only. */
  readonly borrow: string;
}

const Answer = z.object({ installed: z.record(z.string(), z.string()), borrow: z.string() });

/*
 * A line with a path in a .pth file adds the folder but not the .pth files inside it, so their lines are written out
 * (see site.addpackage): dependencies that are installed editable keep working. Left out is what leads back to the
 * project's own source: its editable hooks would bring in the user's working tree in place of the side.
 */
const SCRIPT = `
import json, os, re, sys
from importlib import metadata
from urllib.parse import unquote, urlparse

ask = json.loads(sys.argv[1])
top = os.path.realpath(ask["top"])

def within(path, folder):
    return os.path.realpath(path).startswith(folder + os.sep) or os.path.realpath(path) == folder

def is_source(path):
    return within(path, top) and not within(path, os.path.realpath(sys.prefix))

installed, own = {}, set()
for dist in metadata.distributions(path=ask["folders"]):
    try:
        name, version = dist.metadata["Name"], dist.version
        if not name or not version:
            continue
        installed.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
        direct = json.loads(dist.read_text("direct_url.json") or "{}")
        url = urlparse(direct.get("url", ""))
        if url.scheme == "file" and direct.get("dir_info", {}).get("editable") and is_source(unquote(url.path)):
            own.update(os.path.realpath(str(dist.locate_file(f))) for f in dist.files or [] if str(f).endswith(".pth"))
    except Exception:
        pass

lines = []
def add(path):
    lines.append("import sys; p = %s; p in sys.path or sys.path.append(p)" % ascii(path))

for folder in ask["folders"]:
    add(folder)
    try:
        names = sorted(n for n in os.listdir(folder) if n.endswith(".pth") and not n.startswith("."))
    except OSError:
        continue
    for name in names:
        path = os.path.join(folder, name)
        if os.path.realpath(path) in own:
            continue
        try:
            with open(path, "rb") as file:
                text = file.read().decode("utf-8-sig", "surrogateescape")
        except OSError:
            continue
        for line in text.splitlines():
            if line.startswith(("import ", "import\\t")):
                # An import line may name anything; only ASCII survives every start-up encoding.
                lines.append(line if line.isascii() else "import sys; exec(%s)" % ascii(line))
            elif line.strip() and not line.startswith("#"):
                entry = os.path.join(folder, line.rstrip())
                if os.path.exists(entry) and not is_source(entry):
                    add(entry)
print(ask["mark"] + json.dumps({"installed": installed, "borrow": "\\n".join(lines) + "\\n"}) + ask["mark"])
`;

/** Asks the project's interpreter what it has installed. `top` is the user's repository: paths into it are left out. */
export async function readProjectPackages(
  host: Host,
  python: { readonly executable: string; readonly sitePackages: readonly string[] },
  top: string,
): Promise<ProjectPackages> {
  const mark = `strop-${host.random.token(8)}`;
  const question = JSON.stringify({ top, mark, folders: python.sitePackages });
  const run = await host.processes.run({
    argv: [python.executable, '-c', SCRIPT, question],
    cwd: top,
    env: pythonEnvironment(host),
    timeoutMs: 60_000,
    keepBytes: 64 * 1024 * 1024,
  });
  const answer = run.ok ? run.stdout.split(mark)[1] : undefined;
  const parsed = Answer.safeParse(answer === undefined ? undefined : JSON.parse(answer));
  if (parsed.success) return parsed.data;
  throw new StropError({
    code: 'environment-failed',
    problem: 'the interpreter cannot tell which packages it has',
    where: python.executable,
    remedy: 'Repair the environment, or name another interpreter with --python.',
    detail: run.stderr.slice(-4000),
  });
}
