import { join } from 'node:path';
import type { Host } from '#host';
import type { ToolName, ToolPython } from './tool.ts';

/** Where all tools lie. */
export function toolsFolder(host: Host): string {
  return join(host.folders.data, 'tools');
}

/** Pythons of one label can use the same compiled modules: `3.12`, `3.13t`, `pypy3.10`. */
export function pythonLabel(python: ToolPython): string {
  const [major, minor] = python.version;
  const { implementation = 'cpython', freeThreaded = false } = python;
  return `${implementation === 'cpython' ? '' : implementation}${major}.${minor}${freeThreaded ? 't' : ''}`;
}

/** The folder with the tools of one kind of Python: `py3.12`. */
export function pythonFolder(host: Host, label: string): string {
  return join(toolsFolder(host), `py${label}`);
}

/** The folder of one release of a tool. */
export function toolFolder(host: Host, label: string, name: ToolName, version: string): string {
  return join(pythonFolder(host, label), `${name}-${version}`);
}
