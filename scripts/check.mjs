// Everything that is checked before a commit; exit code 1 when something is wrong. `npm run check [name ...]`
import { CHECKS, runChecks } from './checks.mjs';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${CHECKS.map(([name]) => name).join(', ')}`);
  process.exit(2);
}
const outcomes = await runChecks(CHECKS.filter(([name]) => wanted.length === 0 || wanted.includes(name)));
process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
