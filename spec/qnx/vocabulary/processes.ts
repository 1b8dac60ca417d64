import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { bytes, none, type Leaves } from '#spec/qnx/vocabulary/leaves';
import { farErrors } from '#spec/qnx/vocabulary/network';

/** What a file to be executed may turn out to be. */
export const images = ['program', 'missing', 'no program', 'too large'] as const;
export type Image = (typeof images)[number];

const small = () => z.int().min(0).max(255);

export function processVocabulary({ process, pid, givenPid }: Leaves) {
  const by = { thread: process() };
  const loading = ['ENOENT', 'ENOEXEC', 'ENOMEM'] as const;
  return {
    getpid: { takes: z.object(by), returns: z.object({ pid: givenPid(), parent: givenPid() }), raises: [] },
    fork: {
      /** `child`: what the harness calls the new process from now on. */
      takes: z.object({ ...by, child: process() }),
      returns: z.object({ pid: givenPid() }),
      raises: ['EAGAIN'],
    },
    /** Returns in the new image: to an observer, the process goes on. `closes`: descriptors that are not kept. */
    exec: {
      takes: z.object({ ...by, image: z.enum(images), environment: small().nullable(), closes: z.array(small()) }),
      returns: none,
      raises: loading,
    },
    spawn: {
      takes: z.object({
        ...by, child: process(), image: z.enum(images),
        /** What the child is to have of its own; null or false: what its parent has. */
        environment: small().nullable(),
        directory: small().nullable(),
        priority: z.int().min(0).max(31).nullable(),
        newGroup: z.boolean(),
        newSession: z.boolean(),
        closeFiles: z.boolean(),
        clearMask: z.boolean(),
        defaultSignals: z.boolean(),
        noZombie: z.boolean(),
      }),
      returns: z.object({ pid: givenPid() }),
      raises: [...loading, 'EAGAIN', 'EPERM'],
    },
    waitpid: {
      /** `pid` 0 waits for any child. */
      takes: z.object({ ...by, pid: pid(), noHang: z.boolean() }),
      /** `pid` is 0 if there is nothing to tell yet. */
      returns: z.object({ pid: givenPid(), status: small() }),
      raises: ['ECHILD', 'EINTR'],
      blocks: true,
    },
    _exit: { takes: z.object({ ...by, status: small() }), returns: none, raises: [] },
    chdir: { takes: z.object({ ...by, directory: small() }), returns: none, raises: [] },
    umask: { takes: z.object({ ...by, mask: small() }), returns: z.object({ mask: small() }), raises: [] },
    setsid: { takes: z.object(by), returns: z.object({ session: givenPid() }), raises: ['EPERM'] },
    /** What Proc says of a process. */
    qnx_psinfo: {
      takes: z.object({ ...by, pid: pid() }),
      returns: z.object({
        parent: givenPid(), group: givenPid(), session: givenPid(),
        directory: small(), umask: small(), environment: small(), user: z.int().min(0),
      }),
      raises: ['ESRCH'],
    },
    /** Binds a descriptor of the caller to a process: the lowest that is free. */
    qnx_fd_attach: { takes: z.object({ ...by, pid: pid() }), returns: z.object({ fd: small() }), raises: ['ESRCH', 'EMFILE'] },
    qnx_fd_detach: { takes: z.object({ ...by, fd: small() }), returns: none, raises: ['EBADF'] },
    qnx_name_attach: {
      takes: z.object({ ...by, name: z.string().min(1).max(64) }),
      returns: z.object({ id: z.int().min(1) }),
      raises: ['EBUSY', 'EAGAIN', 'EINVAL'],
    },
    qnx_name_detach: { takes: z.object({ ...by, id: z.int().min(0) }), returns: none, raises: ['EINVAL'] },
    /** A name that begins with `/` is looked for on all nodes, where there is a network manager; with `nid`, on that node alone. */
    qnx_name_locate: {
      takes: z.object({ ...by, name: z.string().min(1).max(64), nid: z.int().min(0).max(255).optional() }),
      returns: z.object({ pid: givenPid(), copies: z.int().min(0) }),
      raises: ['ENOENT', 'ESRCH', 'EAGAIN', 'EINVAL', 'ENOMEM', 'ENOVPE', 'EINTR', ...farErrors],
      blocks: true,
    },
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
