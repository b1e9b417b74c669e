import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { findProject } from '#project';
import { AGENTS, SKILL, signsOf, targetOf } from './agents.ts';
import type { AgentName, Scope, Target } from './agents.ts';
import { pathOf } from './places.ts';
import type { SkillInput } from './schema.ts';

/** Where this run works. */
export interface Ground {
  readonly scope: Scope;
  /** The project or the home, links resolved. */
  readonly top: string;
  /** The home as it is shown as `~`. */
  readonly home: string;
}

/** Finds the project, or with `--user` the home. */
export async function findGround(host: Host, user: boolean): Promise<Ground> {
  const home = (await host.files.real(host.folders.home)) ?? host.folders.home;
  if (!user) return { scope: 'project', top: (await findProject(host, host.cwd)).root, home };
  if ((await host.files.kind(home)) === 'folder') return { scope: 'user', top: home, home };
  throw new StropError({
    code: 'bad-request',
    problem: 'the home folder does not exist',
    where: home,
    remedy: 'Leave --user away to install into the project.',
  });
}

/** Agents of which there is a sign. */
export async function findUsed(host: Host, { scope, top }: Ground): Promise<ReadonlySet<AgentName>> {
  const used = new Set<AgentName>();
  for (const agent of AGENTS) {
    for (const sign of signsOf(agent, scope)) {
      if ((await host.files.kind(pathOf({ base: top, parts: sign.split('/') }))) !== undefined)
        used.add(agent);
    }
  }
  return used;
}

/** The places of every known agent. */
export function allTargets(host: Host, { scope, top }: Ground): readonly Target[] {
  return AGENTS.map((agent) => targetOf(agent, scope, top, host.env));
}

/** Whom the flags name; nobody when there are none. */
export async function namedTargets(
  host: Host,
  ground: Ground,
  input: SkillInput,
): Promise<readonly Target[]> {
  const all = allTargets(host, ground);
  const named = all.filter(({ agent }) => agent !== 'dir' && input[agent]);
  if (input.dir === undefined) return named;
  const target = await dirTarget(host, ground, input.dir);
  // The folder of a known agent is that agent's: otherwise its settings would be forgotten.
  const known = all.find(({ skill }) => pathOf(skill) === pathOf(target.skill)) ?? target;
  return named.includes(known) ? named : [...named, known];
}

async function dirTarget(host: Host, { scope, top }: Ground, dir: string): Promise<Target> {
  const from = (await host.files.real(host.cwd)) ?? host.cwd;
  const way = relative(top, resolve(scope === 'user' ? top : from, dir));
  const parts = way.split(sep).filter((part) => part !== '');
  if (isAbsolute(way) || parts[0] === '..') {
    throw new StropError({
      code: 'bad-request',
      problem: `this folder lies outside of ${scope === 'user' ? 'your home folder' : 'the project'}`,
      where: dir,
      remedy:
        scope === 'user'
          ? 'Name a folder below it.'
          : `Name a folder below ${top}, or give --user for one in your home folder.`,
    });
  }
  // A folder that is named after the skill is the skill's own.
  const skill = { base: top, parts: basename(way) === SKILL ? parts : [...parts, SKILL] };
  return { agent: 'dir', label: `the agent that reads ${dir}`, skill, config: undefined, notes: [] };
}
