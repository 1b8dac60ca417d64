import type { Entry, MachState, Message } from '#model/mach/state';
import type { MachStep } from '#properties/mach/obligation';
import { once } from '#properties/mach/laws/ledger';

const taskFields = ['life', 'port', 'suspends', 'self', 'exception', 'bootstrap', 'registered'] as const;
const threadFields = ['life', 'task', 'port', 'suspends', 'self', 'exception', 'run'] as const;
const portFields = [
  'life', 'kernel', 'queueLimit', 'sequence', 'makeSend', 'sendRights', 'sendOnceRights', 'set', 'queue',
  'senders', 'receivers', 'noSenders', 'portDestroyed', 'stray',
] as const;
const setFields = ['life', 'receivers'] as const;

/**
 * Everything that is different after a step, in words: `T1.suspends`, `n3 of T1`, `p2.queue`, `new p7`.
 * When a message was queued is nobody's affair, nor is whether a dead name has been looked at.
 */
export const changes = once(({ before, after }): readonly string[] => {
  const found: string[] = [];
  rows(before, after, 'tasks', 'T', taskFields, found);
  rows(before, after, 'threads', 't', threadFields, found);
  rows(before, after, 'ports', 'p', portFields, found);
  rows(before, after, 'sets', 's', setFields, found);
  after.tasks.forEach(({ names }, task) => {
    const old = before.tasks[task]?.names ?? [];
    for (let name = 1; name < names.length; name += 1) {
      if (!sameEntry(old[name] ?? null, names[name]!)) found.push(`n${name} of T${task + 1}`);
    }
  });
  return found;
});

function rows<K extends 'tasks' | 'threads' | 'ports' | 'sets'>(
  before: MachState, after: MachState, table: K, letter: string,
  fields: readonly (keyof MachState[K][number])[], found: string[],
): void {
  after[table].forEach((row, index) => {
    const old = before[table][index];
    if (old === undefined) found.push(`new ${letter}${index + 1}`);
    else {
      for (const field of fields) {
        if (!same(old[field as keyof typeof old], row[field as keyof typeof row])) {
          found.push(`${letter}${index + 1}.${String(field)}`);
        }
      }
    }
  });
}

/** What a step changed besides what it may change: allowed are exact words, or all that a pattern fits. */
export const besides = (step: MachStep, ...allowed: readonly (string | RegExp)[]): readonly string[] =>
  changes(step).filter((change) => !allowed.some((one) => (typeof one === 'string' ? one === change : one.test(change))))
    .map((change) => `${change} changed as well`);

/** Equal but for what no law speaks of. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(a, leaveOut) === JSON.stringify(b, leaveOut);
}

const unspoken = new Set(['moment', 'arrival', 'untouched']);
const leaveOut = (key: string, value: unknown): unknown => (unspoken.has(key) ? undefined : value);

export const sameEntry = (a: Entry | null, b: Entry | null): boolean => same(a, b);

export const sameMessages = (a: readonly Message[], b: readonly Message[]): boolean =>
  a.length === b.length && a.every((message, at) => same(message, b[at]));
