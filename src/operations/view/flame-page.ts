import { gzipSync } from 'node:zlib';
import { StropError } from '#base';
import type { Host, SiteFile } from '#host';
import { ALONE, HTML, SCRIPT, escapeHtml, scriptLiteral } from './page.ts';
import type { Page } from './page.ts';

const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['.js', SCRIPT],
  ['.css', 'text/css; charset=utf-8'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
];

/** Stacks with equal ones joined have no order in time, so that the first of speedscope's views would mean nothing. */
const VIEW = 'view=left-heavy';

/** A flame graph by speedscope, which comes with strop, for a profile in its file format. */
export async function makeFlamePage(host: Host, title: string, profile: Uint8Array): Promise<Page> {
  const viewer = await readViewer(host);
  const style = findFile(viewer, /^speedscope-\w+\.css$/);
  const script = findFile(viewer, /^speedscope-\w+\.js$/);
  const icon = findFile(viewer, /^favicon-32.*\.png$/);
  const start = `if (location.hash === '') location.replace('#profileURL=profile.json&${VIEW}');\n`;
  const index = document(title, [
    `<link rel="stylesheet" href="${style}">`,
    `<link rel="icon" type="image/png" href="${icon}">`,
    '<script src="strop-alive.js"></script>',
    '</head><body>',
    '<script src="strop-start.js"></script>',
    `<script src="${script}"></script>`,
  ]);
  return {
    kind: 'flame-graph',
    inlineScripts: false,
    files: new Map<string, SiteFile>([
      ...viewer,
      ['index.html', { type: HTML, content: index }],
      ['strop-start.js', { type: SCRIPT, content: start }],
      ['profile.json', { type: 'application/json', content: profile }],
    ]),
    single: () => {
      // A file opened from disk may not fetch: speedscope then takes a profile from a script, if asked for one by name.
      // The script of that name is refused by the policy, and the one here brings the profile.
      const load = `(function load(left) {
  if (window.speedscope) window.speedscope.loadFileFromBase64(${scriptLiteral(title)}, ${scriptLiteral(gzipSync(profile).toString('base64'))});
  else if (left > 0) setTimeout(load, 10, left - 1);
})(1000);`;
      return document(title, [
        ALONE,
        `<style>${inlineFonts(textOf(viewer, style), viewer)}</style>`,
        `<link rel="icon" type="image/png" href="${dataUri(viewer.get(icon))}">`,
        '</head><body>',
        `<script>if (location.hash === '') location.replace('#localProfilePath=strop&${VIEW}');</script>`,
        `<script>${textOf(viewer, script).replace(/<\/(script)/gi, '<\\/$1')}</script>`,
        `<script>${load}</script>`,
      ]);
    },
  };
}

function document(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    ...parts,
    '</body></html>',
    '',
  ].join('\n');
}

async function readViewer(host: Host): Promise<ReadonlyMap<string, SiteFile>> {
  const folder = host.folders.speedscope;
  const viewer = new Map<string, SiteFile>();
  for (const { name, kind } of await host.files.list(folder)) {
    const type = TYPES.find(([ending]) => name.endsWith(ending))?.[1];
    const content =
      kind === 'file' && type !== undefined ? await host.files.readBytes(`${folder}/${name}`) : undefined;
    if (type !== undefined && content !== undefined) viewer.set(name, { type, content });
  }
  if (viewer.size > 0) return viewer;
  throw new StropError({
    code: 'disk',
    problem: 'the viewer that comes with strop is not there',
    where: folder,
    remedy: 'Install strop again.',
  });
}

function findFile(viewer: ReadonlyMap<string, SiteFile>, name: RegExp): string {
  const found = [...viewer.keys()].find((each) => name.test(each));
  if (found === undefined) throw new Error(`speedscope has no file ${String(name)}`);
  return found;
}

function textOf(viewer: ReadonlyMap<string, SiteFile>, name: string): string {
  return Buffer.from(viewer.get(name)?.content ?? '').toString('utf8');
}

function inlineFonts(style: string, viewer: ReadonlyMap<string, SiteFile>): string {
  return style.replace(/url\("\.\/([^"]+)"\)/g, (_, name: string) => `url("${dataUri(viewer.get(name))}")`);
}

function dataUri(file: SiteFile | undefined): string {
  return file === undefined
    ? 'data:,'
    : `data:${file.type};base64,${Buffer.from(file.content).toString('base64')}`;
}
