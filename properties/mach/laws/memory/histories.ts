import type { MachScope } from '#model/mach/kernel';
import { runInPlace, type Kernel } from '#model/kernel';
import { copy } from '#model/copy';
import { BeyondScope } from '#model/operation';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Relation } from '#properties/obligation';
import { Eager } from '#properties/mach/laws/memory/eager';
import { drawHistory } from '#properties/mach/memory/draw-memory';
import { Random } from '#properties/random';

/** How many calls a history has. */
const LENGTH = 240;

/**
 * Long histories of one kernel, next to a memory that copies at once: after every call the two must hold the same
 * bytes at the same places, and every byte that is read must be the same.
 */
export const eagerRelation: Relation<MachState, MachCall> = {
  tries(kernel: Kernel<MachState, MachCall>, seed: number) {
    const random = Random.forRun(seed, LENGTH);
    const scope: MachScope = { threads: [2, 1], memory: { pageSize: 2, pageCount: 6 } };
    const state = kernel.boot(scope as never);
    const eager = Eager.of(state);
    for (let made = 0; made < LENGTH; made += 1) {
      const call = drawHistory(state, random);
      if (call === null) return { applied: made > 0, violations: [] };
      const before = copy(state);
      try {
        const outcome = runInPlace(kernel, state, call, (_kind, options) => random.pick(options));
        eager.apply({ ...outcome, before, call, after: state, kernel });
      } catch (error) {
        if (!(error instanceof BeyondScope)) throw error;
        return { applied: made > 0, violations: [] };
      }
      const found = eager.differences(state);
      if (found.length > 0) return { applied: true, violations: found.map(({ text }) => `after ${made + 1} calls ${text}`) };
    }
    return { applied: true, violations: [] };
  },
};
