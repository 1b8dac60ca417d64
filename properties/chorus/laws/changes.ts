import type { ChorusState } from '#model/chorus/state';
import { once } from '#properties/chorus/facts';
import { sentIn } from '#properties/chorus/laws/sent';
import type { ChorusStep } from '#properties/chorus/obligation';

const tables = [
  ['sites', 'S'], ['actors', 'A'], ['threads', 't'], ['ports', 'p'], ['groups', 'g'], ['transactions', 'x'],
] as const;

/** Everything that is different after a step, in words: `A1.stopped`, `p2.queue`, `new t3`, `network`. */
export const changes = once((step): readonly string[] => {
  const { before, after } = step;
  const found: string[] = [];
  for (const [table, letter] of tables) rows(before, after, table, letter, found);
  if (!same(before.network, after.network)) found.push('network');
  if (!same(before.objects, after.objects)) found.push(movesBodies(step) ? BODIES : 'memory');
  if (!same(before.apart, after.apart)) found.push('links');
  return found;
});

/** Bodies of messages come and go with what has them, and memory with them: laws about copies say how. */
const BODIES = 'bodies';

const movesBodies = (step: ChorusStep): boolean =>
  !same(parcelsIn(step.before), parcelsIn(step.after)) || sentIn(step).some(({ call }) => typeof call.body !== 'string');

const parcelsIn = ({ objects }: ChorusState): readonly number[] => objects.flatMap(({ life, parcel }, id) => (life === 'live' && parcel ? [id] : []));

type Table = (typeof tables)[number][0];

function rows(before: ChorusState, after: ChorusState, table: Table, letter: string, found: string[]): void {
  after[table].forEach((row, index) => {
    const old = before[table][index] as Readonly<Record<string, unknown>> | undefined;
    if (old === undefined) found.push(`new ${letter}${index + 1}`);
    else for (const [field, value] of Object.entries(row)) if (!isProcessor(letter, field) && !same(old[field], value)) found.push(`${letter}${index + 1}.${field}`);
  });
}

/** Who runs, and where ports are believed to be, follows from all else, and laws of its own say how. */
const isProcessor = (letter: string, field: string): boolean =>
  (letter === 'S' && (field === 'running' || field === 'queue' || field === 'beliefs')) || (letter === 't' && field === 'used');

/** What a step changed besides what it may change: allowed are exact words, or all that a pattern fits. */
export const besides = (step: ChorusStep, ...allowed: readonly (string | RegExp)[]): readonly string[] =>
  changes(step).filter((change) => change !== BODIES && !allowed.some((one) => (typeof one === 'string' ? one === change : one.test(change))))
    .map((change) => `${change} changed as well`);

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
