import { StropError } from '#base';

/** What one side is to be: a commit by any name that git understands, or the working tree as it is now. */
export type RevisionRequest =
  { readonly kind: 'commit'; readonly name: string } | { readonly kind: 'working-tree' };

/** Which two states are to be compared: A is the old one, B the new one. */
export interface SideRequests {
  readonly a: RevisionRequest;
  readonly b: RevisionRequest;
}

function refuse(text: string, problem: string, remedy: string): StropError {
  return new StropError({ code: 'bad-request', problem, where: text, remedy });
}

function commit(text: string, name: string): RevisionRequest {
  // A name that git would read as an option must never reach it.
  if (name.startsWith('-')) {
    throw refuse(
      text,
      `a revision cannot start with "-"`,
      'Name a branch, a tag or a hash, and put options of strop before it.',
    );
  }
  for (const letter of name) {
    if (letter < ' ') {
      throw refuse(text, 'a revision cannot hold control characters', 'Name a branch, a tag or a hash.');
    }
  }
  return { kind: 'commit', name };
}

/**
 * Reads what the user typed: `A..B` compares two commits (an empty end means HEAD, as in git), `A` compares that commit
 * with the working tree, nothing compares HEAD with the working tree. Whether the names exist is found out later.
 * Fails with `bad-request` for `A...B`, for names that look like options and for more than one `..`.
 */
export function parseRevisions(text: string | undefined): SideRequests {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return { a: { kind: 'commit', name: 'HEAD' }, b: { kind: 'working-tree' } };
  const dots = trimmed.indexOf('..');
  if (dots === -1) return { a: commit(trimmed, trimmed), b: { kind: 'working-tree' } };
  const left = trimmed.slice(0, dots).trim();
  const right = trimmed.slice(dots + 2).trim();
  if (right.startsWith('.')) {
    const base = `$(git merge-base ${left === '' ? 'HEAD' : left} ${right.slice(1) === '' ? 'HEAD' : right.slice(1)})`;
    throw refuse(
      trimmed,
      'three dots do not name two revisions',
      `Write two dots (${left}..${right.slice(1)}), or ${base}..${right.slice(1)} to start from where the two parted.`,
    );
  }
  if (right.includes('..')) {
    throw refuse(trimmed, 'more than two revisions', 'Write A..B with one revision on each side.');
  }
  if (left === '' && right === '') {
    throw refuse(trimmed, 'no revision on either side', 'Write A..B with at least one revision.');
  }
  return {
    a: commit(trimmed, left === '' ? 'HEAD' : left),
    b: commit(trimmed, right === '' ? 'HEAD' : right),
  };
}
