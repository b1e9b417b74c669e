import { posix } from 'node:path';
import { StropError } from '#base';
import type { Entry, Files } from './host.ts';

/** Absolute path to the content of a file, or to the target of a symbolic link. */
export type FakeTree = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

type Node = { readonly content: Uint8Array } | { readonly link: string } | 'folder';

const MOST_LINKS = 40;

/** Files in memory with POSIX paths. Folders exist when made, or when something is in them. */
export function fakeFiles(start: FakeTree): { readonly files: Files; tree(): Record<string, string> } {
  const nodes = new Map<string, Node>([['/', 'folder']]);

  const trouble = (path: string, problem: string): StropError =>
    new StropError({ code: 'disk', problem, where: path, remedy: 'Check this path.' });

  /** The path without links in it, the last part being followed only when asked; undefined for a circle. */
  const resolve = (path: string, followLast: boolean): string | undefined => {
    let left = path.split('/').filter((part) => part !== '' && part !== '.');
    let at = '/';
    for (let links = 0; left.length > 0;) {
      const [part = '', ...rest] = left;
      left = rest;
      const next = posix.join(at, part);
      const node = nodes.get(next);
      if (
        node === undefined ||
        node === 'folder' ||
        !('link' in node) ||
        (left.length === 0 && !followLast)
      ) {
        at = next;
        continue;
      }
      links += 1;
      if (links > MOST_LINKS) return undefined;
      left = [
        ...posix
          .resolve(at, node.link)
          .split('/')
          .filter((piece) => piece !== ''),
        ...left,
      ];
      at = '/';
    }
    return at;
  };
  const find = (path: string, followLast: boolean): Node | undefined => {
    const found = resolve(path, followLast);
    return found === undefined ? undefined : nodes.get(found);
  };
  const makeFolder = (path: string): void => {
    const real = resolve(path, true) ?? path;
    const node = nodes.get(real);
    if (node === 'folder') return;
    if (node !== undefined) throw trouble(path, 'a file is where a folder should be (ENOTDIR)');
    makeFolder(posix.dirname(real));
    nodes.set(real, 'folder');
  };
  const put = (path: string, node: Node, followLast: boolean): void => {
    makeFolder(posix.dirname(path));
    const real = resolve(path, followLast) ?? path;
    if (nodes.get(real) === 'folder') throw trouble(path, 'a folder is where a file should be (EISDIR)');
    nodes.set(real, node);
  };
  const bytes = (path: string): Uint8Array | undefined => {
    const node = find(path, true);
    if (node === undefined) return undefined;
    if (node === 'folder' || !('content' in node))
      throw trouble(path, 'a folder is where a file should be (EISDIR)');
    return node.content;
  };
  const asBytes = (content: string | Uint8Array): Uint8Array =>
    typeof content === 'string' ? Buffer.from(content, 'utf8') : Uint8Array.from(content);
  const kindOf = (node: Node): Entry['kind'] =>
    node === 'folder' ? 'folder' : 'link' in node ? 'link' : 'file';
  const asText = (content: Uint8Array): string => Buffer.from(content).toString('utf8');

  for (const [path, content] of Object.entries(start)) {
    const isLink = typeof content === 'object' && 'link' in content;
    put(path, isLink ? { link: content.link } : { content: asBytes(content) }, false);
  }

  const files: Files = {
    readText: async (path) => {
      const found = bytes(path);
      return found === undefined ? undefined : asText(found);
    },
    readBytes: async (path) => bytes(path),
    writeAtomically: async (path, content) => {
      put(path, { content: asBytes(content) }, true);
    },
    create: async (path, content) => {
      if (find(path, false) !== undefined) return false;
      put(path, { content: asBytes(content) }, false);
      return true;
    },
    kind: async (path) => {
      const node = find(path, false);
      return node === undefined ? undefined : kindOf(node);
    },
    readLink: async (path) => {
      const node = find(path, false);
      return node !== undefined && node !== 'folder' && 'link' in node ? node.link : undefined;
    },
    list: async (folder) => {
      const real = resolve(folder, true);
      return [...nodes]
        .filter(([path]) => path !== '/' && posix.dirname(path) === real)
        .map(([path, node]) => ({ name: posix.basename(path), kind: kindOf(node) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    makeFolder: async (path) => {
      makeFolder(path);
    },
    copy: async (from, to) => {
      const node = find(from, false);
      if (node === undefined || node === 'folder') throw trouble(from, 'there is no file to copy (ENOENT)');
      put(to, node, false);
    },
    move: async (from, to) => {
      const real = resolve(from, false) ?? from;
      const target = resolve(to, false) ?? to;
      if (!nodes.has(real)) throw trouble(from, 'there is nothing to move (ENOENT)');
      const there = nodes.get(target);
      const filled = [...nodes.keys()].some((path) => path.startsWith(`${target}/`));
      if (there !== undefined && (there !== 'folder' || filled)) return false;
      makeFolder(posix.dirname(target));
      for (const [path, node] of [...nodes]) {
        if (path !== real && !path.startsWith(`${real}/`)) continue;
        nodes.delete(path);
        nodes.set(`${target}${path.slice(real.length)}`, node);
      }
      return true;
    },
    remove: async (path) => {
      const real = resolve(path, false);
      if (real === undefined) return;
      for (const other of [...nodes.keys()]) {
        if (other === real || other.startsWith(`${real}/`)) nodes.delete(other);
      }
    },
    real: async (path) => {
      const real = resolve(path, true);
      return real !== undefined && nodes.has(real) ? real : undefined;
    },
    freeBytes: async () => 100 * 2 ** 30,
  };
  return {
    files,
    tree: () =>
      Object.fromEntries(
        [...nodes].flatMap(([path, node]) =>
          node === 'folder' || !('content' in node) ? [] : [[path, asText(node.content)] as const],
        ),
      ),
  };
}
