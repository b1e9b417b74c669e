import type { Host } from '#host';
import type { Kit } from './profiler.ts';

/** Where a tool was found; see `requireTool` of the operations. */
export interface FoundTool {
  readonly name: string;
  readonly version: string;
  /** Strop's own folder of the tool, or the site-packages of an environment. */
  readonly folder: string;
}

/** What the profilers have to know of a tool and the interpreter. */
export async function openKit(host: Host, python: string, tool: FoundTool | undefined): Promise<Kit> {
  const programs = new Map<string, string>();
  if (tool !== undefined) {
    const folder = tool.folder.replace(/[\\/]+$/, '');
    const ending = host.platform === 'win32' ? '.exe' : '';
    // pip puts programs into the folder itself when it has one of its own, and beside the interpreter otherwise.
    const places = [
      `${folder}/bin`,
      `${folder}/Scripts`,
      `${folder}/../../../bin`,
      `${folder}/../../Scripts`,
      python.replace(/[\\/][^\\/]+$/, ''),
    ];
    for (const place of places) {
      const path = `${place}/${tool.name}${ending}`;
      if (!programs.has(tool.name) && (await host.files.kind(path)) !== undefined)
        programs.set(tool.name, path);
    }
  }
  return {
    python,
    folder: tool?.folder,
    shims: host.folders.shims,
    program: (name) => programs.get(name) ?? name,
  };
}

/** The environment of a process that has to find the tool, and strop's hook that makes it so. */
export function hookedEnvironment(
  host: Host,
  kit: Kit,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const separator = host.platform === 'win32' ? ';' : ':';
  const hook = `${host.folders.shims}/_strop_profile/path`;
  const path = [hook, env['PYTHONPATH'] ?? ''].filter((entry) => entry !== '').join(separator);
  return { ...env, PYTHONPATH: path, STROP_TOOL_PATH: kit.folder };
}
