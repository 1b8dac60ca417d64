import type { Name, RightKind, SentItem } from '#spec/mach/vocabulary';
import { copy } from '#model/copy';
import { runInPlace, type Event, type Kernel } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { same } from '#properties/mach/laws/frame';
import { differs, make, ordinary, replyIn, request, waiting, within, type Made, type Manner } from '#properties/mach/laws/requests/made';
import { misshapen } from '#properties/mach/laws/requests/misshapen';
import { readyFor, type Ready, type Requested } from '#properties/mach/laws/requests/ready';
import { resultsOf } from '#properties/mach/laws/requests/stubs';
import { following } from '#properties/program';

/** What comparing the two forms of a call showed: how it put the law to the test, and where they differ. */
export interface Judged { readonly met: readonly string[]; readonly violations: readonly string[] }

type MachKernel = Kernel<MachState, MachCall>;

/** Compares the forms of one call in one state. */
export type Judge = (kernel: MachKernel, before: MachState, call: MachCall) => Judged;

const silent: Judged = { met: [], violations: [] };

/** A judge of calls that have another form. */
const judging = (judge: (kernel: MachKernel, ready: Ready) => Judged): Judge => (kernel, before, call) => within(() => {
  const ready = readyFor(before, call);
  return ready === null ? silent : judge(kernel, ready);
}, silent);

const NO_REPLY: Manner['local'] = { name: 0 as Name, disposition: null };
const DEAD_REPLY: Manner['local'] = { name: -1 as Name, disposition: 'copy-send' };
const SEND_ONCE_NOTIFICATION = 71;

const errorOf = (event: Event): string | null => (event.tag === 'raised' ? event.error : null);
const inSending = (error: string | null): boolean => error?.startsWith('MACH_SEND') === true;
/** There is room for what is read in a reply that nobody has unpacked yet. */
const isShort = ({ event }: Made): boolean => errorOf(event) === 'KERN_NO_SPACE' || errorOf(event) === 'MACH_RCV_BODY_ERROR';

/** The request in the ordinary manner does what the call does, and is answered as the call is. */
export const asCall = judging((kernel, ready) => {
  const direct = make(kernel, ready.state, ready.call);
  const isAnswered = ready.stub.get !== null;
  const manner = isAnswered ? ordinary(ready) : { ...ordinary(ready), local: NO_REPLY, receives: false };
  const asked = make(kernel, ready.state, request(ready, manner));
  if (ready.call.operation === 'vm_read' && isShort(direct)) return silent;
  const { operation } = ready.call;
  const wrong = [
    ...(isAnswered ? wrongAnswer(direct, asked, ready) : wrongEnd(direct, asked)),
    ...(differs(direct, asked, ready) ? ['the state is another'] : []),
    ...(same(others(direct, ready), others(asked, ready)) ? [] : ['other threads are told otherwise']),
    ...(asked.cost['trap'] === 1 ? [] : [`it takes ${asked.cost['trap']} traps`]),
    ...miscounted(direct, asked),
  ];
  return { met: metBy(direct, ready), violations: wrong.map((what) => `asked for by a message, ${operation} is not what it is as a call: ${what}`) };
});

/** The request is one message, and the reply another; all else costs what it costs a caller. */
function miscounted(direct: Made, asked: Made): readonly string[] {
  if (inSending(errorOf(direct.event)) || asked.event.tag === 'ended') return [];
  const due = (direct.cost['message'] ?? 0) + (replyIn(asked) === null ? 1 : 2);
  const switches = [direct, asked].map(({ cost }) => cost['switch'] ?? 0);
  return [
    ...(asked.cost['message'] === due ? [] : [`it costs ${asked.cost['message']} messages instead of ${due}`]),
    ...(switches[0] === switches[1] ? [] : [`it costs ${switches[1]} switches instead of ${switches[0]}`]),
  ];
}

const others = ({ events }: Made, { call }: Ready): readonly Event[] => events.filter(({ thread }) => thread !== call.thread);

function metBy({ event, state }: Made, { call, state: before }: Ready): readonly string[] {
  const { operation, thread } = call;
  const error = errorOf(event);
  const foreign = 'task' in call && call.task.tag === 'name' && error === null
    && before.tasks.findIndex(({ port }) => portOf(before, call, call.task as { readonly name: Name }) === port) !== before.threads[thread]!.task;
  return [
    ...(error === null ? [`${operation} is asked for by a message`] : []),
    ...(error?.startsWith('KERN') === true ? ['an operation refuses what a message asks'] : []),
    ...(inSending(error) ? ['a request fails as a message'] : []),
    ...(event.tag === 'blocked' ? ['a request stops its own sender'] : []),
    ...(event.tag === 'ended' ? ['a request ends its own sender'] : []),
    ...(state.ports.some(({ life }, id) => life === 'dead' && before.ports[id]?.life === 'live') ? ['a request ends a port'] : []),
    ...(foreign ? ['a request is about another task'] : []),
  ];
}

const portOf = (state: MachState, { thread }: Requested, { name }: { readonly name: Name }): number | null => {
  const entry = state.tasks[state.threads[thread]!.task]!.names[name];
  return entry?.tag === 'port' ? entry.port : null;
};

/** What a caller hears who gets no reply. */
function wrongEnd(direct: Made, asked: Made): readonly string[] {
  const error = errorOf(direct.event);
  if (inSending(error)) return errorOf(asked.event) === error ? [] : [`${error} became ${errorOf(asked.event) ?? asked.event.tag}`];
  const due = direct.event.tag === 'raised' ? 'returned' : direct.event.tag;
  if (asked.event.tag !== due) return [`its sender ${asked.event.tag} instead of ${due}`];
  return replyIn(asked) === null ? [] : ['a message came'];
}

/** Where a reply is not the answer of the call. */
function wrongAnswer(direct: Made, asked: Made, ready: Ready): readonly string[] {
  const { event } = direct;
  const error = errorOf(event);
  if (inSending(error)) return [...wrongEnd(direct, asked), ...wrongRest(asked, ready, error === 'MACH_SEND_INVALID_DEST' ? [] : [SEND_ONCE_NOTIFICATION])];
  if (event.tag === 'ended') return asked.event.tag === 'ended' ? wrongRest(asked, ready, [ready.stub.number + 100]) : ['its sender goes on'];
  const reply = replyIn(asked);
  if (reply === null) return ['no reply came'];
  if (asked.event.tag !== (error === null ? event.tag : 'returned')) return [`its sender ${asked.event.tag} instead of ${event.tag}`];
  const [code, ...items] = reply.body;
  const said = code?.tag === 'code' ? code.code : 'no code';
  if (said !== (error ?? 'KERN_SUCCESS')) return [`${error ?? 'success'} became ${said}`];
  if (error !== null || event.tag !== 'returned') return [];
  const results = resultsOf(ready.stub, items);
  return same(results, event.value) ? [] : [`${JSON.stringify(event.value)} became ${JSON.stringify(results)}`];
}

/** What is left at the reply port of a request that could not be sent, or whose sender is no more. */
function wrongRest(asked: Made, ready: Ready, due: readonly number[]): readonly string[] {
  const left = waiting(asked, ready).map(({ id }) => id);
  const isDead = asked.state.ports[ready.replyPort]!.life === 'dead';
  return same(left, isDead ? [] : due) ? [] : [`[${left.join(' ')}] is left where the reply was to come`];
}

/** The reply has the form of one, in whatever manner it is asked for. */
export const asReply = judging((kernel, ready) => {
  if (ready.stub.get === null) return silent;
  const direct = make(kernel, ready.state, ready.call);
  if (!isHeard(direct, ready) || inSending(errorOf(direct.event)) || isShort(direct)) return silent;
  const manner = ordinary(ready);
  const ways: readonly (readonly [RightKind, Made])[] = [
    ['send-once', make(kernel, ready.state, request(ready, manner))],
    ['send', make(kernel, ready.state, request(ready, { ...manner, local: { name: ready.reply, disposition: 'make-send' } }))],
    ['send-once', later(kernel, ready, make(kernel, ready.state, request(ready, { ...manner, receives: false })))],
  ];
  const wrong = ways.flatMap(([kind, asked]) => malformed(direct, asked, ready, kind));
  const items = replyIn(ways[0]![1])?.body ?? [];
  return {
    met: [
      errorOf(direct.event) === null ? 'a success is replied' : 'an error is replied',
      ...items.flatMap(({ tag }) => (tag === 'rights' || tag === 'region' || tag === 'name' ? [`a reply carries ${carried[tag]}`] : [])),
    ],
    violations: [...new Set(wrong)].map((what) => `the reply to ${ready.call.operation}: ${what}`),
  };
});

/** Whether the caller goes on after its call, and can be told something. */
const isHeard = ({ event, state }: Made, { call }: Ready): boolean =>
  (event.tag === 'returned' || event.tag === 'raised') && state.threads[call.thread]!.life === 'live';

const carried = { rights: 'a right', region: 'memory', name: 'a name' } as const;

/** Fetches a reply that was left where it was put. */
function later(kernel: MachKernel, { call, reply }: Ready, sent: Made): Made {
  const receive: Requested = {
    operation: 'mach_msg', thread: call.thread, options: ['receive-timeout'], send: null, receive: { name: reply, size: 4096 }, timeout: 0, notify: 0 as Name,
  };
  return make(kernel, sent.state, receive);
}

function malformed(direct: Made, asked: Made, ready: Ready, kind: RightKind): readonly string[] {
  const reply = replyIn(asked);
  if (reply === null) return ['there is none'];
  const [code, ...items] = reply.body;
  const isComplex = items.some(({ tag }) => tag === 'rights' || tag === 'region');
  const bytes = reply.body.reduce((size, item) => size + ('long' in item && item.long ? 12 : 4) + (item.tag === 'rights' ? 4 * item.names.length : 4), 24);
  const { sendRights, sendOnceRights } = asked.state.ports[ready.replyPort]!;
  return [
    ...(reply.id === ready.stub.number + 100 ? [] : [`it bears the number ${reply.id}`]),
    ...(code?.tag === 'code' ? [] : ['it does not begin with a code']),
    ...(reply.remote.name === 0 && reply.remote.kind === null ? [] : ['it wants to be replied to']),
    ...(reply.local.name === ready.reply && reply.local.kind === kind ? [] : [`it came by a right that is ${reply.local.kind}`]),
    ...(reply.complex === isComplex ? [] : ['what it carries and what it says of that differ']),
    ...(reply.size === bytes && reply.sequence === 0 ? [] : [`it is of ${reply.size} bytes, the number ${reply.sequence} in its queue`]),
    ...(direct.event.tag === 'raised' && items.length > 0 ? ['results come with an error'] : []),
    ...(waiting(asked, ready).length === 0 ? [] : ['more than one message came']),
    ...(sendRights === 0 && sendOnceRights === 0 ? [] : ['the right that it came by is still there']),
  ];
}

/** Nobody is answered: the operation is carried out, and what the reply would have brought is gone. */
export const asUnanswered = judging((kernel, ready) => {
  if (ready.stub.get === null) return silent;
  const direct = make(kernel, ready.state, ready.call);
  if (isMerged(direct, ready) || isShort(direct)) return silent;
  const due = released(kernel, direct, ready);
  const wrong = [NO_REPLY, DEAD_REPLY].flatMap((local) => {
    const asked = make(kernel, ready.state, request(ready, { ...ordinary(ready), local, receives: false }));
    return [
      ...wrongEnd(direct, asked),
      ...(waiting(asked, ready).length === 0 ? [] : ['something came to the port of another message']),
      ...(differs(due, asked, ready, false) ? ['the state is another'] : []),
    ];
  });
  const { event } = direct;
  const isMemory = ready.call.operation === 'vm_read';
  return {
    met: event.tag === 'raised' ? (inSending(event.error) ? [] : ['an operation fails with nobody to be told'])
      : ['an operation succeeds with nobody to be told', ...(due === direct ? [] : [`${isMemory ? 'memory' : 'a right'} goes with a reply that is not sent`])],
    violations: [...new Set(wrong)].map((what) => `with no reply port ${ready.call.operation} is not carried out as it should be: ${what}`),
  };
});

/**
 * A right that came to a name which has all the references it can have was gone at once; and a receive right cannot
 * be given up as if it had come alone, where it came to a send right.
 */
function isMerged({ state, event }: Made, { call }: Ready): boolean {
  const { names } = state.tasks[state.threads[call.thread]!.task]!;
  return event.tag === 'returned' && giftsOf(call, event.value).some((gift) => {
    const entry = 'name' in gift ? names[gift.name] : null;
    return entry?.tag === 'port' && (entry.sends === state.limits.references - 1 || ('kind' in gift && gift.kind === 'receive' && entry.sends > 0));
  });
}

/** The direct call, and then everything given up that it gave its caller. */
function released(kernel: MachKernel, direct: Made, { call }: Ready): Made {
  const gifts = direct.event.tag === 'returned' ? giftsOf(call, direct.event.value) : [];
  if (gifts.length === 0) return direct;
  const state = copy(direct.state);
  const { thread } = call;
  const task = { tag: 'identity', identity: state.threads[thread]!.task } as const;
  for (const gift of gifts) {
    const giveUp: MachCall = 'size' in gift ? { operation: 'vm_deallocate', thread, task, ...gift }
      : gift.kind === 'receive' ? { operation: 'mach_port_mod_refs', thread, task, name: gift.name, right: 'receive', delta: -1 }
        : { operation: 'mach_port_deallocate', thread, task, name: gift.name };
    runInPlace(kernel, state, giveUp, following([]));
  }
  return { ...direct, state };
}

type Gift = { readonly name: Name; readonly kind: RightKind } | { readonly address: number; readonly size: number };

/** What a call gave its caller, beyond what it said. */
function giftsOf({ operation }: Requested, value: unknown): readonly Gift[] {
  const { name, names, previous, kind = 'send', address = 0, size = 0 } = (value ?? {}) as {
    readonly name?: Name; readonly names?: readonly Name[]; readonly previous?: Name; readonly kind?: RightKind; readonly address?: number; readonly size?: number;
  };
  switch (operation) {
    case 'vm_read': return size > 0 ? [{ address, size }] : [];
    case 'mach_ports_lookup': return names!.filter((one) => one > 0).map((one) => ({ name: one, kind }));
    case 'mach_port_request_notification': return previous! > 0 ? [{ name: previous!, kind: 'send-once' }] : [];
    case 'vm_set_default_memory_manager': return previous! > 0 ? [{ name: previous!, kind }] : [];
    case 'mach_port_extract_right':
    case 'task_create':
    case 'thread_create':
    case 'task_get_special_port':
    case 'thread_get_special_port': return name! > 0 ? [{ name: name!, kind }] : [];
    default: return [];
  }
}

/** Nothing answers to this number. */
const UNKNOWN = 29_999;

/** A request with other items than those of its operation comes to no more than one that nothing answers to. */
export const asMalformed = judging((kernel, ready) => {
  const manner = ordinary(ready);
  const isAnswered = ready.stub.get !== null;
  const asking = (number: number, items: readonly SentItem[]) => make(kernel, ready.state, request(ready, {
    number, items, local: isAnswered ? manner.local : NO_REPLY, receives: isAnswered,
  }));
  const met: string[] = [];
  const violations: string[] = [];
  for (const [what, items] of misshapen(manner.items, ready.call.operation)) {
    const unknown = asking(UNKNOWN, items);
    if (unknown.event.tag !== 'returned') continue;
    const asked = asking(manner.number, items);
    met.push(what);
    const body = replyIn(asked)?.body ?? [];
    const isRefused = !isAnswered || same(body, [{ tag: 'code', code: 'MIG_BAD_ARGUMENTS' }]);
    if (!isRefused) violations.push(`${ready.call.operation} with ${what} was answered with ${JSON.stringify(body)}`);
    if (differs(unknown, asked, ready)) violations.push(`${ready.call.operation} with ${what} was not left undone`);
  }
  return { met, violations };
});

/** What a pager asks is done without a word; a right to answer through is destroyed. */
export const asPager = judging((kernel, ready) => {
  if (ready.stub.get !== null) return silent;
  const direct = make(kernel, ready.state, ready.call);
  const asked = make(kernel, ready.state, request(ready, { ...ordinary(ready), receives: false }));
  const isSent = !inSending(errorOf(direct.event));
  const wrong = [
    ...wrongEnd(direct, asked),
    ...wrongRest(asked, ready, isSent || errorOf(direct.event) !== 'MACH_SEND_INVALID_DEST' ? [SEND_ONCE_NOTIFICATION] : []),
    ...(differs(direct, asked, ready) ? ['the state is another'] : []),
  ];
  return {
    met: isSent ? [`${ready.call.operation} comes with a right to answer through`] : [],
    violations: wrong.map((what) => `with a reply port ${ready.call.operation} is not what it is without: ${what}`),
  };
});
