import type { ProcessId, QnxOperationName } from '#spec/qnx/vocabulary';
import type { QnxScope } from '#spec/qnx/scope';
import type { Kernel } from '#model/kernel';
import { change } from '#model/operation';
import { mechanisms } from '#model/qnx/mechanisms';
import { sbrk } from '#model/qnx/memory/allocate';
import { semDestroy, semInit, semPost, semTrywait, semWait } from '#model/qnx/memory/semaphores';
import { mmap, munmap, shmOpen, shmUnlink } from '#model/qnx/memory/shared';
import { readmsg, readmsgmx, writemsg, writemsgmx } from '#model/qnx/messages/read-write';
import { creceive, creceivemx, receive, receivemx } from '#model/qnx/messages/receive';
import { relay } from '#model/qnx/messages/relay';
import { reply, replymx } from '#model/qnx/messages/reply';
import { send, sendmx } from '#model/qnx/messages/send';
import { nameVcAttach, vcAttach, vcDetach } from '#model/qnx/network/attach';
import { bootCircuit } from '#model/qnx/network/circuit';
import { remAttach, remDetach } from '#model/qnx/network/stand-in';
import { fork } from '#model/qnx/processes/fork';
import { exec } from '#model/qnx/processes/exec';
import { fdAttach, fdDetach, sendfd, sendfdmx } from '#model/qnx/processes/files';
import { nameAttach, nameDetach, nameLocate } from '#model/qnx/processes/names';
import { spawn } from '#model/qnx/processes/spawn';
import { waitpid } from '#model/qnx/processes/wait';
import { chdir, psinfo, setsid, umask } from '#model/qnx/processes/attributes';
import { shareFirstWindow } from '#model/qnx/memory/shared';
import { bootProc, bootProcess, exit, getpid, load, store } from '#model/qnx/processes/process';
import { interrupt, proxyAttach, proxyDetach, triggerProxy } from '#model/qnx/proxies/proxy';
import { getprio, getscheduler, setprio, setscheduler } from '#model/qnx/scheduling/priority';
import { NOBODY } from '#model/qnx/scheduling/queue';
import { dispatch, tick, yieldProcessor } from '#model/qnx/scheduling/schedule';
import { settle } from '#model/qnx/settle';
import { handled, kill, pflags, sigaction, sigpending, sigprocmask } from '#model/qnx/signals/signals';
import { qnxSchema, type Limits, type QnxState } from '#model/qnx/state';
import type { QnxCall, QnxOperation } from '#model/qnx/world';

/** QNX's operations, in the order of the vocabulary. */
export const operations = {
  Send: send,
  Sendmx: sendmx,
  Sendfd: sendfd,
  Sendfdmx: sendfdmx,
  Receive: receive,
  Receivemx: receivemx,
  Creceive: creceive,
  Creceivemx: creceivemx,
  Reply: reply,
  Replymx: replymx,
  Readmsg: readmsg,
  Readmsgmx: readmsgmx,
  Writemsg: writemsg,
  Writemsgmx: writemsgmx,
  Relay: relay,
  qnx_proxy_attach: proxyAttach,
  qnx_proxy_detach: proxyDetach,
  Trigger: triggerProxy,
  interrupt,
  kill,
  sigaction,
  sigprocmask,
  sigpending,
  handled,
  qnx_pflags: pflags,
  getpid,
  fork,
  exec,
  spawn,
  waitpid,
  _exit: exit,
  chdir,
  umask,
  setsid,
  qnx_psinfo: psinfo,
  qnx_fd_attach: fdAttach,
  qnx_fd_detach: fdDetach,
  qnx_name_attach: nameAttach,
  qnx_name_detach: nameDetach,
  qnx_name_locate: nameLocate,
  store,
  load,
  sbrk,
  shm_open: shmOpen,
  shm_unlink: shmUnlink,
  mmap,
  munmap,
  sem_init: semInit,
  sem_wait: semWait,
  sem_trywait: semTrywait,
  sem_post: semPost,
  sem_destroy: semDestroy,
  getprio,
  setprio,
  sched_getscheduler: getscheduler,
  sched_setscheduler: setscheduler,
  Yield: yieldProcessor,
  tick,
  dispatch,
  qnx_vc_attach: vcAttach,
  qnx_vc_detach: vcDetach,
  qnx_vc_name_attach: nameVcAttach,
  qnx_proxy_rem_attach: remAttach,
  qnx_proxy_rem_detach: remDetach,
} satisfies { [Op in QnxOperationName]: QnxOperation<Op, never> | object };

export type { QnxScope } from '#spec/qnx/scope';

/** The kernel's own limits, and bounds that no ordinary run meets. */
export const defaultLimits: Limits = {
  processes: 128, proxies: 1024, parts: 8, proxyData: 100, triggers: 65_535, memory: 16, processTable: 64,
  names: 32, files: 8, slice: 2, pool: 1_000_000, objects: 64, windows: 4,
  circuits: 64, circuit: 4096, outgoing: 16, polls: 1,
};

export type QnxKernel = Kernel<QnxState, QnxCall> & {
  readonly operations: typeof operations;
  readonly mechanisms: typeof mechanisms;
};

const ORDINARY_USER = 100;

const boot = (variant: QnxState['variant']) => (scope: QnxScope): QnxState => {
  const { priorities, users, limits, shared, policies, circuits = [] } = scope;
  const state: QnxState = {
    variant, limits: { ...defaultLimits, ...(variant === 'long-timeslice' ? { slice: 2 * defaultLimits.slice } : {}), ...limits },
    processes: [], proxies: [], objects: [], semaphores: [], names: [],
    modelled: policies !== undefined, running: NOBODY, ready: [], nextPid: 2, arrivals: 0,
    nid: scope.nid ?? 1, nodes: scope.nodes ?? 1, net: scope.net ?? false, outgoing: [], notes: [], questions: 0,
  };
  bootProc(state);
  priorities.forEach((priority, at) => bootProcess(state, priority, policies?.[at] ?? 'round-robin', users?.[at] ?? ORDINARY_USER));
  if (state.modelled) {
    const ids = priorities.map((_, at) => at + 1 as ProcessId);
    change(state).ready = ids.sort((a, b) => state.processes[b]!.priority - state.processes[a]!.priority || a - b);
  }
  if (shared === true) shareFirstWindow(state);
  for (const end of circuits) bootCircuit(state, end);
  return state;
};

/** QNX 4 as its documents describe it: what they leave open is a choice. */
export const qnx: QnxKernel = {
  name: 'qnx', variant: 'documented', boot: boot('documented'), operations, mechanisms, settle, schema: qnxSchema,
};

/** The same where any kernel call costs a process without slices its turn among equals. */
export const yieldOnKernelCalls: QnxKernel = { ...qnx, variant: 'yield-on-kernel-calls', boot: boot('yield-on-kernel-calls') };

/** The same with slices twice as long, as an older edition has it. */
export const longTimeslice: QnxKernel = { ...qnx, variant: 'long-timeslice', boot: boot('long-timeslice') };

/** The same where the pid of what is no more may be given out again. */
export const pidReuse: QnxKernel = { ...qnx, variant: 'pid-reuse', boot: boot('pid-reuse') };
