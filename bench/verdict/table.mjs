// The runs of the benchmark as Markdown tables.
import { median } from './tools.mjs';

/** The value that nine of ten do not exceed. */
function ninth(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil(0.9 * sorted.length) - 1];
}

function span(values) {
  return values.length === 0 ? '–' : `${median(values).toFixed(1)}, ${ninth(values).toFixed(1)}`;
}

function share(runs, matches) {
  return runs.length === 0 ? '–' : `${runs.filter(matches).length}/${runs.length}`;
}

function isDecided(run) {
  return run.verdict === 'slower' || run.verdict === 'faster';
}

function isRight(run) {
  return run.verdict === run.truth;
}

function isWrongWay(run) {
  return isDecided(run) && run.truth !== 'same' && !isRight(run);
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

function table(head, rows) {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function unique(values) {
  return [...new Set(values)];
}

/** All tools and rules beside each other; seconds are those of the runs with the effect `timed`. */
export function compareTools(runs, kinds, effects, timed) {
  const positive = effects.filter((effect) => effect > 0);
  const names = unique(runs.map((run) => `${run.tool}, ${run.rule}`)).sort(byStropFirst);
  const rows = kinds.flatMap((kind) =>
    names.map((name) => {
      const own = runs.filter((run) => run.kind === kind.name && `${run.tool}, ${run.rule}` === name);
      const real = own.filter((run) => run.effect > 0);
      const last = own.filter((run) => run.effect === timed);
      return [
        kind.title,
        name,
        share(
          own.filter((run) => run.effect === 0),
          isDecided,
        ),
        ...positive.map((effect) =>
          share(
            own.filter((run) => run.effect === effect),
            isRight,
          ),
        ),
        share(real, isWrongWay),
        span(last.map((run) => run.seconds)),
        span(last.map((run) => run.wallSeconds)),
      ];
    }),
  );
  const head = [
    'workload',
    'tool, rule',
    'false positives (same code)',
    ...positive.map((effect) => `${effect} %: right`),
    'wrong way',
    `seconds to the verdict at ${timed} %: median, p90`,
    'whole command: median, p90',
  ];
  return table(head, rows);
}

function byStropFirst(left, right) {
  const rank = (name) => (name.startsWith('strop') ? 0 : 1);
  return rank(left) - rank(right) || left.localeCompare(right);
}

/** What strop needed, effect by effect. */
export function detailStrop(runs, kinds, effects) {
  const own = runs.filter((run) => run.pairs !== undefined);
  const rows = kinds.flatMap((kind) =>
    unique(own.map((run) => run.tool)).flatMap((tool) =>
      effects.map((effect) => {
        const cell = own.filter(
          (run) => run.tool === tool && run.kind === kind.name && run.effect === effect,
        );
        const counts = ['slower', 'faster', 'no difference', 'undecided'].flatMap((verdict) => {
          const count = cell.filter((run) => run.verdict === verdict).length;
          return count === 0 ? [] : [`${count} ${verdict}`];
        });
        const pairs = cell.map((run) => run.pairs);
        return [
          kind.title,
          tool,
          effect === 0 ? 'same code' : `${effect} %`,
          counts.join(', '),
          pairs.length === 0 ? '–' : `${median(pairs)}, ${ninth(pairs)}`,
          span(cell.map((run) => run.seconds)),
          span(cell.map((run) => run.wallSeconds)),
        ];
      }),
    ),
  );
  const columns = ['verdicts', 'pairs: median, p90', 'seconds: median, p90', 'whole command: median, p90'];
  return table(['workload', 'tool', 'effect', ...columns], rows);
}

/** What the effects really are. */
export function describeTruth(truths, kinds, label) {
  const rows = kinds.flatMap((kind) =>
    Object.entries(truths[kind.name]).flatMap(([name, truth]) => {
      const effect = label(name);
      if (effect === undefined) return [];
      const error = truth.standardError === null ? '' : ` ± ${(100 * truth.standardError).toFixed(1)}`;
      const bytecodes = truth.bytecodeRatio === null ? '–' : percent(truth.bytecodeRatio, 2);
      return [[kind.title, `${effect} %`, bytecodes, `${percent(truth.cpuRatio, 1)}${error}`]];
    }),
  );
  return table(['workload', 'effect', 'bytecodes', 'CPU time, %'], rows);
}

function percent(ratio, digits) {
  const value = (100 * (ratio - 1)).toFixed(digits);
  return value.startsWith('-') ? `−${value.slice(1)}` : `+${value}`;
}
