import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every entry below a folder, `.git` included: its path, mode and content. Two equal snapshots mean that nothing changed. */
export function takeSnapshot(folder: string): Readonly<Record<string, string>> {
  const seen: Record<string, string> = {};
  const visit = (path: string, name: string): void => {
    const stat = lstatSync(path);
    const mode = stat.mode.toString(8);
    if (stat.isSymbolicLink()) seen[name] = `${mode} -> ${readlinkSync(path)}`;
    else if (stat.isDirectory()) {
      seen[name] = mode;
      for (const entry of readdirSync(path)) visit(join(path, entry), `${name}/${entry}`);
    } else seen[name] = `${mode} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  };
  visit(folder, '.');
  return seen;
}
