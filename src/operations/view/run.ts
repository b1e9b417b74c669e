import { basename, resolve } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import { portablePath, shortenPath } from '#profiles';
import type { CallGraphProfile, LineProfile, Profile, Roots, StackProfile } from '#profiles';
import { parseDuration } from '#project';
import { readProfile, readers } from '#readers';
import { findKeptRecording } from '../loaded-recordings.ts';
import { isMemrayRecording } from '../memray-recording.ts';
import type { Context } from '../operation.ts';
import { makeFlamePage } from './flame-page.ts';
import { foldSmall } from './fold-small.ts';
import type { Page } from './page.ts';
import type { ViewInput, ViewResult } from './schema.ts';
import { tabulate } from './table.ts';
import { makeTablePage } from './table-page.ts';
import { NO_TIME_ORDER, foldedWords } from './text.ts';
import { makeToolPage } from './tool-page.ts';
import { writtenFormat } from './written-formats.ts';
import type { WrittenFormat } from './written-formats.ts';

/** A page that is loaded again is back within this. */
const GONE_MS = 3_000;

/** What can be shown of a file. */
interface Shown {
  readonly format: string;
  readonly page: Page;
  readonly why: string | null;
  readonly folded: ViewResult['folded'];
  /** The profile in a format that others read; absent where there are no stacks. */
  readonly write?: (format: WrittenFormat) => Uint8Array;
  readonly doubts: readonly Doubt[];
}

/** Shows a profile in the browser until somebody ends that, or writes it as a file. */
export async function view(context: Context, input: ViewInput): Promise<ViewResult> {
  const { host } = context;
  const idleNs = parseDuration(input.idle);
  if (idleNs === undefined)
    throw refuse(`"${input.idle}" is no duration`, '--idle', 'Write for example 10m or 1h.');
  const target = input.print || input.out !== undefined ? await findTarget(context, input) : undefined;
  const named = resolve(host.cwd, input.file);
  const path =
    (await host.files.kind(named)) === undefined
      ? ((await findKeptRecording(host, input.file)) ?? named)
      : named;
  const bytes = await host.files.readBytes(path);
  if (bytes === undefined)
    throw refuse(
      'this is no file, and no kept profile',
      input.file,
      'Name the file of a profiler, or `newest` for the newest profile that strop keeps.',
    );
  const shown = await show(context, input, path, bytes);
  const { page, format, why, folded, doubts } = shown;
  const result = {
    kind: 'view',
    version: 1,
    file: input.file,
    format,
    page: page.kind,
    why,
    folded,
  } as const;
  if (target !== undefined) {
    const content = contentFor(target, shown, input);
    await host.files.writeAtomically(target, content);
    const written = { path: shorten(target, rootsOf(host.cwd)), bytes: content.length };
    const format = writtenFormat(target);
    // What is no picture is written whole.
    const isWhole = format === 'pprof' || format === 'collapsed';
    return { ...result, ...(isWhole ? { folded: null } : {}), served: null, written, doubts: [...doubts] };
  }
  const served = await serve(context, input, page, idleNs / 1e6);
  return { ...result, served, written: null, doubts: [...doubts] };
}

async function findTarget({ host }: Context, input: ViewInput): Promise<string> {
  const target = resolve(host.cwd, input.out ?? `${basename(input.file)}.html`);
  if (!/\.html?$/i.test(target) && writtenFormat(target) === undefined)
    throw refuse(
      'only .html, .json (speedscope), .pb.gz (pprof) and .collapsed can be written',
      input.out ?? target,
      'Give --out a name with one of these endings.',
    );
  if (target === resolve(host.cwd, input.file))
    throw refuse('this is the profile itself', input.file, 'Give --out another name.');
  const kind = await host.files.kind(target);
  if (kind === undefined || (kind === 'file' && input.force)) return target;
  throw refuse(
    kind === 'file' ? 'this file exists already' : 'this is no plain file',
    shorten(target, rootsOf(host.cwd)),
    kind === 'file' ? 'Give --force to replace it, or another name with --out.' : 'Give --out another name.',
  );
}

async function show(context: Context, input: ViewInput, path: string, bytes: Uint8Array): Promise<Shown> {
  const tool = input.tool ?? (isMemrayRecording(bytes, path) ? 'memray' : undefined);
  if (tool !== undefined) {
    const page = await makeToolPage(context, input, tool, path, bytes);
    return { format: tool, page, why: null, folded: null, doubts: [] };
  }
  const profile = shortenPaths(readProfile(bytes, path), rootsOf(context.host.cwd));
  const { format, doubts } = profile;
  const title = basename(path);
  if (profile.shape !== 'stacks') {
    const why = explainTable(profile);
    const notes = [why, ...doubts.map(({ text }) => text)];
    return { format, page: makeTablePage(tabulate(profile), { title, notes }), why, folded: null, doubts };
  }
  const { folded, stacks } = exportStacks(profile, title);
  return {
    format,
    page: await makeFlamePage(context.host, title, stacks),
    why: null,
    folded,
    // What is drawn is the file of speedscope, too; other formats are for programs, which take it whole.
    write: (wanted) => (wanted === 'speedscope' ? stacks : writeAs(wanted, profile, title)),
    doubts,
  };
}

function exportStacks(
  profile: StackProfile,
  title: string,
): { readonly folded: ViewResult['folded']; readonly stacks: Uint8Array } {
  const { profile: drawn, ...cut } = foldSmall(profile);
  const folded = drawn === profile ? null : cut;
  const name = folded === null ? title : `${title} (${foldedWords(folded)})`;
  return { folded, stacks: writeAs('speedscope', drawn, name) };
}

function writeAs(wanted: WrittenFormat, profile: StackProfile, name: string): Uint8Array {
  const write = readers.find(({ format }) => format === wanted)?.write;
  if (write === undefined) throw new Error(`nobody writes the format ${wanted}`);
  // The name of the command may hold what is nobody else's business; the name of the file was chosen.
  return write({ ...profile, source: { ...profile.source, command: name } });
}

/** Why nothing is drawn: the file knows less than a flame graph claims. */
function explainTable(profile: CallGraphProfile | LineProfile): string {
  if (profile.shape === 'call-graph') {
    return profile.edges.length === 0
      ? 'This profile has a row for each function and nothing about who called whom, so there is no flame graph: it would be invented.'
      : 'This profile has a row for each function and who called whom directly, yet no whole stacks, so there is no flame graph: it would be invented. Open a function to see its callers and callees.';
  }
  const summed =
    profile.charged === 'self'
      ? ''
      : ' The cost of a line holds what it called, so that costs of lines must not be added up.';
  return `This profile has a row for each line and no stacks, so there is no flame graph: it would be invented.${summed}`;
}

function contentFor(target: string, { page, write }: Shown, input: ViewInput): Uint8Array {
  const wanted = writtenFormat(target);
  if (wanted === undefined) return Buffer.from(page.single());
  if (write !== undefined) return write(wanted);
  throw refuse(
    `there are no stacks in this profile, so it cannot be written in the format ${wanted}`,
    input.file,
    'Give --out a name that ends in .html.',
  );
}

async function serve(
  context: Context,
  input: ViewInput,
  page: Page,
  idleMs: number,
): Promise<NonNullable<ViewResult['served']>> {
  const { host, signal } = context;
  const { files, inlineScripts } = page;
  const { address, ended } = await host.pages.serve({
    files,
    inlineScripts,
    idleMs,
    goneMs: GONE_MS,
    signal,
  });
  context.progress({ kind: 'step', text: address });
  const browser = input.open ? await host.pages.open(address) : 'not-asked';
  const port = new URL(address).port;
  if (browser === 'no-display' || browser === 'failed') {
    context.progress({
      kind: 'step',
      text: `${browser === 'failed' ? 'no browser could be started' : 'there is no screen here'}: open the address in a browser on this machine, or elsewhere after \`ssh -L ${port}:127.0.0.1:${port} …\``,
    });
  }
  if (page.kind === 'flame-graph') context.progress({ kind: 'step', text: NO_TIME_ORDER });
  context.progress({
    kind: 'step',
    text: `it ends when its page is closed, after ${input.idle} without use, or by Ctrl-C`,
  });
  return { address, browser, ended: await ended };
}

/**
 * Paths as they say most, and without the folders of this machine where the profile was made here. Stacks are read again
 * from the file that is written, which has to tell whose code they are.
 */
function shortenPaths(profile: Profile, roots: Roots): Profile {
  const change = profile.shape === 'stacks' ? portablePath : shortenPath;
  const frames = profile.frames.map((frame) =>
    frame.file === undefined ? frame : { ...frame, file: shorten(frame.file, roots, change) },
  );
  return { ...profile, frames };
}

function rootsOf(cwd: string): Roots {
  return { project: [cwd], stdlib: [], dependencies: [] };
}

function shorten(path: string, roots: Roots, change = shortenPath): string {
  return path.startsWith('<') ? path : change(path, roots);
}

function refuse(problem: string, where: string, remedy: string): StropError {
  return new StropError({ code: 'bad-request', problem, where, remedy });
}
