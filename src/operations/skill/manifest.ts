import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Host } from '#host';
import { pathOf } from './places.ts';
import type { Place } from './agents.ts';

/** The file in the skill's folder that says what strop wrote there and into the agent's settings. */
export const MANIFEST = '.strop-skill.json';

/** Stands for "not there" among the states of a file. */
export const ABSENT = '-';

/** A path that stays below the skill's folder: a manifest comes with a project and is not to be trusted. */
const path = z.string().regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/);
/** Every state in which strop may have left something: several while it writes, and after it was killed at that. */
const states = z.array(z.string());

const manifest = z.object({
  kind: z.literal('strop-skill'),
  version: z.literal(1),
  note: z.string(),
  files: z.record(path, states),
  /** Folders around the skill's folder that were made for it. */
  foldersMade: z.int().min(0),
  config: z
    .object({
      /** The entry, as JSON with sorted keys. */
      entries: states,
      fileMade: z.boolean(),
      tableMade: z.boolean(),
      foldersMade: z.int().min(0),
      /** What was put into the file and the hash of the whole after that: taken out exactly while nobody else wrote. */
      after: z.string().nullable(),
      pieces: z.array(z.object({ at: z.int().min(0), text: z.string() })),
    })
    .nullable(),
});

/** See {@link MANIFEST}. */
export type Manifest = z.output<typeof manifest>;

/** Of exactly these bytes. */
export function exactHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Of a text whatever its line ends: git may have changed those on the way. */
export function hashOf(content: Uint8Array): string {
  return exactHash(Buffer.from(Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
}

/** The manifest of a folder; `broken` for one that this strop does not understand. */
export async function readManifest(host: Host, skill: Place): Promise<Manifest | 'broken' | undefined> {
  const place = { base: skill.base, parts: [...skill.parts, MANIFEST] };
  const kind = await host.files.kind(pathOf(place));
  if (kind === undefined) return undefined;
  if (kind !== 'file') return 'broken';
  try {
    const read = manifest.safeParse(JSON.parse((await host.files.readText(pathOf(place))) ?? ''));
    return read.success ? read.data : 'broken';
  } catch (error) {
    if (error instanceof SyntaxError) return 'broken';
    throw error;
  }
}

/** The manifest as the text of its file. */
export function writeManifest(content: Omit<Manifest, 'kind' | 'version' | 'note'>): string {
  const whole: Manifest = {
    kind: 'strop-skill',
    version: 1,
    note: 'Written by `strop skill install`: what `strop skill remove` may take away.',
    ...content,
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}
