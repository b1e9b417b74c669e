import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { lstatSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { createHost } from '#host';
import type { Host, OpenHost } from '#host';
import type { Context } from '../../operation.ts';
import { manageSkill } from '../run.ts';
import { input as inputSchema, result as resultSchema } from '../schema.ts';
import type { SkillResult } from '../schema.ts';

/** What a test puts between strop and the world. */
interface Around {
  readonly confirm?: Context['confirm'];
  readonly files?: (files: Host['files']) => Host['files'];
  readonly env?: Readonly<Record<string, string>>;
}

/** Writes files below a folder. */
export function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Every folder, file and link below a folder with what it holds. */
export function tree(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((path) => {
        const stat = lstatSync(join(folder, path));
        if (stat.isSymbolicLink()) return [path, `-> ${readlinkSync(join(folder, path))}`];
        return [path, stat.isDirectory() ? '/' : readFileSync(join(folder, path), 'utf8')];
      }),
  );
}

/** The text of a result without colours. */
export const STYLE = {
  bold: (text: string) => text,
  dim: (text: string) => text,
  good: (text: string) => text,
  bad: (text: string) => text,
  warn: (text: string) => text,
  width: 100,
};

/** A project, a home and a skill to ship, made anew for each test of the file that calls this. */
export function useStage(): {
  top: string;
  project: string;
  home: string;
  shipped: string;
  /** The operation as the command line runs it, its answer held against its schema. */
  skill(given: object, around?: Around): Promise<SkillResult>;
  /** A file of the project. */
  read(path: string): string;
} {
  const hosts: OpenHost[] = [];
  const stage = {
    top: '',
    project: '',
    home: '',
    shipped: '',
    skill: async (given: object, around: Around = {}): Promise<SkillResult> => {
      const host = createHost({ cwd: stage.project, env: { PATH: '', HOME: stage.home, ...around.env } });
      hosts.push(host);
      const files = around.files?.(host.files) ?? host.files;
      const result = await manageSkill(
        {
          host: { ...host, files, folders: { ...host.folders, skill: stage.shipped } },
          signal: new AbortController().signal,
          progress: () => undefined,
          ...(around.confirm === undefined ? {} : { confirm: around.confirm }),
        },
        inputSchema.parse(given),
      );
      expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
      return result;
    },
    read: (path: string): string => readFileSync(join(stage.project, path), 'utf8'),
  };
  beforeEach(() => {
    stage.top = realpathSync(mkdtempSync(join(tmpdir(), 'strop-skill-')));
    for (const name of ['project', 'home', 'shipped'] as const) stage[name] = join(stage.top, name);
    mkdirSync(stage.home);
    put(stage.project, { 'pyproject.toml': '[project]\nname = "demo"\n' });
    put(stage.shipped, {
      'SKILL.md': '---\nname: strop\n---\nOne.\n',
      'references/sheet.md': 'a\nb\n',
    });
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.close()));
    rmSync(stage.top, { recursive: true, force: true });
  });
  return stage;
}
