import type { Part, Pid, ProcessId, Signal } from '#spec/qnx/vocabulary';
import type { Event } from '#model/kernel';
import type { Item, Process, QnxState, Run } from '#model/qnx/state';
import type { CallOf, QnxStep } from '#properties/qnx/obligation';
import type { QnxCall } from '#model/qnx/world';

export const processName = (process: number): string => `P${process}`;
export const pidName = (pid: number): string => `p${pid}`;

/** Equal in all they hold. Snapshots share what did not change, so most comparisons end at once. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length
    && keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

export const isCall = <Op extends QnxCall['operation']>(
  step: QnxStep, ...operations: readonly Op[]
): step is QnxStep & { readonly call: CallOf<Op> } => (operations as readonly string[]).includes(step.call.operation);

/** The calling process; null where time or an interrupt has the word. */
export const callerOf = ({ call }: QnxStep): ProcessId | null => ('thread' in call ? call.thread : null);

export const eventOf = ({ events }: QnxStep, process: number): Event | undefined => events.findLast(({ thread }) => thread === process);

/** What the caller was answered, or that it waits. */
export const answerOf = (step: QnxStep): Event | undefined => eventOf(step, callerOf(step) ?? -1);

/** The error that the caller was given; null if it was given none. */
export function errorOf(step: QnxStep): string | null {
  const answer = answerOf(step);
  return answer?.tag === 'raised' ? answer.error : null;
}

export const returnedTo = <T>(step: QnxStep, process: number): T | null => {
  const event = eventOf(step, process);
  return event?.tag === 'returned' ? event.value as T : null;
};

export const chosen = ({ choices }: QnxStep, kind: string): string | undefined => choices.find((choice) => choice.kind === kind)?.taken;

export const isLive = ({ processes }: QnxState, process: number): boolean => processes[process]?.life === 'live';

/** All live processes but Proc. */
export function* live({ processes }: QnxState): Generator<readonly [ProcessId, Process]> {
  for (let id = 1; id < processes.length; id += 1) {
    const process = processes[id]!;
    if (process.life === 'live') yield [id as ProcessId, process];
  }
}

/** What goes by a pid in a state: found by looking at everything there is. */
export type Owner = { readonly tag: 'process' | 'zombie' | 'proxy'; readonly id: number };

export function ownersOf({ processes, proxies }: QnxState, pid: Pid): readonly Owner[] {
  const found: Owner[] = [];
  processes.forEach(({ pid: own, life }, id) => {
    if (own === pid && life !== 'gone') found.push({ tag: life === 'live' ? 'process' : 'zombie', id });
  });
  proxies.forEach(({ pid: own, life }, id) => {
    if (own === pid && life === 'live') found.push({ tag: 'proxy', id });
  });
  return found;
}

export const ownerOf = (state: QnxState, pid: Pid): Owner | null => ownersOf(state, pid)[0] ?? null;

export const isProc = (owner: Owner | null): boolean => owner?.tag === 'process' && owner.id === 0;

/** The addresses of a buffer one after another. */
export function laidOut(parts: readonly Part[]): readonly number[] {
  return parts.flatMap(({ at, length }) => Array.from({ length }, (_, place) => at + place));
}

/** Which of the addresses a process can reach. */
export const reaches = (state: QnxState, process: number) => (address: number): boolean => cellAt(state, process, address) !== null;

/** Where a byte is kept: in memory of a process's own, or in a shared object. */
export interface Cell { readonly in: 'memory' | 'object'; readonly id: number; readonly at: number }

const FIRST_SHARED = 64;
const OBJECT_SIZE = 4;

/** What an address of a process stands for; null: nothing that it can reach. */
export function cellAt({ processes }: QnxState, process: number, address: number): Cell | null {
  const { memory, windows } = processes[process]!;
  if (address < memory.length) return { in: 'memory', id: process, at: address };
  if (address < FIRST_SHARED) return null;
  const object = windows[Math.floor((address - FIRST_SHARED) / OBJECT_SIZE)] ?? -1;
  return object < 0 ? null : { in: 'object', id: object, at: (address - FIRST_SHARED) % OBJECT_SIZE };
}

/** Whether no byte is in a buffer twice: then each can be told by its place. */
export function isPlain(state: QnxState, process: number, parts: readonly Part[]): boolean {
  const cells = laidOut(parts).map((address) => JSON.stringify(cellAt(state, process, address)));
  return new Set(cells).size === cells.length;
}

export const byteIn = (state: QnxState, cell: Cell): number =>
  (cell.in === 'memory' ? state.processes[cell.id]!.memory : state.objects[cell.id]!.bytes)[cell.at]!;

export const fitsIn = (state: QnxState, process: number, parts: readonly Part[]): boolean =>
  laidOut(parts).every(reaches(state, process));

/** The bytes at addresses, as far as they can be reached. */
export function bytesAt(state: QnxState, process: number, addresses: readonly number[]): readonly number[] {
  const bytes: number[] = [];
  for (const address of addresses) {
    const cell = cellAt(state, process, address);
    if (cell === null) break;
    bytes.push(byteIn(state, cell));
  }
  return bytes;
}

/** What a process sees in a buffer: what of it can be reached. */
export const seenIn = (state: QnxState, process: number, parts: readonly Part[]): readonly number[] =>
  laidOut(parts).flatMap((address) => {
    const cell = cellAt(state, process, address);
    return cell === null ? [] : [byteIn(state, cell)];
  });

export const isMessage = (item: Item): item is Extract<Item, { tag: 'message' }> => item.tag === 'message';

/** The pid an item of a queue comes from. */
export function originOf(state: QnxState, item: Item): Pid {
  if (item.tag === 'proxy') return state.proxies[item.proxy]!.pid;
  if (item.tag === 'death') return 1 as Pid;
  return state.processes[item.tag === 'message' ? item.from : item.client]!.pid;
}

/** Two entries of a queue for the same message, proxy or notice. */
export function isSameItem(a: Item, b: Item): boolean {
  if (a.tag === 'message') return b.tag === 'message' && a.from === b.from;
  if (a.tag === 'proxy') return b.tag === 'proxy' && a.proxy === b.proxy;
  if (a.tag === 'death') return b.tag === 'death' && a.arrival === b.arrival;
  return b.tag === 'signal' && a.client === b.client;
}

export const isBlocked = (run: Run): boolean => run.tag !== 'ready' && run.tag !== 'answered';

/** Whom a process is blocked on; null if on no one process. */
export const blockedOn = (run: Run): ProcessId | null => (run.tag === 'sending' || run.tag === 'replying' ? run.on : null);

export const isClientOf = (state: QnxState, server: number, client: number): boolean => {
  const run = state.processes[client]?.run;
  return isLive(state, client) && run?.tag === 'replying' && run.on === server;
};

/** The live client under a pid that has been received from by a server and not answered. */
export function clientUnder(state: QnxState, server: number, pid: Pid): ProcessId | null {
  const owner = ownerOf(state, pid);
  return owner?.tag === 'process' && isClientOf(state, server, owner.id) ? owner.id as ProcessId : null;
}

export const waitsFor = (state: QnxState, receiver: number, from: Pid): boolean => {
  const run = state.processes[receiver]?.run;
  return run?.tag === 'receiving' && (run.from === 0 || run.from === from);
};

/** A call in one form, whether its buffers were in one part or several. */
export interface SendCall { readonly thread: ProcessId; readonly pid: Pid; readonly message: readonly Part[]; readonly reply: readonly Part[] }
export interface ReceiveCall { readonly thread: ProcessId; readonly pid: Pid; readonly buffer: readonly Part[]; readonly waits: boolean }
export interface ReplyCall { readonly thread: ProcessId; readonly pid: Pid; readonly message: readonly Part[] }
export interface ReadCall { readonly thread: ProcessId; readonly pid: Pid; readonly offset: number; readonly buffer: readonly Part[] }
export interface WriteCall { readonly thread: ProcessId; readonly pid: Pid; readonly offset: number; readonly message: readonly Part[] }

export function sendIn({ call, before }: QnxStep): SendCall | null {
  if (call.operation === 'Send') return { ...call, message: [call.message], reply: [call.reply] };
  if (call.operation === 'Sendmx') return call;
  if (call.operation !== 'Sendfd' && call.operation !== 'Sendfdmx') return null;
  const pid = before.processes[call.thread]!.files[call.fd] ?? 0 as Pid;
  if (pid === 0) return null;
  return call.operation === 'Sendfdmx' ? { ...call, pid } : { ...call, pid, message: [call.message], reply: [call.reply] };
}

export function receiveIn({ call }: QnxStep): ReceiveCall | null {
  switch (call.operation) {
    case 'Receive': return { ...call, buffer: [call.buffer], waits: true };
    case 'Receivemx': return { ...call, waits: true };
    case 'Creceive': return { ...call, buffer: [call.buffer], waits: false };
    case 'Creceivemx': return { ...call, waits: false };
    default: return null;
  }
}

export function replyIn({ call }: QnxStep): ReplyCall | null {
  if (call.operation === 'Reply') return { ...call, message: [call.message] };
  return call.operation === 'Replymx' ? call : null;
}

export function readIn({ call }: QnxStep): ReadCall | null {
  if (call.operation === 'Readmsg') return { ...call, buffer: [call.buffer] };
  return call.operation === 'Readmsgmx' ? call : null;
}

export function writeIn({ call }: QnxStep): WriteCall | null {
  if (call.operation === 'Writemsg') return { ...call, message: [call.message] };
  return call.operation === 'Writemsgmx' ? call : null;
}

export const sends = ['Send', 'Sendmx', 'Sendfd', 'Sendfdmx'] as const;
export const receives = ['Receive', 'Receivemx', 'Creceive', 'Creceivemx'] as const;
export const replies = ['Reply', 'Replymx'] as const;
export const reads = ['Readmsg', 'Readmsgmx'] as const;
export const writes = ['Writemsg', 'Writemsgmx'] as const;

/** Processes that ended in a step. */
export const ended = ({ before, after }: QnxStep): readonly ProcessId[] => {
  const found: ProcessId[] = [];
  before.processes.forEach(({ life }, id) => { if (life === 'live' && after.processes[id]!.life !== 'live') found.push(id as ProcessId); });
  return found;
};

export const flagged = (state: QnxState, process: number, flag: Process['flags'][number]): boolean =>
  state.processes[process]!.flags.includes(flag);

/** A queue in the order of priority: a process that has asked for it. */
export const byPriority = (state: QnxState, process: number): boolean =>
  flagged(state, process, 'PRIORITY_REC') || flagged(state, process, 'PRIORITY_FLOAT');

export const signalNames = ['SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGSEGV', 'SIGCHLD', 'SIGSTOP', 'SIGCONT', 'SIGKILL'] as const satisfies readonly Signal[];
