import type { QnxScope } from '#model/qnx/kernel';
import { policies, type Policy } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { drawCall, rows, sharing } from '#properties/qnx/draw-call';
import { Scene } from '#properties/qnx/scenes';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const priorities = [[10, 10], [10, 10, 10], [5, 10, 20], [20, 10, 10, 5], [10, 12, 10, 8]];

/** Limits belong to the implementation: low ones make full tables and counts ordinary. */
const limits: readonly NonNullable<QnxScope['limits']>[] = [
  {}, { parts: 2, files: 1, names: 2 }, { parts: 3, triggers: 2, files: 2, pool: 66 }, { triggers: 1, proxyData: 4, files: 2 }, { pool: 50 }, { processTable: 5, parts: 2, names: 2, files: 2 },
];

/** What the runs of a character are about: these calls are so many times as frequent as elsewhere. */
const characters: readonly Readonly<Record<string, number>>[] = [
  /** Exchanges of messages, undisturbed. */
  { kill: 0, sigaction: 0, sigprocmask: 0, sigpending: 0, handled: 0, qnx_pflags: 0, fork: 0, _exit: 0, Trigger: 0.3, interrupt: 0.3, qnx_proxy_attach: 0.3 },
  /** Servers with many clients, and the order of their queues. */
  { kill: 0, sigaction: 0, sigprocmask: 0, sigpending: 0, handled: 0, fork: 0.5, qnx_pflags: 2, Receive: 0.7 },
  { setprio: 12, sched_setscheduler: 12, Yield: 6, getprio: 6, sched_getscheduler: 6, qnx_pflags: 2, kill: 0.2, fork: 0.5, _exit: 0.3 },
  { kill: 0.3, Trigger: 3, qnx_proxy_attach: 2, interrupt: 2, Receive: 1.2 },
  { kill: 4, sigaction: 3, sigprocmask: 2, handled: 1, qnx_pflags: 2, Trigger: 0.2, interrupt: 0.2, store: 0.3, _exit: 0.3 },
  { kill: 4, sigaction: 4, sigprocmask: 0.3, qnx_pflags: 3, Trigger: 0, interrupt: 0, Receive: 1.5, Reply: 0.5, _exit: 0, store: 0.3 },
  { _exit: 4, fork: 4, spawn: 4, waitpid: 6, kill: 1, exec: 2, Trigger: 0.3, interrupt: 0.2 },
  {
    shm_open: 12, mmap: 12, munmap: 8, shm_unlink: 8, sem_init: 12, sem_wait: 14, sem_trywait: 10, sem_post: 14, sem_destroy: 8, sbrk: 10,
    store: 1.5, load: 3, kill: 0.5, Trigger: 0.2, interrupt: 0.1, Receive: 1.3, Readmsg: 2, fork: 0.7,
  },
  {
    fork: 4, spawn: 6, exec: 6, waitpid: 3, _exit: 2, qnx_name_attach: 6, qnx_name_detach: 3, qnx_name_locate: 5, chdir: 4, umask: 4, setsid: 4,
    qnx_psinfo: 3, qnx_fd_attach: 5, qnx_fd_detach: 3, Sendfd: 5, Sendfdmx: 5, kill: 1, sigaction: 2, sigprocmask: 1.5, Trigger: 0.3, interrupt: 0.2,
  },
];

/** A run has a character: some operations are frequent in it, some absent. */
export function qnxTheme(random: Random): Theme<QnxState, QnxCall> {
  const scope: QnxScope = {
    priorities: random.pick(priorities), limits: random.pick(limits),
    ...(random.once(3) ? { users: [0, 100, 100, 101] } : {}),
    ...(random.once(3) ? { shared: true } : {}),
    ...(random.once(4) ? { policies: scheduled(random) } : {}),
  };
  const shares = sharing(weights(random));
  const scene = random.once(4) ? null : new Scene(random, scope.priorities.length);
  return { scope: { ...scope }, draw: (state, draws) => scene?.next(state, draws) ?? drawCall(state, draws, shares) };
}

/** One policy for all, or a mixture. */
function scheduled(random: Random): readonly Policy[] {
  const one = random.pick(policies);
  return Array.from({ length: 5 }, () => (random.once(3) ? random.pick(policies) : one));
}

/** What other implementations are asked: the limits that real kernels have, and all processes of one user. */
export function conformanceTheme(random: Random): Theme<QnxState, QnxCall> {
  const shares = sharing(weights(random));
  const scope: QnxScope = { priorities: Array.from({ length: 2 + random.below(3) }, () => 10) };
  const scene = random.once(2) ? new Scene(random, scope.priorities.length) : null;
  return { scope: { ...scope }, draw: (state, draws) => scene?.next(state, draws) ?? drawCall(state, draws, shares) };
}

const TENTHS = 10;

function weights(random: Random): Record<string, number> {
  const character = random.pick(characters);
  const table: Record<string, number> = {};
  for (const [operation, [weight]] of Object.entries(rows)) {
    table[operation] = Math.round(weight * (character[operation] ?? 1) * TENTHS * random.pick([0.3, 1, 1, 2]));
  }
  return table;
}
