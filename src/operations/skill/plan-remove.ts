import type { Host } from '#host';
import type { Target } from './agents.ts';
import { ABSENT, hashOf, readManifest } from './manifest.ts';
import { lookAt, pathOf } from './places.ts';
import { planEntryRemoval } from './plan-config.ts';
import type { Change, Kept, Plan } from './plan.ts';
import { readFolder } from './skill-files.ts';

/** Empty folders are what a killed removal leaves, and nobody's work. */
async function isEmpty(host: Host, { skill }: Target): Promise<boolean> {
  const { files, others } = await readFolder(host, pathOf(skill));
  return files.size === 0 && others.length === 0;
}

/** Works out what can be taken away for one agent and what stays; nothing is written. */
export async function planRemoval(host: Host, target: Target): Promise<Plan> {
  const { skill, config } = target;
  const kept: Kept[] = [];
  const changes: Change[] = [];
  const found = await lookAt(host, skill, 'folder');
  const manifest = found.kind === 'there' ? await readManifest(host, skill) : undefined;
  const known = manifest === 'broken' ? undefined : manifest;
  if (manifest === 'broken')
    kept.push({ place: skill, why: 'this strop does not understand its .strop-skill.json' });
  else if (found.kind === 'refused')
    kept.push({ place: found.part, why: `a ${found.what} is in the way, which strop did not write` });
  else if (found.kind === 'there' && manifest === undefined && !(await isEmpty(host, target)))
    kept.push({ place: skill, why: 'strop did not write it' });

  if (config !== undefined && manifest !== 'broken') {
    // First, so that a kill after it leaves the manifest that says whose the files are.
    const entry = await planEntryRemoval(host, config, known?.config ?? null);
    if (entry.change !== undefined) changes.push(entry.change);
    if (entry.kept !== undefined) kept.push(entry.kept);
  }
  if (known !== undefined) {
    const { files, others } = await readFolder(host, pathOf(skill));
    const leave = (path: string, why: string): void => {
      kept.push({ place: { base: skill.base, parts: [...skill.parts, ...path.split('/')] }, why });
    };
    for (const [path, before] of files) {
      const states = known.files[path];
      if (states === undefined) leave(path, 'strop did not write it');
      else if (!states.some((state) => state !== ABSENT && state === hashOf(before)))
        leave(path, 'it was changed since strop wrote it');
      else {
        const place = { base: skill.base, parts: [...skill.parts, ...path.split('/')] };
        changes.push({ place, before, after: undefined });
      }
    }
    for (const path of others) leave(path, 'it is a link or no file');
  }
  return { target, changes, kept, manifest: { now: known, meanwhile: undefined, after: undefined } };
}
