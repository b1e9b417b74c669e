import { declareOperation } from '../operation.ts';
import { manageTools } from './run.ts';
import { input, result } from './schema.ts';
import type { ToolsInput, ToolsResult } from './schema.ts';
import { toolsText } from './text.ts';

/** `strop tools`. */
export const operation = declareOperation<ToolsInput, ToolsResult>({
  name: 'tools',
  summary: 'List, install, update or remove the Python tools that strop uses',
  description:
    'strop keeps the tools that it needs (griffe, profilers) in a folder of its own, for each minor version of Python, in the ' +
    "release that it was tried with. The project's environment and lock file are never touched. Before anything is installed " +
    'strop asks; --yes answers beforehand, for scripts. Index, proxy and certificates are those of your pip settings.',
  examples: [
    ['strop tools', 'what there is, what strop wants it for, how large it is'],
    ['strop tools install griffe --yes', 'install without a question'],
    ['strop tools update', 'bring what is installed to the releases that this strop wants'],
    ['strop tools remove memray', 'remove it for every Python (for one: --python 3.12)'],
  ],
  effects: { runsCode: false, measures: false, installs: true, edits: false },
  input,
  result,
  positionals: ['action', 'names'],
  run: manageTools,
  text: toolsText,
  exitCode: () => 0,
});
