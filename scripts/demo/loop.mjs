// Part 1: one campaign on the bundled sample project, from the first look to the text of a pull request.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';
import { commitAll, expect, git, newestDocument, openProject, say, strop } from './stage.mjs';

const FIXTURES = join(ROOT, 'fixtures', 'projects');
const BENCHMARKS = 'benchmarks/test_performance.py';
const DAY = `${BENCHMARKS}::TestDay::test_settle_a_day`;
const READ = `${BENCHMARKS}::TestIngest::test_read_csv`;
const MEDIANS = `${BENCHMARKS}::TestAggregate::test_price_range`;

/** Tells the whole loop, or what is left of it where griffe cannot be installed. */
export function tellLoop(stage) {
  const project = openProject(stage, 'orders');
  cpSync(join(FIXTURES, 'orders'), project, { recursive: true });
  commitAll(stage, project, 'The order desk as it is');

  say('First: what is this, and with which interpreter will it run?');
  strop(stage, project, ['inspect'], { lines: 22 });
  const whole = installGriffe(stage, project);

  say(
    'Before anything changes: what does it cost now? Reading the lines of a day and settling it are enough here.',
  );
  strop(stage, project, ['baseline', '--workload', DAY, '--workload', READ, '--pairs', '4']);
  say('Then: where does the time of a day go?');
  profile(stage, project);

  if (whole) tellSteps(stage, project);
  else compareInstead(stage, project);
}

/** The public API is compared with griffe, which comes from a registry. False where that cannot be reached. */
function installGriffe(stage, project) {
  say(
    'Later the public API of both sides is compared; that needs griffe, in a folder of strop, not of the project.',
  );
  const status = strop(stage, project, ['tools', 'install', 'griffe', '--yes'], { codes: [0, 2] });
  if (status === 0) return true;
  say('It cannot be fetched. The demo goes on without what needs it: step, log, check and report.');
  return false;
}

function tellSteps(stage, project) {
  expect(hottest(stage), ['drop_repeats'], 'the first function of the profile');
  say(
    'Dropping repeats stands first. Change 1 does it in one line with a dict: shorter, and much faster. Tempting.',
  );
  const wrong = refused(stage, project, '40-repeats-through-a-plain-set.patch', 'Drop repeats in one line', [
    '--workload',
    DAY,
  ]);
  expect(failedGate(wrong), ['tests'], 'the gate that refuses it');
  say(
    'It keeps the last of two equal lines where the first has to stay: a test says so, and it is taken back.',
  );

  say('Change 2 keeps the loop, and looks the lines up in a set instead of a list.');
  accepted(stage, project, '01-repeats-in-a-set.patch', 'Look seen lines up in a set');

  say('What is dear now?');
  profile(stage, project);
  expect(hottest(stage), ['reconcile'], 'the first function of the profile');
  say('Reconciling: it searches all payments for each order. Change 3 adds them up once.');
  accepted(stage, project, '03-payments-by-order.patch', 'Add up the payments of each order once');

  say('Change 4 looks like an optimisation: a set for the names of the columns. Does it matter?');
  const vain = refused(stage, project, '22-hoist-in-the-parser.patch', 'Check the columns against a set', [
    '--workload',
    READ,
    '--margin',
    '3%',
    '--budget',
    '20s',
  ]);
  expect(failedGate(vain), [undefined], 'the gate that refuses it');
  say(
    vain.outcome === 'rejected'
      ? 'It does not: less than 3 % either way, proven. It is taken back.'
      : 'This machine is too busy to prove within 20 s that it does not; strop says so and accepts nothing. It is taken back.',
  );

  say('Some ideas make it worse: numbers in an array are packed like in C. Only a look, without a step:');
  apply(stage, project, '32-array-for-medians.patch');
  strop(stage, project, ['compare', '--workload', MEDIANS, '--budget', '20s'], { codes: [1] });
  expect(newestDocument(stage, 'comparisons').verdict, ['slower'], 'the verdict');
  git(stage, project, 'checkout', '--quiet', '.');
  say('Each number has to become an object again when it is read. Taken back, too.');

  say(
    'What came of it? The start is measured against now, since products of steps can lie; the log is written anew.',
  );
  strop(stage, project, ['log', '--direct', '--write', '--budget', '15s']);
  say('Does the campaign hold against the checklist? Exit code 0 only if every line does: a gate for CI.');
  strop(stage, project, ['check']);
  say('And the text for the pull request:');
  strop(stage, project, ['report'], { lines: 12 });
  say('In git: two commits, one change each, with the numbers in their messages.');
  console.log(git(stage, project, 'log', '--stat', '--format=%n%h %s', '-2').trim());
}

function compareInstead(stage, project) {
  say('Dropping repeats stands first. Change 2 of the story looks the lines up in a set instead of a list.');
  apply(stage, project, '01-repeats-in-a-set.patch');
  strop(stage, project, ['compare', '--workload', DAY]);
  expect(newestDocument(stage, 'comparisons').verdict, ['faster'], 'the verdict');
}

function profile(stage, project) {
  strop(stage, project, ['profile', DAY, '--top', '3']);
}

/** The function that the newest profile names first. */
function hottest(stage) {
  return newestDocument(stage, 'profiles').functions[0]?.function;
}

function accepted(stage, project, patch, title) {
  apply(stage, project, patch);
  strop(stage, project, ['step', title, '--workload', DAY, '--budget', '40s', '--commit', '--yes']);
}

/** A step that must not be accepted, taken back afterwards; answers with its record. */
function refused(stage, project, patch, title, options) {
  apply(stage, project, patch);
  const undecidedToo = options.includes('--margin');
  strop(stage, project, ['step', title, ...options, '--commit', '--yes'], {
    codes: undecidedToo ? [1, 3] : [1],
  });
  git(stage, project, 'checkout', '--quiet', '.');
  return newestDocument(stage, 'steps');
}

function failedGate({ gates }) {
  return gates.find(({ outcome }) => outcome === 'failed')?.gate;
}

function apply(stage, project, patch) {
  git(stage, project, 'apply', join(FIXTURES, 'orders.patches', patch));
}
