import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { none, type Leaves } from '#spec/qnx/vocabulary/leaves';

export const policies = ['fifo', 'round-robin', 'adaptive'] as const;
export type Policy = (typeof policies)[number];

const level = () => z.int().min(-1).max(255);

/** Priorities, policies, and time. In scopes that leave scheduling out there are no ticks and no dispatches. */
export function schedulingVocabulary({ process, pid }: Leaves) {
  const by = { thread: process() };
  /** `pid` 0 is the caller. */
  const about = { ...by, pid: pid() };
  return {
    getprio: { takes: z.object(about), returns: z.object({ priority: level() }), raises: ['ESRCH'] },
    setprio: { takes: z.object({ ...about, priority: level() }), returns: z.object({ priority: level() }), raises: ['ESRCH', 'EINVAL', 'EPERM'] },
    sched_getscheduler: { takes: z.object(about), returns: z.object({ policy: z.enum(policies) }), raises: ['ESRCH'] },
    sched_setscheduler: {
      takes: z.object({ ...about, policy: z.enum([...policies, 'other']), priority: level() }),
      returns: z.object({ policy: z.enum(policies) }),
      raises: ['ESRCH', 'EINVAL', 'EPERM'],
    },
    /** The caller lets its equals go first. */
    Yield: { takes: z.object(by), returns: none, raises: [] },
    /** The clock: the running process has used a part of its slice. */
    tick: { takes: z.object({}), returns: none, raises: [], spontaneous: true },
    /** The kernel gives the processor to whoever is to have it. */
    dispatch: { takes: z.object({}), returns: none, raises: [], spontaneous: true },
  } as const satisfies Vocabulary;
}
