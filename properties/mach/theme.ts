import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawCall, rows, sharing } from '#properties/mach/draw-call';
import { callers } from '#properties/mach/draw';
import { memoryTheme } from '#properties/mach/memory/memory-theme';
import { Weaver } from '#properties/mach/motifs';
import { rareOpening } from '#properties/mach/rarities';
import { Scene } from '#properties/mach/scenes';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const threads = [[2, 2], [3, 3], [2, 2, 2], [4, 1], [1, 1, 1]];

/** Limits belong to the implementation: low ones make full queues and full counts ordinary. */
const limits: readonly MachScope['limits'][] = [
  {}, {}, { queueLimit: 1 }, { queueLimit: 1 }, { queueLimit: 2 }, { references: 4 }, { queueLimit: 1, references: 5 },
];

/** One in so many runs is about memory. It leaves the draws of the others as they are. */
const MEMORY = 3;

/** One in so many of the others opens with what is rare. */
const RARE = 3;

/** What ends a run early, or leaves threads to themselves, is rare in runs that are to go deep. */
const disturbing = ['task_terminate', 'task_suspend', 'thread_suspend', 'thread_terminate'];

/**
 * A run has a character: some operations are frequent in it, some absent. Runs in which everything is
 * equally likely seldom get anywhere unusual. Half of them begin with a scene, some with an opening for what
 * is rare.
 */
export function machTheme(random: Random): Theme<MachState, MachCall> {
  const aside = random.aside();
  if (aside.once(MEMORY)) return memoryTheme(aside);
  const rare = aside.once(RARE) ? rareOpening(aside) : null;
  const scope: MachScope = { threads: random.pick(threads), limits: random.pick(limits)! };
  const scene = random.once(2) ? new Scene(random, scope.threads.length) : null;
  const draw = drawing(random, random.pick([0, 2, 4]));
  return { scope: { ...scope }, draw: (state, draws) => rare?.(state) ?? scene?.next(state) ?? draw(state, draws) };
}

/** Calls of motifs, with one in so many drawn at large; 0: all of them. */
export function drawing(random: Random, atLarge: number): Theme<MachState, MachCall>['draw'] {
  const table = sharing(shares(random, atLarge > 0));
  let weaver: Weaver | null = null;
  return (state, draws) => {
    if (atLarge === 0 || draws.once(atLarge) || callers(state).length === 0) return drawCall(state, draws, table);
    weaver ??= new Weaver(state, draws);
    return weaver.next(state) ?? drawCall(state, draws, table);
  };
}

function shares(random: Random, deep: boolean): Record<string, number> {
  const table: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) table[operation] = weight * random.pick([0, 1, 2, 2, 4]);
  for (const operation of ['mach_msg', 'mach_port_allocate', 'mach_port_insert_right']) {
    table[operation] = Math.max(table[operation]!, rows[operation]![0]);
  }
  if (deep) for (const operation of disturbing) if (!random.once(4)) table[operation] = 0;
  return table;
}
