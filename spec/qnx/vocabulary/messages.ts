import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { bytes, none, part, parts, type Leaves } from '#spec/qnx/vocabulary/leaves';
import { farErrors } from '#spec/qnx/vocabulary/network';

/** Errors of calls that copy out of or into a buffer of the caller's; the last are those of circuits to other nodes. */
const sendErrors = ['ESRCH', 'EINTR', 'EFAULT', 'EDSTFAULT', 'EINVAL', 'EDEADLK', 'EAGAIN', 'ENOMEM', ...farErrors] as const;
const receiveErrors = ['ESRCH', 'EINTR', 'EINVAL'] as const;
const replyErrors = ['ESRCH', 'EINVAL'] as const;
const farReplyErrors = [...replyErrors, 'EAGAIN', ...farErrors] as const;

/**
 * Message passing. A buffer in an answer is what the caller finds in the whole of it afterwards, the bytes
 * that lie in its address space, in order: so that bytes which should have been left alone are seen too.
 */
export function messageVocabulary({ process, pid, givenPid }: Leaves) {
  const by = { thread: process() };
  const replied = z.object({ reply: bytes() });
  const received = z.object({ pid: givenPid(), buffer: bytes() });
  /** A fault may come after part of the bytes have been copied: then the state has changed. */
  const receiving = { raises: receiveErrors, spoils: { EFAULT: none } } as const;
  const replying = { raises: replyErrors, spoils: { EFAULT: none, EDSTFAULT: none } } as const;
  return {
    Send: {
      takes: z.object({ ...by, pid: pid(), message: part(), reply: part() }),
      returns: replied, raises: sendErrors, spoils: { EDSTFAULT: none }, blocks: true,
    },
    Sendmx: {
      takes: z.object({ ...by, pid: pid(), message: parts(), reply: parts() }),
      returns: replied, raises: sendErrors, spoils: { EDSTFAULT: none }, blocks: true,
    },
    /** The same through a descriptor that is bound to a process. */
    Sendfd: {
      takes: z.object({ ...by, fd: z.int().min(0).max(255), message: part(), reply: part() }),
      returns: replied, raises: [...sendErrors, 'EBADF'], spoils: { EDSTFAULT: none }, blocks: true,
    },
    Sendfdmx: {
      takes: z.object({ ...by, fd: z.int().min(0).max(255), message: parts(), reply: parts() }),
      returns: replied, raises: [...sendErrors, 'EBADF'], spoils: { EDSTFAULT: none }, blocks: true,
    },
    /** `pid` 0 receives from any process or proxy. */
    Receive: { takes: z.object({ ...by, pid: pid(), buffer: part() }), returns: received, ...receiving, blocks: true },
    Receivemx: { takes: z.object({ ...by, pid: pid(), buffer: parts() }), returns: received, ...receiving, blocks: true },
    Creceive: {
      takes: z.object({ ...by, pid: pid(), buffer: part() }), returns: received, ...receiving,
      raises: ['ESRCH', 'EINVAL', 'ENOMSG', 'EAGAIN'],
    },
    Creceivemx: {
      takes: z.object({ ...by, pid: pid(), buffer: parts() }), returns: received, ...receiving,
      raises: ['ESRCH', 'EINVAL', 'ENOMSG', 'EAGAIN'],
    },
    Reply: { takes: z.object({ ...by, pid: pid(), message: part() }), returns: none, ...replying, raises: farReplyErrors },
    Replymx: { takes: z.object({ ...by, pid: pid(), message: parts() }), returns: none, ...replying, raises: farReplyErrors },
    Readmsg: {
      takes: z.object({ ...by, pid: pid(), offset: z.int().min(0).max(0xffff), buffer: part() }),
      returns: z.object({ count: z.int().min(0), buffer: bytes() }), ...replying,
    },
    Readmsgmx: {
      takes: z.object({ ...by, pid: pid(), offset: z.int().min(0).max(0xffff), buffer: parts() }),
      returns: z.object({ count: z.int().min(0), buffer: bytes() }), ...replying,
    },
    Writemsg: {
      takes: z.object({ ...by, pid: pid(), offset: z.int().min(0).max(0xffff), message: part() }),
      returns: z.object({ count: z.int().min(0) }), ...replying,
    },
    Writemsgmx: {
      takes: z.object({ ...by, pid: pid(), offset: z.int().min(0).max(0xffff), message: parts() }),
      returns: z.object({ count: z.int().min(0) }), ...replying,
    },
    /** Passes the message of `pid` on to `to`, as though it had been sent there. */
    Relay: { takes: z.object({ ...by, pid: pid(), to: pid() }), returns: none, raises: ['ESRCH'], spoils: { EDSTFAULT: none } },
  } as const satisfies Vocabulary;
}
