import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { none, part, type Leaves } from '#spec/qnx/vocabulary/leaves';
import { farErrors } from '#spec/qnx/vocabulary/network';

export function proxyVocabulary({ process, pid, givenPid }: Leaves) {
  const by = { thread: process() };
  return {
    qnx_proxy_attach: {
      takes: z.object({
        ...by,
        /** Whose proxy it is to be; 0: the caller's. */
        pid: pid(),
        data: part(),
        /** -1: whatever the owner's is. */
        priority: z.int().min(-1).max(31),
      }),
      returns: z.object({ proxy: givenPid() }),
      raises: ['EAGAIN', 'EINVAL', 'ESRCH', 'EFAULT'],
    },
    qnx_proxy_detach: { takes: z.object({ ...by, proxy: pid() }), returns: none, raises: ['EPERM', 'ESRCH'] },
    Trigger: {
      takes: z.object({ ...by, proxy: pid() }),
      /** The pid of the owner; 0 for one of another node. */
      returns: z.object({ pid: givenPid() }),
      raises: ['ESRCH', 'EAGAIN', ...farErrors],
    },
    /** An interrupt handler returns a proxy. */
    interrupt: { takes: z.object({ proxy: pid() }), returns: none, raises: [], spontaneous: true },
  } as const satisfies Vocabulary;
}
