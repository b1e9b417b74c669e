import { posix } from 'node:path';

const DOCUMENT =
  /\.(md|markdown|rst|adoc)$|^(LICEN[CS]E|COPYING|NOTICE|AUTHORS|CHANGES|CHANGELOG|HISTORY|NEWS|README|CITATION)(\.(txt|cff))?$/i;
const HOUSEKEEPING =
  /^(\.gitignore|\.gitattributes|\.git-blame-ignore-revs|\.mailmap|\.editorconfig|\.pre-commit-config\.yaml|\.readthedocs\.ya?ml)$/;
const FOLDER = /^(docs?|documentation|changelog\.d)\//;

/**
 * Files beside the code: documentation (strop's own log among it) and housekeeping. They are no part of an optimisation.
 * `path` as the project sees it.
 */
export function isAside(path: string): boolean {
  const name = posix.basename(path);
  return DOCUMENT.test(name) || HOUSEKEEPING.test(name) || FOLDER.test(path);
}
