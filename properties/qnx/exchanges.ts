import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import type { QnxScope } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { ExchangeForm, Shape } from '#properties/exchange';

const server = 1 as ProcessId;
const client = 2 as ProcessId;
const MOST_PARTS = 16;

/** The server has the higher priority: it waits before the client runs. */
const scope: QnxScope = { priorities: [20, 10], policies: ['fifo', 'fifo'], limits: { memory: 0x1_0000, parts: MOST_PARTS } };

const pidOf = (state: QnxState, process: ProcessId): Pid => state.processes[process]!.pid;

/** One stretch for all of it. */
const whole = ({ parts, bytes }: Shape): Part => ({ at: 0, length: parts * bytes });

/** Stretches with gaps between them. */
const apart = ({ parts, bytes }: Shape): readonly Part[] =>
  Array.from({ length: parts }, (_, part) => ({ at: part * (bytes + 8), length: bytes }));

const dispatch: QnxCall = { operation: 'dispatch' };

/** The parts are packed by the sender and unpacked by the receiver, in both directions. */
const oneBuffer: ExchangeForm<QnxState, QnxCall> = {
  scope: { ...scope },
  * before(_, shape) {
    yield dispatch;
    yield { operation: 'Receive', thread: server, pid: 0 as Pid, buffer: whole(shape) };
    yield dispatch;
  },
  * calls(look, shape) {
    yield { operation: 'Send', thread: client, pid: pidOf(look(), server), message: whole(shape), reply: whole(shape) };
    yield dispatch;
    yield { operation: 'Reply', thread: server, pid: pidOf(look(), client), message: whole(shape) };
    yield { operation: 'Receive', thread: server, pid: 0 as Pid, buffer: whole(shape) };
    yield dispatch;
  },
  passes: ({ parts }) => (parts === 1 ? 0 : 4),
  carries: () => true,
};

/** The kernel is told where the parts are, on both sides. */
const multipart: ExchangeForm<QnxState, QnxCall> = {
  scope: { ...scope },
  * before(_, shape) {
    yield dispatch;
    yield { operation: 'Receivemx', thread: server, pid: 0 as Pid, buffer: [...apart(shape)] };
    yield dispatch;
  },
  * calls(look, shape) {
    const parts = [...apart(shape)];
    yield { operation: 'Sendmx', thread: client, pid: pidOf(look(), server), message: parts, reply: parts };
    yield dispatch;
    yield { operation: 'Replymx', thread: server, pid: pidOf(look(), client), message: parts };
    yield { operation: 'Receivemx', thread: server, pid: 0 as Pid, buffer: parts };
    yield dispatch;
  },
  passes: () => 0,
  carries: ({ parts }) => parts <= MOST_PARTS,
};

/** The forms in which QNX has a request answered. */
export const qnxExchanges = { 'one buffer': oneBuffer, multipart };
