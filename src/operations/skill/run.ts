import { StropError } from '#base';
import { unifiedDiff } from '../unified-diff.ts';
import type { Context } from '../operation.ts';
import { USUAL } from './agents.ts';
import type { Place, Target } from './agents.ts';
import { applyPlan } from './apply.ts';
import { allTargets, findGround, findUsed, namedTargets } from './choose.ts';
import type { Ground } from './choose.ts';
import { entryToPaste } from './config-file.ts';
import { lookAt, pathOf, showPlace } from './places.ts';
import { planInstall } from './plan-install.ts';
import { planRemoval } from './plan-remove.ts';
import { textOf } from './plan.ts';
import type { Change, Plan, Refusal } from './plan.ts';
import type { SkillInput, SkillResult } from './schema.ts';
import { readShippedSkill, tidyUp } from './skill-files.ts';
import { changeLines } from './text.ts';

type AgentState = SkillResult['agents'][number];

/** Does what was asked: everything is planned first, shown, agreed to, and only then written. */
export async function manageSkill(context: Context, input: SkillInput): Promise<SkillResult> {
  const { host } = context;
  const ground = await findGround(host, input.user);
  const targets = await chooseTargets(context, ground, input);
  const plans = await makePlans(context, ground, input, targets);
  const changes = plans.flatMap((plan) => plan.changes.map((change) => describeChange(change, plan, ground)));
  if (changes.length > 0 && !input.dryRun && !input.yes) await agree(context, ground, input, plans, changes);
  if (!input.dryRun) for (const plan of plans) await applyPlan(host, plan);
  const used = await findUsed(host, ground);
  const agents: AgentState[] = [];
  for (const target of targets) agents.push(await describeTarget(context, ground, target, used));
  return {
    kind: 'skill',
    version: 1,
    action: input.action,
    scope: ground.scope,
    folder: ground.top,
    dryRun: input.dryRun,
    agents,
    changes,
    kept: plans.flatMap(({ kept }) => kept.map(({ place, why }) => ({ path: show(place, ground), why }))),
    notes: input.action === 'install' ? await notesFor(context, ground, targets) : [],
  };
}

function show(place: Place, { top, home }: Ground): string {
  return showPlace(place, top, home);
}

/** Installing without a name is for the agents that are used; the other actions look at all. */
async function chooseTargets(
  { host }: Context,
  ground: Ground,
  input: SkillInput,
): Promise<readonly Target[]> {
  const named = await namedTargets(host, ground, input);
  if (named.length > 0) return named;
  const all = allTargets(host, ground);
  if (input.action !== 'install') return all;
  const used = await findUsed(host, ground);
  const found = all.filter(({ agent }) => agent !== 'dir' && used.has(agent));
  if (found.length > 0) return found;
  throw new StropError({
    code: 'bad-request',
    problem: `nothing in ${ground.scope === 'user' ? 'your home folder' : 'this project'} says which agent you use`,
    where: ground.top,
    remedy:
      'Say it: --claude, --cursor, --codex, --copilot (several are fine), or --dir with the folder of skills of another agent.',
  });
}

async function makePlans(
  { host }: Context,
  ground: Ground,
  { action }: SkillInput,
  targets: readonly Target[],
): Promise<readonly Plan[]> {
  if (action === 'list') return [];
  for (const { skill, config } of targets) await tidyUp(host, skill, config?.place);
  const plans: Plan[] = [];
  const refusals: Refusal[] = [];
  const shipped = action === 'install' ? await readShippedSkill(host) : undefined;
  for (const target of targets) {
    const plan =
      shipped === undefined ? await planRemoval(host, target) : await planInstall(host, target, shipped);
    if ('refusals' in plan) refusals.push(...plan.refusals);
    else plans.push(plan);
  }
  const [first, ...others] = refusals;
  if (first === undefined) return plans;
  throw new StropError({
    code: 'bad-request',
    problem: `nothing was written: ${first.problem}${others.length === 0 ? '' : `, and ${String(others.length)} more`}`,
    where: show(first.place, ground),
    remedy:
      'strop overwrites nothing that is not as it wrote it: move it away, or change it as shown below, and run the same command again.',
    detail: refusals
      .map(({ place, problem, detail }) => `${show(place, ground)}: ${problem}${detail ? `\n${detail}` : ''}`)
      .join('\n\n'),
  });
}

function describeChange(
  { place, before, after }: Change,
  { target }: Plan,
  ground: Ground,
): SkillResult['changes'][number] {
  const path = show(place, ground);
  const texts = [before, after].map((bytes) => (bytes === undefined ? '' : (textOf(bytes) ?? '')));
  const [was = '', now = ''] = texts;
  const whole = before === undefined || after === undefined;
  // The skill is strop's own text, and long: only what changes in it is shown.
  const brief = whole && place !== target.config?.place;
  return {
    path,
    action: before === undefined ? 'created' : after === undefined ? 'removed' : 'changed',
    lines: (now === '' ? was : now).split('\n').length - 1,
    diff: brief ? '' : unifiedDiff(path, was, now),
  };
}

async function agree(
  context: Context,
  ground: Ground,
  { action }: SkillInput,
  plans: readonly Plan[],
  changes: SkillResult['changes'],
): Promise<void> {
  const shows = changeLines(
    changes,
    plans.map(({ target }) => show(target.skill, ground)),
    true,
  );
  const working = plans.filter(({ changes: some }) => some.length > 0);
  const whom = working.map(({ target }) => target.label).join(', ');
  const answer = await context.confirm?.({
    shows,
    what: action === 'install' ? `install its skill for ${whom}` : `remove its skill from ${whom}`,
    why:
      action === 'install'
        ? 'the agent learns the method from the skill and runs strop as an MCP server'
        : 'you asked for it; what was changed since stays',
    size: `${String(changes.length)} ${changes.length === 1 ? 'file' : 'files'}, as shown above`,
    where: working.map(({ target }) => pathOf(target.skill)).join(', '),
  });
  if (answer === 'yes') return;
  throw new StropError({
    code: 'bad-request',
    problem:
      answer === 'no'
        ? 'nothing was written, as you said'
        : 'nothing was written: there is no terminal to ask at',
    remedy:
      answer === 'no'
        ? 'Say the same again when it may be written; --dry-run only shows what it would write.'
        : `Give --yes to \`strop skill ${action}\` to write without a question, or --dry-run to see what it would write.`,
    ...(answer === 'no' ? {} : { detail: shows.join('\n') }),
  });
}

async function describeTarget(
  { host }: Context,
  ground: Ground,
  target: Target,
  used: ReadonlySet<string>,
): Promise<AgentState> {
  const plan = await planInstall(host, target, await readShippedSkill(host));
  const there = (await lookAt(host, target.skill, 'folder')).kind !== 'missing';
  const known = 'refusals' in plan ? undefined : plan;
  return {
    agent: target.agent,
    label: target.label,
    used: target.agent === 'dir' || used.has(target.agent),
    skill: show(target.skill, ground),
    config: target.config === undefined ? null : show(target.config.place, ground),
    state:
      known === undefined
        ? 'changed'
        : known.changes.length === 0
          ? 'installed'
          : there && known.manifest.now !== undefined
            ? 'outdated'
            : 'not installed',
    why:
      'refusals' in plan
        ? plan.refusals.map(({ place, problem }) => `${show(place, ground)}: ${problem}`)
        : [],
  };
}

async function notesFor({ host }: Context, { scope }: Ground, targets: readonly Target[]): Promise<string[]> {
  const notes = targets.flatMap((target) => [...target.notes]);
  if (scope === 'project')
    notes.push(
      'Commit these files, or let git ignore them, before a step: it takes what is not committed for its change.',
    );
  if (targets.some(({ config }) => config === undefined)) {
    const text = entryToPaste({ format: 'json', ...USUAL });
    notes.push(`Where this agent keeps its MCP servers, strop does not know; most read this form:\n${text}`);
  }
  if ((await host.processes.find('strop')) === undefined)
    notes.push('Agents start the server as `strop`, which is not on the PATH here: install strop globally.');
  return notes;
}
