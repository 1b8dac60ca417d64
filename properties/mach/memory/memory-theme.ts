import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawExceptional } from '#properties/mach/memory/draw-exceptions';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { drawPaging } from '#properties/mach/memory/draw-pagers';
import { drawSwapping } from '#properties/mach/memory/draw-swapping';
import { drawTransfer } from '#properties/mach/memory/draw-regions';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const threads = [[2, 1], [2, 2], [1, 1, 1], [3, 1]];
/** Handlers need threads that do not fail. */
const watched = [[3, 1], [2, 2], [2, 1, 1]];
const sizes = [{ pageSize: 2, pageCount: 5 }, { pageSize: 2, pageCount: 6 }, { pageSize: 4, pageCount: 4 }];

const draws = { copies: drawMemory, exceptions: drawExceptional, transfers: drawTransfer, paging: drawPaging, swapping: drawSwapping };
export type Topic = keyof typeof draws;
const topics: readonly Topic[] = [
  'copies', 'copies', 'copies', 'exceptions', 'exceptions', 'transfers', 'transfers', 'paging', 'paging', 'paging', 'paging', 'paging', 'swapping', 'swapping',
];

/** Runs about memory: address spaces and copies, threads that do what they may not, memory in messages, pagers, or memory that goes out. */
export function memoryTheme(random: Random, about: Topic = random.pick(topics)): Theme<MachState, MachCall> {
  const needsHandlers = about === 'exceptions' || about === 'paging' || about === 'swapping';
  const sized = { threads: random.pick(needsHandlers ? watched : threads), memory: random.pick(sizes) };
  const scope: MachScope = about === 'swapping' ? { ...sized, memory: { ...sized.memory, privileged: true } } : sized;
  return {
    scope: { ...scope },
    draw: draws[about],
  };
}
