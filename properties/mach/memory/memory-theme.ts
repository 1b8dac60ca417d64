import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawExceptional } from '#properties/mach/memory/draw-exceptions';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const threads = [[2, 1], [2, 2], [1, 1, 1], [3, 1]];
/** Handlers need threads that do not fail. */
const watched = [[3, 1], [2, 2], [2, 1, 1]];
const sizes = [{ pageSize: 2, pageCount: 5 }, { pageSize: 2, pageCount: 6 }, { pageSize: 4, pageCount: 4 }];

/** Runs about memory: address spaces and copies, or threads that do what they may not. */
export function memoryTheme(random: Random): Theme<MachState, MachCall> {
  const isExceptional = random.once(4);
  const scope: MachScope = { threads: random.pick(isExceptional ? watched : threads), memory: random.pick(sizes) };
  return {
    scope: { ...scope },
    draw: (state, draws) => (isExceptional ? drawExceptional(state, draws) : drawMemory(state, draws)),
  };
}
