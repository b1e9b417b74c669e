import { randomBytes } from 'node:crypto';
import { CLIENT_CAPABILITIES_META_KEY, inputRequired, inputResponse } from '@modelcontextprotocol/server';
import type {
  ClientCapabilities,
  InputRequiredResult,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server';
import type { Consent, ConsentQuestion } from '#operations';
import { boundLines } from './bounded.ts';
import type { Called, Caller } from './call-tool.ts';
import { createProgress } from './progress.ts';

/** What the client answered in the rounds of one call so far. */
interface Round {
  readonly roots: readonly { readonly uri: string }[] | undefined;
  readonly consents: ReadonlyMap<string, Consent>;
  /** The question that is out now. */
  readonly asked: string | undefined;
}

/** Rounds of calls that wait for an answer, by a name that nobody can guess. */
export type Answers = Map<string, Round>;

/** Calls that wait for an answer at most; the oldest is forgotten and has to be asked again. */
const MOST_WAITING = 100;

const ROOTS = 'roots';
const CONSENT = 'consent';

/** What a call knows of its client, and what has to be done at its end. */
export function callerOf(
  server: McpServer,
  context: ServerContext,
  answers: Answers,
): { readonly caller: Caller; end(): void } {
  const round = readRound(context, answers);
  const can = capabilitiesOf(server, context);
  const progress = createProgress(context);
  return {
    end: progress.end,
    caller: {
      signal: context.mcpReq.signal,
      progress: progress.tell,
      roots: can.roots === undefined ? undefined : (round.roots ?? 'unasked'),
      consentTo(question) {
        const known = round.consents.get(question.what);
        if (known !== undefined) return known;
        return canElicit(can) ? 'unasked' : 'cannot-ask';
      },
    },
  };
}

function capabilitiesOf(server: McpServer, { mcpReq }: ServerContext): ClientCapabilities {
  // The older generation of the protocol tells it once for a connection, the newer with each request.
  const envelope = mcpReq.envelope as Readonly<Record<string, ClientCapabilities | undefined>> | undefined;
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities() ?? {};
}

/** A client that names no mode can show forms. */
function canElicit({ elicitation }: ClientCapabilities): boolean {
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || Object.keys(elicitation).length === 0;
}

function readRound({ mcpReq }: ServerContext, answers: Answers): Round {
  const before = answers.get(String(mcpReq.requestState() ?? ''));
  const { inputResponses } = mcpReq;
  const roots = inputResponse(inputResponses, ROOTS);
  const consents = new Map(before?.consents ?? []);
  const answered = inputResponse(inputResponses, CONSENT);
  if (before?.asked !== undefined && answered.kind === 'elicit')
    consents.set(
      before.asked,
      answered.action === 'accept' && answered.content?.['agree'] === true ? 'yes' : 'no',
    );
  return {
    roots: roots.kind === 'roots' ? roots.roots : before?.roots,
    consents,
    asked: undefined,
  };
}

/** The answer by which the client is asked; it makes the same call again with what it was told. */
export function askFor(
  called: Exclude<Called, { readonly kind: 'answer' }>,
  context: ServerContext,
  answers: Answers,
): InputRequiredResult {
  const round = readRound(context, answers);
  const state = randomBytes(16).toString('hex');
  for (const old of [...answers.keys()].slice(0, Math.max(0, answers.size - MOST_WAITING + 1)))
    answers.delete(old);
  if (called.kind === 'ask-roots') {
    answers.set(state, round);
    return inputRequired({ requestState: state, inputRequests: { [ROOTS]: inputRequired.listRoots() } });
  }
  const { question } = called;
  answers.set(state, { ...round, asked: question.what });
  return inputRequired({
    requestState: state,
    inputRequests: {
      [CONSENT]: inputRequired.elicit({ message: wordsOf(question), requestedSchema: AGREE }),
    },
  });
}

const AGREE = {
  type: 'object' as const,
  properties: { agree: { type: 'boolean' as const, title: 'Go ahead', default: false } },
  required: ['agree'],
};

/** Bytes of what would be written that are shown in a question. */
const MOST_SHOWN = 4_000;

function wordsOf({ what, why, size, where, shows = [] }: ConsentQuestion): string {
  const question = `strop would like to ${what}.\nWhy: ${why}.\nSize: ${size}.\nWhere: ${where}.`;
  if (shows.length === 0) return question;
  const { text, left } = boundLines(shows, MOST_SHOWN);
  return `${question}\n\n${text}${left > 0 ? `\n… ${String(left)} more lines` : ''}`;
}
