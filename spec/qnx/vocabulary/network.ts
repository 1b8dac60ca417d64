import { z } from 'zod';
import type { Vocabulary } from '#spec/vocabulary';
import { none, type Leaves } from '#spec/qnx/vocabulary/leaves';

/** What every call about another node may fail with: there is no network manager, or that node is not reached. */
export const farErrors = ['ENOSYS', 'EHOSTUNREACH'] as const;

/** Virtual circuits, and what stands for things of other nodes. `nid` 0 is the caller's own node. */
export function networkVocabulary({ process, pid, givenPid, farPid }: Leaves) {
  const by = { thread: process() };
  const nid = () => z.int().min(0).max(255);
  const making = [...farErrors, 'ESRCH', 'EAGAIN', 'EINVAL', 'ENOMEM', 'ENOVPE', 'EINTR'] as const;
  return {
    /** `pid` is what the process is called on its node; the answer is what it is called here. */
    qnx_vc_attach: {
      takes: z.object({ ...by, nid: nid(), pid: farPid(), length: z.int().min(0).max(0xffff), share: z.boolean(), remZombie: z.boolean() }),
      returns: z.object({ pid: givenPid() }),
      raises: making,
      blocks: true,
    },
    qnx_vc_detach: { takes: z.object({ ...by, vid: pid() }), returns: none, raises: ['ESRCH'] },
    /** The same for whoever goes by a name on a node. */
    qnx_vc_name_attach: {
      takes: z.object({ ...by, nid: nid(), length: z.int().min(0).max(0xffff), name: z.string().min(1).max(64) }),
      returns: z.object({ pid: givenPid() }),
      raises: [...making, 'ENOENT'],
      blocks: true,
    },
    /** Makes a stand-in on another node for a proxy of the caller; the answer is what it is called there. */
    qnx_proxy_rem_attach: {
      takes: z.object({ ...by, nid: nid(), proxy: pid() }),
      returns: z.object({ proxy: farPid() }),
      raises: [...farErrors, 'ESRCH', 'EPERM', 'EAGAIN', 'EINTR'],
      blocks: true,
    },
    qnx_proxy_rem_detach: { takes: z.object({ ...by, nid: nid(), proxy: farPid() }), returns: none, raises: [...farErrors, 'ESRCH'] },
  } as const satisfies Vocabulary;
}
