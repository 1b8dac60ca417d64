import type { QnxScope } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { drawCall, rows, sharing } from '#properties/qnx/draw-call';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const priorities = [[10, 10], [10, 10, 10], [5, 10, 20], [20, 10, 10, 5], [10, 12, 10, 8]];

/** Limits belong to the implementation: low ones make full tables and counts ordinary. */
const limits: readonly NonNullable<QnxScope['limits']>[] = [
  {}, { parts: 2 }, { parts: 3, triggers: 2 }, { triggers: 1, proxyData: 4 }, { processTable: 4, parts: 2 },
];

/** What ends a run early, or leaves processes to themselves, is rare in most runs. */
const disturbing = ['_exit', 'kill', 'sigaction', 'sigprocmask', 'qnx_pflags', 'fork'];

/** A run has a character: some operations are frequent in it, some absent. */
export function qnxTheme(random: Random): Theme<QnxState, QnxCall> {
  const scope: QnxScope = {
    priorities: random.pick(priorities), limits: random.pick(limits),
    ...(random.once(3) ? { users: [0, 100, 100, 101] } : {}),
  };
  const shares = sharing(weights(random));
  return { scope: { ...scope }, draw: (state, draws) => drawCall(state, draws, shares) };
}

/** What other implementations are asked: the limits that real kernels have, and all processes of one user. */
export function conformanceTheme(random: Random): Theme<QnxState, QnxCall> {
  const shares = sharing(weights(random));
  const scope: QnxScope = { priorities: Array.from({ length: 2 + random.below(3) }, () => 10) };
  return { scope: { ...scope }, draw: (state, draws) => drawCall(state, draws, shares) };
}

function weights(random: Random): Record<string, number> {
  const calm = random.once(2);
  const table: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) table[operation] = weight * random.pick([0, 1, 2, 2, 4]);
  if (calm) for (const operation of disturbing) table[operation] = 0;
  for (const operation of ['Send', 'Receive', 'Reply', 'store'] as const) table[operation] = Math.max(table[operation]!, rows[operation][0]);
  return table;
}
