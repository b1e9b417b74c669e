import { isAbsolute } from 'node:path';

/** The agents whose places strop knows. */
export const AGENTS = ['claude', 'cursor', 'codex', 'copilot'] as const;
/** See {@link AGENTS}. */
export type AgentName = (typeof AGENTS)[number];

/** Where everything goes: into the project, or into the user's home for all projects. */
export type Scope = 'project' | 'user';

/** A place below a folder that is not searched for links: the project, the home, or what a variable names. */
export interface Place {
  readonly base: string;
  readonly parts: readonly string[];
}

/** The file in which an agent keeps its MCP servers. */
export interface ConfigPlace {
  readonly place: Place;
  readonly format: 'json' | 'toml';
  /** The table that maps names of servers to entries. */
  readonly table: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** One agent, or one folder of skills, to be served. */
export interface Target {
  readonly agent: AgentName | 'dir';
  /** `Claude Code`. */
  readonly label: string;
  /** The folder of the skill itself. */
  readonly skill: Place;
  /** Missing where only a folder of skills was named. */
  readonly config: ConfigPlace | undefined;
  /** What the user should know about this agent. */
  readonly notes: readonly string[];
}

/** The skill's name, which is also that of its folder, as the Agent Skills specification wants. */
export const SKILL = 'strop';

const COMMAND = { command: 'strop', args: ['mcp'] } as const;
const STDIO = { type: 'stdio', ...COMMAND };
/** Codex ends a call after a minute by itself, and a measurement takes longer. */
const CODEX = { ...COMMAND, tool_timeout_sec: 3600 };
/** The command line of Copilot calls a program of this machine `local` and offers no tool that is not named. */
const COPILOT = { type: 'local', ...COMMAND, tools: ['*'] };

/** What an entry looks like for an agent that strop does not know: the form that most share. */
export const USUAL = { table: 'mcpServers', entry: STDIO } as const;

interface AgentFacts {
  readonly label: string;
  /** Signs of use, in the project and at home. */
  readonly signs: Readonly<Record<Scope, readonly string[]>>;
  target(
    place: (path: string) => Place,
    scope: Scope,
    variable: (name: string) => string | undefined,
  ): Pick<Target, 'skill' | 'config' | 'notes'>;
}

function below(folder: string | undefined, path: string, otherwise: Place): Place {
  return folder === undefined ? otherwise : { base: folder, parts: path.split('/') };
}

/*
 * Looked up in November 2026: code.claude.com/docs/en/skills and /mcp, cursor.com/docs/context/skills and /mcp,
 * developers.openai.com/codex/skills and /mcp, docs.github.com/en/copilot/concepts/customizations/agent-skills,
 * code.visualstudio.com/docs/agents/reference/mcp-configuration.
 */
const FACTS: Readonly<Record<AgentName, AgentFacts>> = {
  claude: {
    label: 'Claude Code',
    signs: { project: ['.claude', '.mcp.json', 'CLAUDE.md'], user: ['.claude', '.claude.json'] },
    target(place, scope, variable) {
      const folder = scope === 'user' ? variable('CLAUDE_CONFIG_DIR') : undefined;
      const file =
        scope === 'user' ? below(folder, '.claude.json', place('.claude.json')) : place('.mcp.json');
      return {
        skill: below(folder, `skills/${SKILL}`, place(`.claude/skills/${SKILL}`)),
        config: { place: file, format: 'json', table: 'mcpServers', entry: STDIO },
        notes: scope === 'user' ? [] : ['Claude Code asks once before it starts a server of .mcp.json.'],
      };
    },
  },
  cursor: {
    label: 'Cursor',
    signs: { project: ['.cursor', '.cursorrules'], user: ['.cursor'] },
    target: (place) => ({
      skill: place(`.cursor/skills/${SKILL}`),
      config: { place: place('.cursor/mcp.json'), format: 'json', table: 'mcpServers', entry: STDIO },
      notes: ['Cursor starts a new server only after it was switched on in its settings, under MCP.'],
    }),
  },
  codex: {
    label: 'Codex',
    signs: { project: ['.codex'], user: ['.codex'] },
    target(place, scope, variable) {
      const folder = scope === 'user' ? variable('CODEX_HOME') : undefined;
      const file = below(folder, 'config.toml', place('.codex/config.toml'));
      return {
        skill: place(`.agents/skills/${SKILL}`),
        config: { place: file, format: 'toml', table: 'mcp_servers', entry: CODEX },
        notes: scope === 'user' ? [] : ['Codex reads .codex/config.toml only in projects that it trusts.'],
      };
    },
  },
  copilot: {
    label: 'GitHub Copilot',
    signs: {
      project: [
        '.github/copilot-instructions.md',
        '.github/skills',
        '.github/instructions',
        '.github/prompts',
        '.vscode/mcp.json',
      ],
      user: ['.copilot'],
    },
    target(place, scope, variable) {
      if (scope === 'project') {
        return {
          skill: place(`.github/skills/${SKILL}`),
          config: { place: place('.vscode/mcp.json'), format: 'json', table: 'servers', entry: STDIO },
          notes: [
            'VS Code reads .vscode/mcp.json; the command line of Copilot reads .mcp.json, which --claude writes.',
          ],
        };
      }
      const folder = variable('COPILOT_HOME');
      const file = below(folder, 'mcp-config.json', place('.copilot/mcp-config.json'));
      return {
        skill: below(folder, `skills/${SKILL}`, place(`.copilot/skills/${SKILL}`)),
        config: { place: file, format: 'json', table: 'mcpServers', entry: COPILOT },
        notes: [],
      };
    },
  },
};

/** Files and folders whose being there says that the agent is used; relative to the project or the home. */
export function signsOf(agent: AgentName, scope: Scope): readonly string[] {
  return FACTS[agent].signs[scope];
}

/** The places of one agent. `base` is the project or the home. */
export function targetOf(
  agent: AgentName,
  scope: Scope,
  base: string,
  env: Readonly<Record<string, string | undefined>>,
): Target {
  const place = (path: string): Place => ({ base, parts: path.split('/') });
  const variable = (name: string): string | undefined => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const { label, target } = FACTS[agent];
  return { agent, label, ...target(place, scope, variable) };
}
