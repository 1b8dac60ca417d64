import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawCall, rows, sharing } from '#properties/mach/draw-call';
import { Scene } from '#properties/mach/scenes';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const threads = [[2, 2], [3, 3], [2, 2, 2], [4, 1], [1, 1, 1]];

/** Limits belong to the implementation: low ones make full queues and full counts ordinary. */
const limits: readonly MachScope['limits'][] = [
  {}, {}, { queueLimit: 1 }, { queueLimit: 1 }, { queueLimit: 2 }, { references: 4 }, { queueLimit: 1, references: 5 },
];

/**
 * A run has a character: some operations are frequent in it, some absent. Runs in which everything is
 * equally likely seldom get anywhere unusual. Half of them begin with a scene.
 */
export function machTheme(random: Random): Theme<MachState, MachCall> {
  const shares: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) {
    shares[operation] = weight * random.pick([0, 1, 2, 2, 4]);
  }
  for (const operation of ['mach_msg', 'mach_port_allocate', 'mach_port_insert_right']) {
    shares[operation] = Math.max(shares[operation]!, rows[operation]![0]);
  }
  const table = sharing(shares);
  const scope: MachScope = { threads: random.pick(threads), limits: random.pick(limits)! };
  const scene = random.once(2) ? new Scene(random, scope.threads.length) : null;
  return { scope: { ...scope }, draw: (state, draws) => scene?.next(state) ?? drawCall(state, draws, table) };
}
