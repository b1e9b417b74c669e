// Reads every import below src/ and holds it against the rules made from architecture.mjs.
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { join } from 'node:path';
import configuration from '../.dependency-cruiser.mjs';

/**
 * @typedef {{ from: string, to: string, typeOnly: boolean }} Edge an import between files, paths from the root
 * @typedef {{ rule: string, comment: string, from: string, to: string }} Violation
 */

/**
 * @param {string} root folder of the repository
 * @returns {Promise<{ files: string[], edges: Edge[], violations: Violation[] }>} the files below src/, their imports,
 * and those that break a rule
 */
export async function cruiseSource(root) {
  const { options, forbidden } = configuration;
  const { output } = await cruise(
    ['src'],
    { ...options, baseDir: root, ruleSet: { forbidden, options }, validate: true },
    options.enhancedResolveOptions,
    { tsConfig: extractTSConfig(join(root, options.tsConfig.fileName)) },
  );
  const comments = new Map(forbidden.map(({ name, comment }) => [name, comment]));
  const files = output.modules.map(({ source }) => source).filter((source) => source.startsWith('src/'));
  return {
    files,
    edges: output.modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved, typeOnly }) => ({
        from: source,
        to: resolved,
        typeOnly: typeOnly === true,
      })),
    ),
    violations: output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      comment: comments.get(rule.name) ?? '',
      from,
      to,
    })),
  };
}
