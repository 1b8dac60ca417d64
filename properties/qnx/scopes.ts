import type { Part, Pid, Policy, ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { defaultLimits } from '#model/qnx/kernel';
import type { Process, QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Exploration } from '#properties/explore';
import { callers } from '#properties/qnx/draw';

type Moves = (state: QnxState, thread: ProcessId) => readonly QnxCall[];

/** A scope in which every process that may call may make any of these moves. Nobody stores: all bytes are 0. */
function scope(holds: string, processes: number, moves: readonly Moves[]): Exploration<QnxState, QnxCall> {
  const limits = { ...defaultLimits, processes: processes + 1, proxies: 1, memory: 2, triggers: 2 };
  return {
    holds,
    scope: { priorities: Array.from({ length: processes }, () => 10), limits },
    calls: (state) => callers(state).flatMap((thread) => moves.flatMap((move) => move(state, thread))),
  };
}

/** The same with the processor modelled: ticks and dispatches happen by themselves. */
function scheduled(holds: string, policies: readonly Policy[], moves: readonly Moves[]): Exploration<QnxState, QnxCall> {
  const { scope: plain, calls } = scope(holds, policies.length, moves);
  const time = (state: QnxState): readonly QnxCall[] => (state.running < 0
    ? (state.ready.length > 0 ? [{ operation: 'dispatch' }] : [])
    : [{ operation: 'tick' }]);
  return { holds, scope: { ...plain, policies }, calls: (state) => [...time(state), ...calls(state)] };
}

/** The scopes that can be explored whole, by name. */
export const qnxScopes: Readonly<Record<string, Exploration<QnxState, QnxCall>>> = {
  'three-exchange': scope('Three processes that send, receive from any or from one, reply, relay, and end.', 3, [send, receive, reply, relay, exit]),
  'signals-and-replies': scope('Two processes, one of which may catch signals: each interrupted where it waits.', 2, [send, receive, reply, signal, watch, exit]),
  'scheduled-exchange': scheduled(
    'A FIFO, a round-robin and an adaptive process of one priority that send, receive and reply while time goes by.',
    ['fifo', 'round-robin', 'adaptive'], [send, receiveAny, reply],
  ),
  'proxies': scope('Two processes and a proxy: triggered, received among messages, detached, left behind.', 2, [send, receive, reply, proxy, exit]),
};

const byte: Part = { at: 0, length: 1 };

const peers = (state: QnxState, thread: ProcessId): readonly Pid[] =>
  state.processes.flatMap(({ life, pid }, id) => (life === 'live' && id > 0 && id !== thread ? [pid] : []));

function send(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return peers(state, thread).map((pid) => ({ operation: 'Send', thread, pid, message: byte, reply: byte }));
}

function receive(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return [0 as Pid, ...peers(state, thread)].map((pid) => ({ operation: 'Receive', thread, pid, buffer: byte }));
}

function receiveAny(_state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return [{ operation: 'Receive', thread, pid: 0 as Pid, buffer: byte }];
}

const clients = (state: QnxState, thread: ProcessId): readonly Pid[] =>
  state.processes.flatMap(({ run, pid }) => (run.tag === 'replying' && run.on === thread ? [pid] : []));

function reply(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return clients(state, thread).map((pid) => ({ operation: 'Reply', thread, pid, message: byte }));
}

function relay(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return clients(state, thread).flatMap((pid) => peers(state, thread).map((to) => ({ operation: 'Relay', thread, pid, to } as const)));
}

function exit(_state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return [{ operation: '_exit', thread, status: 0 }];
}

const isUnsignalled = ({ handled, pending }: Process): boolean => handled.length === 0 && pending.every((count) => count === 0);

/** A signal for each process that has had none yet, so that notes and counts stay small. */
function signal(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return [
    ...peers(state, thread).filter((pid) => state.processes.some((process) => process.pid === pid && isUnsignalled(process)))
      .map((pid) => ({ operation: 'kill', thread, pid, signal: 'SIGUSR1' }) as const),
    { operation: 'sigaction', thread, signal: 'SIGUSR1', action: 'catch' },
  ];
}

function watch(_state: QnxState, thread: ProcessId): readonly QnxCall[] {
  return [{ operation: 'qnx_pflags', thread, set: ['SIGCATCH'], clear: [] }];
}

function proxy(state: QnxState, thread: ProcessId): readonly QnxCall[] {
  const live = state.proxies.filter(({ life }) => life === 'live');
  return [
    { operation: 'qnx_proxy_attach', thread, pid: pidOf(state, thread), data: byte, priority: -1 },
    ...live.map(({ pid }) => ({ operation: 'Trigger', thread, proxy: pid }) as const),
    ...live.map(({ pid }) => ({ operation: 'qnx_proxy_detach', thread, proxy: pid }) as const),
  ];
}
