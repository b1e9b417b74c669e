import { createHash } from 'node:crypto';
import type { Host } from '#host';
import type { Interpreter } from '#project';

/** Files that pin the versions of dependencies, as the package managers name them. */
const LOCKS = [
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'pylock.toml',
  'requirements.txt',
  'requirements.lock',
  'environment.yml',
  'conda-lock.yml',
];

/**
 * What numbers depend on besides the code: interpreter, machine and lock files of the project in a folder, as one hash.
 * Numbers with another fingerprint do not compare.
 */
export async function fingerprintOf(host: Host, folder: string, interpreter: Interpreter): Promise<string> {
  const { machine } = host;
  const parts: unknown[] = [interpreter.versionText, machine.system, machine.cpuModel, machine.cores];
  for (const name of LOCKS) {
    const text = await host.files.readText(`${folder}/${name}`);
    if (text !== undefined) parts.push(name, text);
  }
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
