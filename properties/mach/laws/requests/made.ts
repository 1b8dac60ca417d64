import type { ReceivedMessage, SentItem, SentMessage } from '#spec/mach/vocabulary';
import { copy } from '#model/copy';
import { runInPlace, type Event, type Kernel, type Outcome } from '#model/kernel';
import { BeyondScope } from '#model/operation';
import { machSchema, type MachState, type Message, type Port } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { pack } from '#model/schema';
import { canonical } from '#properties/canonical';
import { following } from '#properties/program';
import type { Ready, Requested } from '#properties/mach/laws/requests/ready';

type MachKernel = Kernel<MachState, MachCall>;

/** What one call came to, and the state it led to. */
export interface Made extends Outcome {
  readonly state: MachState;
  /** What the caller was seen to get, or what it will be told when it runs again. */
  readonly event: Event;
}

/** Makes a call in a copy of a state. Whatever is open is decided the first way. */
export function make(kernel: MachKernel, from: MachState, call: Requested): Made {
  const state = copy(from);
  const outcome = runInPlace(kernel, state, call, following([]));
  const { run } = state.threads[call.thread]!;
  const seen = outcome.events.find(({ thread }) => thread === call.thread)!;
  const event: Event = seen.tag === 'blocked' && run.tag === 'answered' && run.given !== null
    ? { tag: 'blocked', thread: call.thread, value: JSON.parse(run.given) as unknown } as Event : seen;
  return { ...outcome, state, event };
}

/** Nothing can be said of a call that leaves the scope. */
export function within<T>(compare: () => T, otherwise: T): T {
  try {
    return compare();
  } catch (error) {
    if (error instanceof BeyondScope) return otherwise;
    throw error;
  }
}

/** How a request is made, apart from what it asks for. */
export interface Manner {
  readonly number: number;
  readonly items: readonly SentItem[];
  readonly local: SentMessage['local'];
  readonly receives: boolean;
}

const SPACE = 4096;

/** The message form of a call. */
export function request({ call, to, reply }: Ready, { number, items, local, receives }: Manner): Requested {
  const complex = items.some(({ tag }) => tag === 'rights' || tag === 'region');
  return {
    operation: 'mach_msg', thread: call.thread, options: [],
    send: { id: number, remote: { name: to, disposition: 'copy-send' }, local, complex, body: [...items], size: null },
    receive: receives ? { name: reply, size: SPACE } : null, timeout: 0, notify: 0 as never,
  };
}

/** The manner of the library: the number and items of the stub, a send-once right to reply through, and waiting for the reply. */
export const ordinary = ({ stub, call, reply }: Ready): Manner => ({
  number: stub.number, items: stub.put(call as never), local: { name: reply, disposition: 'make-send-once' }, receives: true,
});

/** The reply that the caller got, if it got one. */
export function replyIn({ event }: Made): ReceivedMessage | null {
  const { value } = event as { readonly value?: { readonly message?: ReceivedMessage | null } | null };
  return value?.message ?? null;
}

/** The messages that wait at the reply port: none, once the caller has what it was to get. */
export const waiting = ({ state }: Made, { replyPort }: Ready): readonly Message[] => state.ports[replyPort]!.queue;

/**
 * Whether two states differ, apart from the port to reply to and from what the caller is told. `moments`: whether it
 * matters which messages were queued in one moment.
 */
export function differs(a: Made, b: Made, ready: Ready, moments = true): boolean {
  const [one, other] = [apart(a, ready, moments), apart(b, ready, moments)];
  if (pack(machSchema, one, false).join() === pack(machSchema, other, false).join()) return false;
  return canonical(machSchema, one) !== canonical(machSchema, other);
}

/** Nobody counts the rights to a dead port. */
const uncounted = { sequence: 0, makeSend: 0, sendOnceRights: 0, sendRights: 0 };

function apart({ state: { ports, threads, ...rest } }: Made, { replyPort, call }: Ready, moments: boolean): MachState {
  const inTime = (port: Port): Port => (moments ? port : { ...port, queue: port.queue.map((message, moment) => ({ ...message, moment })) });
  return {
    ...rest,
    ports: ports.map((port, id) => (id === replyPort ? { ...port, queue: [], ...uncounted } : port.life === 'dead' ? { ...port, ...uncounted } : inTime(port))),
    threads: threads.map((thread, id) => (id === call.thread && thread.run.tag === 'answered'
      ? { ...thread, run: { tag: 'answered', error: null, size: 0, given: null } } : thread)),
  };
}
