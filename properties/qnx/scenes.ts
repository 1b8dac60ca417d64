import type { Part, Pid, ProcessId, Signal } from '#spec/qnx/vocabulary';
import { mayRun } from '#model/qnx/settle';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Random } from '#properties/random';

/** Who plays in a scene: a server, a client, and one who is neither. */
interface Cast { readonly server: ProcessId; readonly client: ProcessId; readonly other: ProcessId }

/** One call of a scene, made from the state as it is then. */
type Cue = (cast: Cast, state: QnxState, random: Random) => QnxCall;

const buffer = (random: Random): Part => ({ at: random.below(8), length: random.below(6) });
const outside = ({ limits: { memory } }: QnxState, random: Random): Part => ({ at: memory - random.below(2), length: 2 + random.below(3) });
const pid = (state: QnxState, process: ProcessId): Pid => state.processes[process]!.pid;

const watch: Cue = ({ server }) => ({ operation: 'qnx_pflags', thread: server, set: ['SIGCATCH'], clear: [] });
const catches = (signal: Signal): Cue => ({ client }) => ({ operation: 'sigaction', thread: client, signal, action: 'catch' });
const sends: Cue = ({ client, server }, state, random) =>
  ({ operation: 'Send', thread: client, pid: pid(state, server), message: buffer(random), reply: buffer(random) });
const receives: Cue = ({ server }, _state, random) => ({ operation: 'Receive', thread: server, pid: 0 as Pid, buffer: buffer(random) });
const replies: Cue = ({ server, client }, state, random) => ({ operation: 'Reply', thread: server, pid: pid(state, client), message: buffer(random) });
const signals = (signal: Signal): Cue => ({ other, client }, state) => ({ operation: 'kill', thread: other, pid: pid(state, client), signal });
const otherReceives: Cue = ({ other }, _state, random) => ({ operation: 'Receive', thread: other, pid: 0 as Pid, buffer: buffer(random) });
const otherReceivesOutside: Cue = ({ other }, state, random) => ({ operation: 'Receive', thread: other, pid: 0 as Pid, buffer: outside(state, random) });
const relays: Cue = ({ server, client, other }, state) => ({ operation: 'Relay', thread: server, pid: pid(state, client), to: pid(state, other) });
const clientEnds: Cue = ({ client }) => ({ operation: '_exit', thread: client, status: 1 });
const serverEnds: Cue = ({ server }) => ({ operation: '_exit', thread: server, status: 1 });
const sendsOutside: Cue = ({ client, server }, state, random) =>
  ({ operation: 'Send', thread: client, pid: pid(state, server), message: buffer(random), reply: outside(state, random) });
const readsOutside: Cue = ({ server, client }, state, random) =>
  ({ operation: 'Readmsg', thread: server, pid: pid(state, client), offset: 0, buffer: outside(state, random) });
const writes: Cue = ({ server, client }, state, random) =>
  ({ operation: 'Writemsg', thread: server, pid: pid(state, client), offset: random.below(3), message: buffer(random) });

const stores: Cue = ({ server }, _state, random) => ({ operation: 'store', thread: server, at: random.below(8), bytes: [1, 2, 3, 4, 5, 6] });
const sendsOver: Cue = ({ client, server }, state) =>
  ({ operation: 'Send', thread: client, pid: pid(state, server), message: { at: 0, length: 4 }, reply: { at: 0, length: 5 } });
const reads: Cue = ({ server, client }, state, random) =>
  ({ operation: 'Readmsg', thread: server, pid: pid(state, client), offset: random.below(2), buffer: { at: 6, length: 4 } });

const masks = (signal: Signal): Cue => ({ client }) => ({ operation: 'sigprocmask', thread: client, how: 'block', signals: [signal] });
const execs: Cue = ({ client }) => ({ operation: 'exec', thread: client, image: 'program', environment: 3, closes: [0] });
const opens: Cue = ({ client, server }, state) => ({ operation: 'qnx_fd_attach', thread: client, pid: pid(state, server) });
const writesOutside: Cue = ({ server, client }, state, random) =>
  ({ operation: 'Writemsg', thread: server, pid: pid(state, client), offset: 0, message: outside(state, random) });
const sendsRoom: Cue = ({ client, server }, state, random) =>
  ({ operation: 'Send', thread: client, pid: pid(state, server), message: buffer(random), reply: { at: 2, length: 6 } });

const unmasks: Cue = ({ client }) => ({ operation: 'sigprocmask', thread: client, how: 'set', signals: [] });
const otherSends: Cue = ({ other, server }, state, random) =>
  ({ operation: 'Send', thread: other, pid: pid(state, server), message: buffer(random), reply: buffer(random) });
const orders: Cue = ({ server }) => ({ operation: 'qnx_pflags', thread: server, set: ['PRIORITY_REC'], clear: [] });

const opensShared = (who: keyof Cast): Cue => (cast) => ({ operation: 'shm_open', thread: cast[who], name: 'x', create: true, exclusive: false });
const maps = (who: keyof Cast): Cue => (cast) => ({ operation: 'mmap', thread: cast[who], fd: 0 });
const makesSemaphore: Cue = ({ server }, _state, random) => ({ operation: 'sem_init', thread: server, at: 64, value: random.below(2) });
const waitsSemaphore = (who: keyof Cast): Cue => (cast) => ({ operation: 'sem_wait', thread: cast[who], at: 64 });
const destroys: Cue = ({ server }) => ({ operation: 'sem_destroy', thread: server, at: 64 });
const posts: Cue = ({ server }) => ({ operation: 'sem_post', thread: server, at: 64 });
const sharing: readonly Cue[] = [opensShared('server'), maps('server'), opensShared('client'), maps('client')];
const storesShared: Cue = ({ server }) => ({ operation: 'store', thread: server, at: 64, bytes: [7, 8, 9] });
const sendsShared: Cue = ({ client, server }, state) =>
  ({ operation: 'Send', thread: client, pid: pid(state, server), message: { at: 64, length: 4 }, reply: { at: 0, length: 4 } });

const attaches = (who: keyof Cast, name: string): Cue => (cast) => ({ operation: 'qnx_name_attach', thread: cast[who], name });
const locates: Cue = ({ client }) => ({ operation: 'qnx_name_locate', thread: client, name: 'a' });
const sendsFd: Cue = ({ client }, _state, random) => ({ operation: 'Sendfd', thread: client, fd: 0, message: buffer(random), reply: buffer(random) });

const ignores = (signal: Signal): Cue => ({ client }) => ({ operation: 'sigaction', thread: client, signal, action: 'ignore' });

const opensOther: Cue = ({ client, other }, state) => ({ operation: 'qnx_fd_attach', thread: client, pid: pid(state, other) });
const sendsSecond: Cue = ({ client }, _state, random) => ({ operation: 'Sendfd', thread: client, fd: 1, message: buffer(random), reply: buffer(random) });
const becomesImmortal: Cue = ({ client }) => ({ operation: 'qnx_pflags', thread: client, set: ['IMMORTAL'], clear: [] });
const unmapsSecond: Cue = ({ client }) => ({ operation: 'munmap', thread: client, at: 68 });
const forks: Cue = ({ server }, state) => ({ operation: 'fork', thread: server, child: state.processes.length as ProcessId });
const youngest = (state: QnxState): ProcessId => state.processes.length - 1 as ProcessId;
const youngestEnds: Cue = (_cast, state) => ({ operation: '_exit', thread: youngest(state), status: 3 });
const sendsToYoungest: Cue = ({ server }, state, random) =>
  ({ operation: 'Send', thread: server, pid: pid(state, youngest(state)), message: buffer(random), reply: buffer(random) });

const serverCatches: Cue = ({ server }) => ({ operation: 'sigaction', thread: server, signal: 'SIGUSR1', action: 'catch' });
const serverWaits: Cue = ({ server }) => ({ operation: 'waitpid', thread: server, pid: 0 as Pid, noHang: false });
const signalsServer: Cue = ({ server, other }, state) => ({ operation: 'kill', thread: other, pid: pid(state, server), signal: 'SIGUSR1' });
const ignoresChildren: Cue = ({ server }) => ({ operation: 'sigaction', thread: server, signal: 'SIGCHLD', action: 'ignore' });
const unlinks: Cue = ({ other }) => ({ operation: 'shm_unlink', thread: other, name: 'x' });
const attachesProxy: Cue = ({ other }) => ({ operation: 'qnx_proxy_attach', thread: other, pid: 0 as Pid, data: { at: 0, length: 2 }, priority: -1 });
const relaysToProxy: Cue = ({ server, client }, state) =>
  ({ operation: 'Relay', thread: server, pid: pid(state, client), to: state.proxies.at(-1)?.pid ?? 0 as Pid });
const tries: Cue = ({ client }) => ({ operation: 'sem_trywait', thread: client, at: 64 });
const opensAnew: Cue = ({ other }) => ({ operation: 'shm_open', thread: other, name: 'x', create: true, exclusive: true });
const killsClient = signals('SIGKILL');

/** Beginnings that ordinary runs seldom make by themselves. */
const scenes: readonly (readonly Cue[])[] = [
  [watch, catches('SIGUSR1'), sends, receives, signals('SIGUSR1'), receives, replies],
  [watch, catches('SIGUSR2'), sends, receives, receives, signals('SIGUSR2'), signals('SIGUSR2'), replies],
  [watch, sends, receives, signals('SIGTERM'), replies],
  [watch, sends, receives, signals('SIGKILL')],
  [watch, sends, receives, signals('SIGUSR1'), serverEnds],
  [watch, catches('SIGUSR1'), sends, receives, signals('SIGUSR1'), otherReceives, relays],
  [sends, receives, signals('SIGSTOP'), replies, signals('SIGCONT')],
  [sends, otherReceivesOutside, receives, relays],
  [sends, receives, relays, otherReceives],
  [sendsOutside, receives, writes, replies],
  [masks('SIGTERM'), signals('SIGTERM'), opens, execs],
  [sendsRoom, receives, writesOutside, replies],
  [masks('SIGUSR1'), catches('SIGUSR1'), signals('SIGUSR1'), signals('SIGUSR1'), unmasks],
  [sends, otherSends, orders, receives, receives, replies],
  [...sharing, opensShared('other'), maps('other'), makesSemaphore, waitsSemaphore('client'), waitsSemaphore('other'), destroys, posts],
  [...sharing, sendsShared, storesShared, receives, storesShared, reads, replies],
  [...sharing, opensShared('other'), maps('other'), makesSemaphore, waitsSemaphore('other'), waitsSemaphore('client'), clientEnds, posts],
  [attaches('server', 'a'), attaches('client', 'b'), locates, serverEnds, attaches('other', 'a'), sends, locates],
  [opens, sendsFd, receives, replies, serverEnds, sendsFd],
  [masks('SIGUSR2'), signals('SIGUSR2'), ignores('SIGUSR2'), unmasks],
  [catches('SIGTERM'), sends, receives, signals('SIGSTOP'), signals('SIGTERM'), signals('SIGCONT')],
  [forks, ignoresChildren, youngestEnds],
  [attachesProxy, sends, receives, relaysToProxy],
  [makesSemaphore, tries, tries, posts],
  [opensShared('client'), opensAnew, unlinks, clientEnds],
  [opens, opensOther, sendsSecond],
  [becomesImmortal, catches('SIGKILL'), signals('SIGKILL')],
  [opensShared('client'), maps('client'), maps('client'), unmapsSecond],
  [forks, youngestEnds, sendsToYoungest],
  [masks('SIGTERM'), signals('SIGTERM'), unmasks],
  [forks, serverCatches, serverWaits, signalsServer],
  [sends, receives, receives, clientEnds],
  [makesSemaphore, waitsSemaphore('client'), waitsSemaphore('client'), killsClient, posts],
  [makesSemaphore, catches('SIGUSR1'), waitsSemaphore('client'), waitsSemaphore('client'), signals('SIGUSR1'), posts],
  [stores, sendsOver, receives, writes, reads],
  [sends, receives, readsOutside, clientEnds, replies],
  [receives, catches('SIGUSR1'), sends, signals('SIGUSR1'), replies],
];

/** A scene being played: what cannot be made when its turn comes is left out. */
export class Scene {
  readonly #cues: Cue[];
  readonly #cast: Cast;

  constructor(random: Random, processes: number) {
    this.#cues = [...random.pick(scenes)];
    const first = random.below(processes);
    const role = (at: number) => (((first + at) % processes) + 1) as ProcessId;
    this.#cast = { server: role(0), client: role(1), other: role(2) };
  }

  /** The next call of the scene; null once it is over. */
  next(state: QnxState, random: Random): QnxCall | null {
    for (;;) {
      const cue = this.#cues.shift();
      if (cue === undefined) return null;
      const call = cue(this.#cast, state, random);
      if ('thread' in call && mayRun(state, call.thread)) return call;
    }
  }
}
