// The whole idea on one screen: `npm run demo`. Part 1 is a campaign on the bundled sample project, from the baseline to
// the report; part 2 judges two published releases of a real package. Nothing of yours is touched. The exit code is not 0
// when anything goes otherwise than told.
import { tellLoop } from './demo/loop.mjs';
import { REAL, tellReleases } from './demo/releases.mjs';
import { heading, openStage, say } from './demo/stage.mjs';
import { prepare } from './prepare.mjs';
import { PINNED, findPythons, testVenv } from './pythons.mjs';

const stage = openStage();
try {
  await tell();
} catch (error) {
  console.error(`\nthe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  stage.close();
}

async function tell() {
  prepare();
  const newest = findPythons().at(-1);
  if (newest === undefined) throw new Error('no Python from 3.9 to 3.13 with the module venv was found');
  say('installing pytest and pytest-benchmark into an environment of the demo (once)');
  const { folder, python } = await testVenv(newest.version, [PINNED.pytest, PINNED.pytestBenchmark]);
  stage.env.VIRTUAL_ENV = folder;
  heading('1. A small project, made faster one proven step at a time');
  tellLoop(stage);
  heading(`2. A real package: ${REAL.name} ${REAL.old} and ${REAL.new}, as published`);
  end(tellReleases(stage, python));
}

function end(proven) {
  heading('Now your own project');
  if (proven !== undefined) {
    const percent = ((1 - proven.ratio) * 100).toFixed(0);
    console.log(
      `Proof of a real speedup: ${REAL.name} ${REAL.new} takes ${percent} % less time for it than ${REAL.old} did (${proven.pairs} pairs, ${proven.seconds.toFixed(1)} s).\n`,
    );
  }
  console.log(`  npm install --global .           gives you the command strop (from this folder)

  cd your/project
  strop                            where you are, and the one next command
  strop baseline                   what it costs now, on all benchmarks found
  strop profile -- python app.py   where the time goes
  strop step "What I changed"      faster, tests pass, same API? then it is logged
  strop compare                    only the measurement, of what you have changed since the last commit
`);
}
