import { declareOperation } from '../operation.ts';
import { manageSkill } from './run.ts';
import { input, result } from './schema.ts';
import type { SkillInput, SkillResult } from './schema.ts';
import { skillText } from './text.ts';

/** `strop skill`. */
export const operation = declareOperation<SkillInput, SkillResult>({
  name: 'skill',
  summary: 'Give your coding agent the method: install the skill and the MCP server',
  description:
    'Writes the skill that comes with strop, and the entry that starts `strop mcp`, to where Claude Code, Cursor, Codex and ' +
    'GitHub Copilot look for them: in the project, or with --user in your home folder. Without a flag for an agent it takes those ' +
    'that the project shows signs of. Settings are added to, never replaced: other entries and comments stay as they are. What ' +
    'would be written is shown first, and strop asks; --yes answers beforehand. Nothing is overwritten that strop did not write ' +
    'or that was changed since. A later strop updates its own files; `remove` puts everything back as it was.',
  examples: [
    ['strop skill', 'what is installed where'],
    ['strop skill install', 'for the agents that this project shows signs of'],
    ['strop skill install --claude --codex --yes', 'for two agents, without a question'],
    ['strop skill install --cursor --dry-run', 'only show what would be written'],
    ['strop skill install --copilot --user', 'for all your projects'],
    ['strop skill install --dir .agent/skills', 'for an agent that strop does not know'],
    ['strop skill remove', 'take away what strop wrote'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: true },
  input,
  result,
  positionals: ['action'],
  run: manageSkill,
  text: skillText,
  exitCode: ({ action, kept }) => (action === 'remove' && kept.length > 0 ? 1 : 0),
});
