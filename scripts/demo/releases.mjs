// Part 2: two published releases of a real package, as two commits of a repository.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, expect, newestDocument, openProject, say, strop } from './stage.mjs';

/** The package and the two releases that are compared. */
export const REAL = { name: 'packaging', old: '25.0', new: '26.0' };

const PIP = [
  ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1'],
  ...['--no-deps', '--no-compile'],
];

/** What was proven; undefined where the registry cannot be reached. */
export function tellReleases(stage, python) {
  const project = openProject(stage, REAL.name);
  for (const version of [REAL.old, REAL.new]) {
    for (const name of readdirSync(project))
      if (name !== '.git') rmSync(join(project, name), { recursive: true });
    const pip = spawnSync(python, [...PIP, '--target', project, `${REAL.name}==${version}`], {
      env: stage.env,
      encoding: 'utf8',
    });
    if (pip.status !== 0) {
      const why = (pip.stderr ?? '').trim().split('\n').at(-1);
      say(`pip cannot fetch it (${why}): without a network this part is skipped.`);
      return undefined;
    }
    commitAll(stage, project, `${REAL.name} ${version}`);
  }
  say('Each release is a commit. How much faster does the new one read version numbers?');
  strop(stage, project, [
    'compare',
    'HEAD~1..HEAD',
    '--setup',
    'from packaging.version import Version\ntexts = [f"{a}.{b}.{c}rc{a}" for a in range(4) for b in range(4) for c in range(4)]',
    '--stmt',
    'for text in texts: Version(text)',
  ]);
  const result = newestDocument(stage, 'comparisons');
  expect(result.verdict, ['faster'], 'the verdict');
  return result.workloads[0];
}
