// Prints each import that crosses a border, with the reason for the border. `npm run borders`
import { fileURLToPath } from 'node:url';
import { cruiseSource } from './cruise.mjs';

/** A cruise that read almost nothing found no violations either: that is no pass. */
const FEWEST_FILES = 20;

const { files, violations } = await cruiseSource(fileURLToPath(new URL('..', import.meta.url)));
for (const { rule, from, to, comment } of violations) {
  console.error(`${rule}: ${from}${to === from ? '' : ` -> ${to}`}\n  ${comment}\n`);
}
console.log(`${files.length} files, ${violations.length} imports across a border`);
if (files.length < FEWEST_FILES)
  console.error(`only ${files.length} files were read: the check itself is broken`);
process.exit(violations.length === 0 && files.length >= FEWEST_FILES ? 0 : 1);
