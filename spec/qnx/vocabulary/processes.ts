import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { bytes, none, type Leaves } from '#spec/qnx/vocabulary/leaves';

export function processVocabulary({ process, givenPid }: Leaves) {
  const by = { thread: process() };
  return {
    getpid: { takes: z.object(by), returns: z.object({ pid: givenPid(), parent: givenPid() }), raises: [] },
    fork: {
      /** `child`: what the harness calls the new process from now on. */
      takes: z.object({ ...by, child: process() }),
      returns: z.object({ pid: givenPid() }),
      raises: ['EAGAIN'],
    },
    _exit: { takes: z.object({ ...by, status: z.int().min(0).max(255) }), returns: none, raises: [] },
    /** The caller writes to its own memory. `SIGSEGV` is no error but what a handler of the caller saw. */
    store: { takes: z.object({ ...by, at: z.int().min(0).max(0xffff), bytes: bytes() }), returns: none, raises: [], spoils: { SIGSEGV: none } },
    /** The caller reads its own memory. */
    load: {
      takes: z.object({ ...by, at: z.int().min(0).max(0xffff), length: z.int().min(0).max(0xffff) }),
      returns: z.object({ bytes: bytes() }),
      raises: [],
      spoils: { SIGSEGV: none },
    },
  } as const satisfies Vocabulary;
}
