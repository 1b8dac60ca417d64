import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { none, type Leaves } from '#spec/qnx/vocabulary/leaves';

const address = () => z.int().min(0).max(0xffff);
const name = () => z.string().min(1).max(32);

/** Shared memory, the semaphores in it, and more memory of one's own. */
export function memoryVocabulary({ process }: Leaves) {
  const by = { thread: process() };
  return {
    /** Gives the caller more memory, behind what it has. */
    sbrk: { takes: z.object({ ...by, bytes: z.int().min(0).max(256) }), returns: z.object({ at: address() }), raises: ['ENOMEM'] },
    shm_open: {
      takes: z.object({ ...by, name: name(), create: z.boolean(), exclusive: z.boolean() }),
      returns: z.object({ fd: z.int().min(0) }),
      raises: ['ENOENT', 'EEXIST', 'EMFILE'],
    },
    shm_unlink: { takes: z.object({ ...by, name: name() }), returns: none, raises: ['ENOENT'] },
    /** Where the object lies in the caller's address space from now on: in the lowest window that is free. */
    mmap: { takes: z.object({ ...by, fd: z.int().min(0) }), returns: z.object({ at: address() }), raises: ['EBADF', 'ENOMEM'] },
    munmap: { takes: z.object({ ...by, at: address() }), returns: none, raises: ['EINVAL'] },
    sem_init: { takes: z.object({ ...by, at: address(), value: z.int().min(0).max(255) }), returns: none, raises: ['EINVAL', 'EBUSY'] },
    sem_wait: { takes: z.object({ ...by, at: address() }), returns: none, raises: ['EINVAL', 'EINTR'], blocks: true },
    sem_trywait: { takes: z.object({ ...by, at: address() }), returns: none, raises: ['EINVAL', 'EAGAIN'] },
    sem_post: { takes: z.object({ ...by, at: address() }), returns: none, raises: ['EINVAL'] },
    sem_destroy: { takes: z.object({ ...by, at: address() }), returns: none, raises: ['EINVAL', 'EBUSY'] },
  } as const satisfies Vocabulary;
}
