import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { none, type Leaves } from '#spec/qnx/vocabulary/leaves';
import { farErrors } from '#spec/qnx/vocabulary/network';

/** Signals of each kind there is: that end a process, are ignored, stop and continue it, and what no one can catch. */
export const signals = [
  'SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGSEGV', 'SIGCHLD', 'SIGSTOP', 'SIGCONT', 'SIGKILL',
] as const;
export type Signal = (typeof signals)[number];

/** What a process may do about a signal. */
export const actions = ['default', 'ignore', 'catch'] as const;
export type Action = (typeof actions)[number];

/** `qnx_pflags`, those that a process may set. */
export const processFlags = [
  'PRIORITY_REC', 'PRIORITY_FLOAT', 'SIGCATCH', 'IMMORTAL', 'NOZOMBIE', 'INFORM', 'SERVER',
] as const;
export type ProcessFlag = (typeof processFlags)[number];

export function signalVocabulary({ process, pid }: Leaves) {
  const by = { thread: process() };
  const signalSet = () => z.array(z.enum(signals));
  return {
    kill: {
      /** `none` is signal 0, which only asks; `other` is no signal at all. */
      takes: z.object({ ...by, pid: pid(), signal: z.enum([...signals, 'none', 'other']) }),
      returns: none,
      raises: ['ESRCH', 'EINVAL', 'EPERM', 'EINTR', ...farErrors],
      /** A process that stops itself has its answer once it is continued; one that signals another node's, once Proc there has answered. */
      blocks: true,
    },
    sigaction: {
      takes: z.object({ ...by, signal: z.enum([...signals, 'other']), action: z.enum(actions) }),
      returns: z.object({ action: z.enum(actions) }),
      raises: ['EINVAL'],
    },
    sigprocmask: {
      takes: z.object({ ...by, how: z.enum(['block', 'unblock', 'set', 'other']), signals: signalSet() }),
      /** The mask as it was, in the order of `signals`. */
      returns: z.object({ mask: signalSet() }),
      raises: ['EINVAL'],
    },
    sigpending: { takes: z.object(by), returns: z.object({ pending: signalSet() }), raises: [] },
    /** What the caller's handlers have noted since it last looked: the signals they ran for, in order. */
    handled: { takes: z.object(by), returns: z.object({ signals: signalSet() }), raises: [] },
    qnx_pflags: {
      takes: z.object({ ...by, set: z.array(z.enum(processFlags)), clear: z.array(z.enum(processFlags)) }),
      /** The flags as they were. */
      returns: z.object({ flags: z.array(z.enum(processFlags)) }),
      raises: [],
    },
  } as const satisfies Vocabulary;
}
