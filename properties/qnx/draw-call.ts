import { policies, type ProcessId } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { callers, Draw } from '#properties/qnx/draw';
import { Weighted, type Random } from '#properties/random';

type Row<Op extends QnxCall['operation']> = readonly [
  weight: number, arguments_: (draw: Draw, thread: ProcessId) => Omit<Extract<QnxCall, { operation: Op }>, 'operation' | 'thread'>,
];

/** How each call is drawn, and how often. */
export const rows: { readonly [Op in QnxCall['operation']]: Row<Op> } = {
  Send: [30, (draw, thread) => ({ pid: draw.pid(thread), message: draw.part(), reply: draw.part() })],
  Sendmx: [10, (draw, thread) => ({ pid: draw.pid(thread), message: draw.parts(), reply: draw.parts() })],
  Sendfd: [2, (draw, thread) => ({ fd: draw.fd(thread), message: draw.part(), reply: draw.part() })],
  Sendfdmx: [1, (draw, thread) => ({ fd: draw.fd(thread), message: draw.parts(), reply: draw.parts() })],
  Receive: [26, (draw, thread) => ({ pid: draw.source(thread), buffer: draw.part() })],
  Receivemx: [10, (draw, thread) => ({ pid: draw.source(thread), buffer: draw.parts() })],
  Creceive: [6, (draw, thread) => ({ pid: draw.source(thread), buffer: draw.part() })],
  Creceivemx: [2, (draw, thread) => ({ pid: draw.source(thread), buffer: draw.parts() })],
  Reply: [22, (draw, thread) => ({ pid: draw.client(thread), message: draw.part() })],
  Replymx: [10, (draw, thread) => ({ pid: draw.client(thread), message: draw.parts() })],
  Readmsg: [6, (draw, thread) => ({ pid: draw.client(thread), offset: draw.random.below(5), buffer: draw.part() })],
  Readmsgmx: [3, (draw, thread) => ({ pid: draw.client(thread), offset: draw.random.below(5), buffer: draw.parts() })],
  Writemsg: [6, (draw, thread) => ({ pid: draw.client(thread), offset: draw.random.below(5), message: draw.part() })],
  Writemsgmx: [3, (draw, thread) => ({ pid: draw.client(thread), offset: draw.random.below(5), message: draw.parts() })],
  Relay: [10, (draw, thread) => ({ pid: draw.client(thread), to: draw.receiver(thread) })],
  qnx_proxy_attach: [6, (draw, thread) => ({
    pid: draw.random.once(4) ? draw.pid(thread) : 0 as never,
    data: draw.part(), priority: draw.random.pick([-1, -1, 5, 12, 20]),
  })],
  qnx_proxy_detach: [2, (draw, thread) => ({ proxy: draw.ownProxy(thread) })],
  Trigger: [10, (draw) => ({ proxy: draw.proxy() })],
  interrupt: [2, (draw) => ({ proxy: draw.proxy() })],
  kill: [8, (draw, thread) => draw.signalling(thread)],
  sigaction: [8, (draw, thread) => draw.saying(thread)],
  sigprocmask: [6, (draw) => ({
    how: draw.random.once(10) ? 'other' : draw.random.pick(['block', 'unblock', 'set'] as const), signals: draw.signals(),
  })],
  sigpending: [1, () => ({})],
  handled: [3, () => ({})],
  qnx_pflags: [4, (draw) => ({ set: draw.flags(), clear: draw.flags() })],
  getpid: [1, () => ({})],
  fork: [3, (draw) => ({ child: draw.state.processes.length as ProcessId })],
  exec: [1, (draw, thread) => ({ image: draw.image(), environment: draw.given(), closes: draw.random.once(2) ? [draw.fd(thread)] : [] })],
  spawn: [2, (draw) => draw.spawning()],
  waitpid: [2, (draw, thread) => ({ pid: draw.child(thread), noHang: draw.random.once(3) })],
  _exit: [1, (draw) => ({ status: draw.random.below(4) })],
  chdir: [0.5, (draw) => ({ directory: draw.random.below(4) })],
  umask: [0.5, (draw) => ({ mask: draw.random.below(4) })],
  setsid: [0.5, () => ({})],
  qnx_psinfo: [1, (draw, thread) => ({ pid: draw.pid(thread) })],
  qnx_fd_attach: [1, (draw, thread) => ({ pid: draw.pid(thread) })],
  qnx_fd_detach: [0.5, (draw, thread) => ({ fd: draw.fd(thread) })],
  qnx_name_attach: [1.5, (draw) => ({ name: draw.name() })],
  qnx_name_detach: [1, (draw, thread) => ({ id: draw.nameId(thread) })],
  qnx_name_locate: [1.5, (draw) => ({ name: draw.name(), ...(draw.random.once(4) ? { nid: draw.nid() } : {}) })],
  store: [8, (draw, thread) => ({ at: draw.address(thread), bytes: draw.bytes() })],
  getprio: [0.3, (draw, thread) => ({ pid: draw.self(thread) })],
  setprio: [1, (draw, thread) => ({ pid: draw.self(thread), priority: draw.level() })],
  sched_getscheduler: [0.3, (draw, thread) => ({ pid: draw.self(thread) })],
  sched_setscheduler: [0.5, (draw, thread) => ({
    pid: draw.self(thread), policy: draw.random.once(14) ? 'other' : draw.random.pick(policies), priority: draw.level(),
  })],
  Yield: [0.3, () => ({})],
  tick: [0, () => ({})],
  dispatch: [0, () => ({})],
  load: [2, (draw, thread) => ({ at: draw.address(thread), length: draw.random.below(6) })],
  sbrk: [0.3, (draw) => ({ bytes: draw.moreMemory() })],
  shm_open: [0.5, (draw) => ({ name: draw.random.pick(['x', 'y']), create: !draw.random.once(3), exclusive: draw.random.once(4) })],
  shm_unlink: [0.2, (draw) => ({ name: draw.random.pick(['x', 'y']) })],
  mmap: [0.5, (draw) => ({ fd: draw.random.below(3) })],
  munmap: [0.2, (draw, thread) => ({ at: draw.window(thread) })],
  sem_init: [0.5, (draw, thread) => ({ at: draw.window(thread), value: draw.random.below(3) })],
  sem_wait: [0.5, (draw, thread) => ({ at: draw.window(thread) })],
  sem_trywait: [0.3, (draw, thread) => ({ at: draw.window(thread) })],
  sem_post: [0.5, (draw, thread) => ({ at: draw.window(thread) })],
  sem_destroy: [0.2, (draw, thread) => ({ at: draw.window(thread) })],
  qnx_vc_attach: [0.4, (draw, thread) => ({
    nid: draw.nid(), pid: draw.pid(thread), length: draw.random.below(6), share: draw.random.once(2), remZombie: draw.random.once(3),
  })],
  qnx_vc_detach: [0.2, (draw, thread) => ({ vid: draw.pid(thread) })],
  qnx_vc_name_attach: [0.3, (draw) => ({ nid: draw.nid(), length: draw.random.below(6), name: draw.name() })],
  qnx_proxy_rem_attach: [0.3, (draw, thread) => ({ nid: draw.nid(), proxy: draw.ownProxy(thread) })],
  qnx_proxy_rem_detach: [0.2, (draw, thread) => ({ nid: draw.nid(), proxy: draw.ownProxy(thread) })],
};

export type Shares = Weighted<QnxCall['operation']>;

export const sharing = (weights: Readonly<Record<string, number>>): Shares =>
  new Weighted(Object.entries(weights).map(([operation, weight]) => [weight, operation as QnxCall['operation']]));

const waits = new Set<string>(['Send', 'Sendmx', 'Sendfd', 'Sendfdmx', 'Receive', 'Receivemx', 'waitpid', 'sem_wait']);
const serves = new Set<string>(['Reply', 'Replymx', 'Readmsg', 'Readmsgmx', 'Writemsg', 'Writemsgmx', 'Relay']);

/** A call of some process that may call; null if there is none that could be made. */
export function drawCall(state: QnxState, random: Random, shares: Shares): QnxCall | null {
  if (state.modelled && state.running < 0 && state.ready.length > 0) return { operation: 'dispatch' };
  if (state.modelled && state.running > 0 && random.once(3)) return { operation: 'tick' };
  const able = callers(state);
  const draw = new Draw(state, random);
  if (able.length === 0) return drawInterrupt(draw);
  let operation = shares.draw(random);
  // The last process that runs seldom waits: nobody could free it.
  for (let tries = 0; able.length === 1 && !(state.modelled && state.ready.length > 0) && waits.has(operation)
    && tries < 3; tries += 1) operation = shares.draw(random);
  const thread = callerOf(state, random, able, operation);
  const [, arguments_] = rows[operation];
  const by = operation === 'interrupt' ? {} : { thread };
  draw.caller = thread;
  return { operation, ...by, ...arguments_(draw, thread) } as QnxCall;
}

function drawInterrupt(draw: Draw): QnxCall | null {
  const live = draw.state.proxies.some(({ life }) => life === 'live');
  return live ? { operation: 'interrupt', proxy: draw.proxy() } : null;
}

/** What only a server with clients can do is mostly left to one. */
function callerOf(state: QnxState, random: Random, able: readonly ProcessId[], operation: string): ProcessId {
  if (serves.has(operation)) {
    const servers = able.filter((id) => state.processes.some(({ run }) => run.tag === 'replying' && run.on === id));
    if (servers.length > 0 && !random.once(8)) return random.pick(servers);
  }
  if (operation === 'waitpid') {
    const parents = able.filter((id) => state.processes.some(({ parent, life }) => parent === id && life !== 'gone'));
    if (parents.length > 0 && !random.once(6)) return random.pick(parents);
  }
  if (operation.startsWith('Receive') || operation.startsWith('Creceive')) {
    const wanted = able.filter((id) => state.processes[id]!.queue.length > 0);
    if (wanted.length > 0 && !random.once(3)) return random.pick(wanted);
  }
  return random.pick(able);
}
