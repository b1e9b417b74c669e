import type { Host } from '#host';
import { unifiedDiff } from '../unified-diff.ts';
import type { Place, Target } from './agents.ts';
import { ABSENT, MANIFEST, hashOf, readManifest, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { lookAt, pathOf } from './places.ts';
import { planEntry } from './plan-config.ts';
import { textOf } from './plan.ts';
import type { Change, Plan, Refusal } from './plan.ts';
import { readFolder } from './skill-files.ts';
import type { FolderContent } from './skill-files.ts';

const NOTHING: FolderContent = { files: new Map(), others: [], folders: [] };

/** Lines of a difference that are shown: enough to know it again. */
const MOST_LINES = 16;

interface FilesPlan {
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
}

/** What the files need: none is overwritten that is not as strop left it. */
function planFiles(
  skill: Place,
  shipped: ReadonlyMap<string, Uint8Array>,
  there: FolderContent,
  manifest: Manifest | undefined,
): FilesPlan {
  const changes: Change[] = [];
  const refusals: Refusal[] = [];
  const others = new Set(there.others);
  for (const path of new Set([...shipped.keys(), ...Object.keys(manifest?.files ?? {})])) {
    const place = { base: skill.base, parts: [...skill.parts, ...path.split('/')] };
    const before = there.files.get(path);
    const after = shipped.get(path);
    const state = before === undefined ? ABSENT : hashOf(before);
    const known = manifest?.files[path];
    const blocked = [...others].find((other) => path === other || path.startsWith(`${other}/`));
    if (blocked !== undefined) refusals.push({ place, problem: `${blocked} is a link or no file` });
    else if (state === (after === undefined ? ABSENT : hashOf(after))) continue;
    else if (known === undefined ? state === ABSENT : known.includes(state))
      changes.push({ place, before, after });
    else if (before === undefined)
      refusals.push({ place, problem: 'this file was deleted since strop wrote it' });
    else {
      const problem =
        known === undefined ? 'strop did not write this file' : 'this file was changed since strop wrote it';
      refusals.push({ place, problem, ...differences(path, before, after) });
    }
  }
  return { changes, refusals };
}

function differences(
  path: string,
  before: Uint8Array,
  after: Uint8Array | undefined,
): { readonly detail?: string } {
  const [was, now] = [textOf(before), after === undefined ? undefined : textOf(after)];
  if (was === undefined || now === undefined) return {};
  const lines = unifiedDiff(path, was, now).split('\n');
  const left = lines.length - MOST_LINES;
  const shown = [...lines.slice(0, MOST_LINES), ...(left > 0 ? [`… ${String(left)} more lines`] : [])];
  return { detail: `As it is (-) and as strop would write it (+):\n${shown.join('\n')}` };
}

/** A folder with something in it and no manifest belongs to somebody else. */
function foreignFolder(
  skill: Place,
  shipped: ReadonlyMap<string, Uint8Array>,
  there: FolderContent,
): Refusal | undefined {
  const lines = [...there.files].map(([path, bytes]) => {
    const own = shipped.get(path);
    if (own === undefined) return `${path} is not part of strop's skill`;
    return hashOf(own) === hashOf(bytes) ? `${path} is as strop would write it` : `${path} differs`;
  });
  lines.push(...there.others.map((path) => `${path} is a link or no file`));
  if (lines.length === 0) return undefined;
  return {
    place: skill,
    problem: `this folder is there already and has no ${MANIFEST}, so strop did not write it`,
    detail: lines.join('\n'),
  };
}

/** Works out what installing for one agent takes, or every reason against it; nothing is written. */
export async function planInstall(
  host: Host,
  target: Target,
  shipped: ReadonlyMap<string, Uint8Array>,
): Promise<Plan | { readonly refusals: readonly Refusal[] }> {
  const { skill, config } = target;
  const found = await lookAt(host, skill, 'folder');
  if (found.kind === 'refused')
    return { refusals: [{ place: found.part, problem: `a ${found.what} is in the way` }] };
  const there = found.kind === 'there' ? await readFolder(host, pathOf(skill)) : NOTHING;
  const manifest = found.kind === 'there' ? await readManifest(host, skill) : undefined;
  if (manifest === 'broken') {
    const place = { base: skill.base, parts: [...skill.parts, MANIFEST] };
    return { refusals: [{ place, problem: 'this strop does not understand what is written here' }] };
  }
  const foreign = manifest === undefined ? foreignFolder(skill, shipped, there) : undefined;
  const files =
    foreign === undefined ? planFiles(skill, shipped, there, manifest) : { changes: [], refusals: [foreign] };
  const entry = config === undefined ? undefined : await planEntry(host, config, manifest?.config ?? null);
  const refusals = [...files.refusals, ...(entry !== undefined && 'refusal' in entry ? [entry.refusal] : [])];
  if (refusals.length > 0 || (entry !== undefined && 'refusal' in entry)) return { refusals };

  const foldersMade = manifest?.foldersMade ?? (found.kind === 'missing' ? found.foldersToMake : 0);
  const after = {
    files: Object.fromEntries([...shipped].map(([path, bytes]) => [path, [hashOf(bytes)]])),
    foldersMade,
    config: entry === undefined ? (manifest?.config ?? null) : entry.record,
  };
  const changes = [...files.changes, ...(entry?.change === undefined ? [] : [entry.change])];
  return {
    target,
    changes,
    kept: [],
    manifest: {
      now: manifest,
      meanwhile: changes.length === 0 ? undefined : writeManifest(joinStates(manifest, after)),
      after: writeManifest(after),
    },
  };
}

type Content = Pick<Manifest, 'files' | 'foldersMade' | 'config'>;

/** A manifest that fits before, after and at every moment between. */
function joinStates(before: Manifest | undefined, after: Content): Content {
  const files: Record<string, string[]> = {};
  for (const path of new Set([...Object.keys(before?.files ?? {}), ...Object.keys(after.files)])) {
    const both = [...(before?.files[path] ?? [ABSENT]), ...(after.files[path] ?? [ABSENT])];
    files[path] = [...new Set(both)];
  }
  const entries = [...new Set([...(before?.config?.entries ?? []), ...(after.config?.entries ?? [])])];
  return { ...after, files, config: after.config && { ...after.config, entries } };
}
