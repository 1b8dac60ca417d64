import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { drawExceptional } from '#properties/mach/memory/draw-exceptions';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { drawPaging } from '#properties/mach/memory/draw-pagers';
import { drawTransfer } from '#properties/mach/memory/draw-regions';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const threads = [[2, 1], [2, 2], [1, 1, 1], [3, 1]];
/** Handlers need threads that do not fail. */
const watched = [[3, 1], [2, 2], [2, 1, 1]];
const sizes = [{ pageSize: 2, pageCount: 5 }, { pageSize: 2, pageCount: 6 }, { pageSize: 4, pageCount: 4 }];

const draws = { copies: drawMemory, exceptions: drawExceptional, transfers: drawTransfer, paging: drawPaging };
const topics = [
  'copies', 'copies', 'copies', 'exceptions', 'exceptions', 'transfers', 'transfers', 'paging', 'paging', 'paging', 'paging', 'paging',
] as const;

/** Runs about memory: address spaces and copies, threads that do what they may not, or memory in messages. */
export function memoryTheme(random: Random): Theme<MachState, MachCall> {
  const about = random.pick(topics);
  const scope: MachScope = { threads: random.pick(about === 'exceptions' || about === 'paging' ? watched : threads), memory: random.pick(sizes) };
  return {
    scope: { ...scope },
    draw: draws[about],
  };
}
