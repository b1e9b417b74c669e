import type { BaselineDocument } from '#store';
import { quoteWord } from './shell-words.ts';

/** The words after `strop profile` for a workload that was measured; undefined for one that it takes otherwise. */
export function profilable(
  workload: Pick<BaselineDocument['workloads'][number], 'kind' | 'id'> | undefined,
): string | undefined {
  switch (workload?.kind) {
    case 'pytest':
    case 'callable':
    case 'asv':
      return quoteWord(workload.id);
    case 'command':
    case 'statement':
    case undefined:
      return undefined;
  }
}

/**
 * The same for a workload of which only the id is known: a test (`tests/test_a.py::test_b`) or a function (`shop.cart:total([1])`) is
 * told from a statement or a command by its form.
 */
export function profilableId(id: string): string | undefined {
  return /^[\w./-]+\.py::\S|^[\w.]+:[\w.]+(\(.*\))?$/u.test(id) ? quoteWord(id) : undefined;
}
