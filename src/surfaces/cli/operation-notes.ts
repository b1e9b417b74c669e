import type { Effects, Operation } from '#operations';

/** What stands below the options in the help of an operation: what it does to the world, and examples. */
export function operationNotes(operation: Operation): string {
  const lines = ['', describeEffects(operation.effects)];
  if (operation.examples.length > 0) lines.push('', 'Examples:');
  for (const [command, purpose] of operation.examples) lines.push(`  ${command}`, `      ${purpose}`);
  return lines.join('\n');
}

function describeEffects(effects: Effects): string {
  const does = [
    effects.runsCode ? 'runs your code' : 'runs no code of yours',
    ...(effects.measures ? ['needs the machine for itself'] : []),
    effects.installs ? 'may install packages outside your project' : 'installs nothing',
    effects.edits ? 'creates or changes files of your project' : 'changes no file of your project',
  ];
  const sentence = does.join(', ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
