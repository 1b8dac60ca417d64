import type { ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId, Run, SetId } from '#model/mach/state';
import { isLive, livePorts, messageBySerial, messagesIn, portName, setName, threadName } from '#properties/mach/facts';
import { changesHands } from '#properties/mach/laws/dequeues';
import { isPlain } from '#properties/mach/laws/expected-spaces';
import { changesOf, queueChange, same, stray } from '#properties/mach/laws/frame';
import {
  endings, expectedOf, givenBackIn, isCircularSend, remember, sendEnd, sendsIn, sentMessage, takenIn, wantedBy,
} from '#properties/mach/laws/message-steps';
import { membersOf, receiveDue, receiveEnd } from '#properties/mach/laws/receive-due';
import { runs } from '#properties/mach/laws/unsent-messages';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Receiving = Extract<Run, { tag: 'receiving' }>;

/** What became of a thread that waited for a message. */
interface Fate {
  readonly thread: ThreadId;
  readonly run: Receiving;
  readonly cause: 'lost' | 'joined' | null;
  /** It has a message, in its hands or waiting for it to run; or was told of one too large for it. */
  readonly served: boolean;
  readonly told: string | null;
}

/** Whether a receive right left the task that had it. A new name for it is no matter, nor is a request that is withdrawn. */
const isLost = (step: MachStep, port: PortId): boolean => !isLive(step.after, port)
  || (step.call.operation !== 'mach_port_rename' && changesHands(step, port))
  || (step.call.operation !== 'mach_port_request_notification' && step.before.ports[port]!.portDestroyed !== null && step.after.ports[port]!.portDestroyed === null);

function causeOf(step: MachStep, { from }: Receiving): Fate['cause'] {
  if (from.tag === 'set') return step.after.sets[from.set]!.life === 'dead' ? 'lost' : null;
  if (isLost(step, from.port)) return 'lost';
  return step.before.ports[from.port]!.set === step.after.ports[from.port]!.set ? null : 'joined';
}

export const fates = remember((step): readonly Fate[] => step.before.threads.flatMap(({ run, life }, id) => {
  const thread = id as ThreadId;
  const now = step.after.threads[id]!;
  if (run.tag !== 'receiving' || life === 'dead' || now.life === 'dead') return [];
  const end = endings(step).find((event) => event.thread === id);
  const told = end?.tag === 'raised' ? end.error : null;
  const served = now.run.tag === 'handed' || takenIn(step).some((taken) => taken.thread === thread) || told === 'MACH_RCV_TOO_LARGE'
    || (now.run.tag === 'answered' && now.run.error === 'MACH_RCV_TOO_LARGE');
  return [{ thread, run, cause: causeOf(step, run), served, told }];
}));

const learns = { lost: 'MACH_RCV_PORT_DIED', joined: 'MACH_RCV_PORT_CHANGED' } as const;

/** What a waiting receiver should have learned of its port or set, and did not; or learned, and should not have. */
function unlearned(step: MachStep, only?: 'lost' | 'joined'): readonly string[] {
  return fates(step).flatMap(({ thread, run, cause, served, told }) => {
    if (served || run.broken !== null) return [];
    const learned = told === learns.lost ? 'lost' : told === learns.joined ? 'joined' : null;
    if (learned === cause || (only !== undefined && cause !== only && learned !== only)) return [];
    return [cause === null ? `${threadName(thread)} gets ${told}, and has lost nothing` : `${threadName(thread)} is not told ${learns[cause]}`];
  });
}

const isEnded = ({ call }: MachStep) => call.operation === 'timeout' || call.operation === 'thread_abort';

/** Threads that no longer wait as they did, though nothing came for them. */
const disturbed = (step: MachStep) => fates(step).flatMap(({ thread, run, cause, served, told }) => {
  if (served || cause !== null || told !== null || isEnded(step)) return [];
  return same(run, step.after.threads[thread]!.run) ? [] : [`the wait of ${threadName(thread)} is disturbed`];
});

const queuesOf = (state: MachState, run: Receiving): readonly PortId[] =>
  membersOf(state, run.from.tag === 'set' ? { tag: 'set', set: run.from.set } : { tag: 'port', port: run.from.port, receive: true, sends: 0, request: null, accepted: false });

/** Lines of receivers that are not the threads that wait there, or that wait beside messages. */
function misaligned(state: MachState): readonly string[] {
  const waiting = (tag: 'port' | 'set', id: number) => state.threads.flatMap(({ run, life }, thread) =>
    (life === 'live' && run.tag === 'receiving' && run.from.tag === tag && (run.from.tag === 'port' ? run.from.port : run.from.set) === id ? [thread] : []));
  const lines = [
    ...livePorts(state).map((port) => ({ name: portName(port), line: state.ports[port]!.receivers, due: waiting('port', port) })),
    ...state.sets.flatMap(({ life, receivers }, set) => (life === 'live' ? [{ name: setName(set as SetId), line: receivers, due: waiting('set', set) }] : [])),
  ];
  return [
    ...lines.flatMap(({ name, line, due }) => (same([...line].sort(), due) ? [] : [`the receivers of ${name} are ${line.map(threadName)}, and ${due.map((id) => threadName(id as ThreadId))} wait`])),
    ...state.threads.flatMap(({ run, life }, thread) => (life === 'live' && run.tag === 'receiving'
      && queuesOf(state, run).some((port) => isLive(state, port) && state.ports[port]!.queue.length > 0)
      ? [`${threadName(thread as ThreadId)} waits, and a message is there`] : [])),
  ];
}

/** Messages that several threads got, or one that nobody had sent. */
function multiplied(step: MachStep): readonly string[] {
  const got = new Map<number, number>();
  const wrong: string[] = [];
  for (const { source, handed, thread } of takenIn(step)) {
    if (source === null || source.serial < 0) continue;
    got.set(source.serial, (got.get(source.serial) ?? 0) + 1);
    if (handed && step.before.threads.some(({ run }, other) => other !== thread && run.tag === 'handed' && run.message.serial === source.serial)) {
      wrong.push(`message ${source.serial} is in the hands of several threads`);
    }
  }
  const seen = new Set<number>();
  for (const [{ serial }] of messagesIn(step.after)) {
    if (seen.has(serial)) wrong.push(`message ${serial} is there twice`);
    seen.add(serial);
    if (got.has(serial)) wrong.push(`message ${serial} was received, and is still there`);
  }
  return wrong;
}

/** Messages that a step lost: nobody got them, and nothing destroyed them. */
function vanished(step: MachStep): readonly string[] {
  if (!isPlain(step)) return [];
  const gone = [...messagesIn(step.before)].map(([message]) => message).filter((message) => messageBySerial(step.after, message.serial) === null);
  const left = gone.filter(({ circular, destination }) => !circular && isLive(step.before, destination.port) && isLive(step.after, destination.port));
  const own = sendEnd(step) === 'sent' && sentMessage(step) === null ? expectedOf(step)?.message : undefined;
  const isOwnLost = own !== undefined && expectedOf(step)!.error === null && !isCircularSend(step) && isLive(step.after, own.destination.port)
    && step.before.ports[own.destination.port]!.kernel === null && !takenIn(step).some(({ source }) => source === own);
  if (isOwnLost) return [`a message to ${portName(own.destination.port)} is lost`];
  const taken = new Map<PortId, number>();
  const add = (port: PortId, count: number) => taken.set(port, (taken.get(port) ?? 0) + count);
  for (const { source } of takenIn(step)) if (source !== null && source.serial >= 0) add(source.destination.port, 1);
  for (const { source } of givenBackIn(step)) if (source.serial >= 0) add(source.destination.port, 1);
  for (const { destination } of left) add(destination.port, -1);
  return [...taken].flatMap(([port, count]) => (count < 0 ? [`${-count} messages of ${portName(port)} are lost`] : []));
}

/** Waiting threads that took a message although they wanted to be told of its size, or were told of a smaller one. */
function missized(step: MachStep): readonly string[] {
  return fates(step).flatMap(({ thread, run: { wait, broken } }) => {
    const now = step.after.threads[thread]!.run;
    const event = endings(step).find((one) => one.thread === thread);
    const kept = event?.tag === 'raised' && event.error === 'MACH_RCV_TOO_LARGE' && (event.value as { tag?: string } | undefined)?.tag === 'kept'
      ? (event.value as { size: number }).size : now.tag === 'answered' && now.error === 'MACH_RCV_TOO_LARGE' && now.given === null ? now.size : null;
    const took = now.tag === 'handed' ? now.message.size : takenIn(step).find((taken) => taken.thread === thread)?.header.size ?? null;
    if (broken !== null) return [];
    return [
      ...(kept !== null && !(wait.large && kept > wait.size) ? [`${threadName(thread)} is told of ${kept} bytes, with room for ${wait.size}`] : []),
      ...(took !== null && wait.large && took > wait.size ? [`${threadName(thread)} gets a message that it wanted to be told of`] : []),
    ];
  });
}

/** A thread that begins to wait, and does not wait as it asked. */
function misremembered(step: MachStep): readonly string[] {
  const { call } = step;
  const run = call.operation === 'mach_msg' && call.receive !== null ? step.after.threads[call.thread]!.run : null;
  if (run?.tag !== 'receiving' || call.operation !== 'mach_msg') return [];
  const { name, size, large, timed, notify } = run.wait;
  const asked = wantedBy(step, call.thread);
  return same({ ...asked }, { name: name.name, size, large, timed, notify: notify?.name ?? null }) ? [] : [`${threadName(call.thread)} does not wait as it asked`];
}

const toldOfSize = (step: MachStep) => fates(step).filter(({ told, thread }) => told === 'MACH_RCV_TOO_LARGE'
  && !takenIn(step).some((taken) => taken.thread === thread));

/** The thread whose time is over in a step, or that the step aborts, if it waits for a message. */
const broken = (step: MachStep): Fate | undefined => fates(step).find(({ thread }) => {
  const { call } = step;
  if (call.operation === 'timeout') return call.waiting === thread;
  return call.operation === 'thread_abort' && call.target.tag === 'identity' && call.target.identity === thread;
});

/** How a wait ended by time or by interruption differs from what it should leave behind. */
function endFaults(step: MachStep): readonly string[] {
  const ended = broken(step);
  if (ended === undefined || ended.run.broken !== null) return [];
  const { thread } = ended;
  const due = step.call.operation === 'timeout' ? 'MACH_RCV_TIMED_OUT' : 'MACH_RCV_INTERRUPTED';
  if (step.call.operation === 'timeout' && !runs(step, thread)) return stray(step, (change) => change.what === 'thread' && change.thread === thread);
  return [
    ...(ended.told === due ? [] : [`${threadName(thread)} does not get ${due}`]),
    ...stray(step, (change) => (change.what === 'thread' && change.thread === thread && change.field === 'run')
      || ((change.what === 'port' || change.what === 'set') && change.field === 'receivers')),
  ];
}

/** A poll of something empty, and a wait for it. */
function emptyFaults(step: MachStep): readonly string[] {
  const due = receiveDue(step);
  const end = receiveEnd(step);
  const isTimedOut = end?.tag === 'raised' && end.error === 'MACH_RCV_TIMED_OUT';
  if (due === null) return [];
  const mustPoll = due.tag === 'empty' && due.polls;
  const mustWait = due.tag === 'empty' && !due.polls && sendsIn(step) === null;
  return [
    ...(mustPoll !== isTimedOut ? [mustPoll ? 'a poll of something empty goes on' : 'a receive times out at once that should not'] : []),
    ...(mustWait && end?.tag !== 'waiting' ? ['a receive from something empty does not wait'] : []),
    ...(isTimedOut && sendsIn(step) === null ? stray(step) : []),
    ...(mustWait ? stray(step, (change) => change.what === 'thread' || (change.what !== 'name' && change.field === 'receivers')) : []),
  ];
}

/** Ports that a step put into a set with others, and those it took out. */
const joined = (step: MachStep): readonly PortId[] => changesOf(step).flatMap((change) =>
  (change.what === 'port' && change.field === 'set' && step.before.ports[change.port] !== undefined && isLive(step.after, change.port)
    && step.call.operation === 'mach_port_move_member' ? [change.port] : []));

/** A member's messages come after those of the others when it joins; joining and leaving drop none. */
function unmerged(step: MachStep): readonly string[] {
  return joined(step).flatMap((port) => {
    const old = step.before.ports[port]!.queue;
    const { set, queue } = step.after.ports[port]!;
    const served = new Set([
      ...takenIn(step).flatMap(({ source }) => (source === null ? [] : [source.serial])),
      ...step.after.threads.flatMap(({ run }) => (run.tag === 'handed' ? [run.message.serial] : [])),
    ]);
    const due = old.filter(({ serial }) => !served.has(serial)).map(({ serial }) => serial);
    const left = queue.map(({ serial }) => serial).filter((serial) => old.some((message) => message.serial === serial));
    const others = step.after.ports.flatMap((other, id) => (set !== null && id !== port && other.set === set ? other.queue : []));
    const isLast = set === null || queue.every(({ arrival }) => others.every((other) => other.arrival < arrival));
    return [
      ...(same(left, due) ? [] : [`${portName(port)} did not keep its messages as it ${set === null ? 'left' : 'joined'}`]),
      ...(isLast ? [] : [`the messages of ${portName(port)} stand before those of other members`]),
    ];
  });
}

/** Arrivals within a queue stand in their order, but for one that was brought to the front of its moment. */
const disarranged = (state: MachState): readonly string[] => livePorts(state).flatMap((port) => {
  const { queue } = state.ports[port]!;
  const isWrong = queue.some(({ arrival, moment }, at) => at > 0 && queue[at - 1]!.moment >= 0 && moment >= 0 && arrival <= queue[at - 1]!.arrival);
  return isWrong ? [`the messages of ${portName(port)} do not stand as they arrived`] : [];
});

/** The members of a set that had messages when one was received from it by the caller, and the one that was served. */
function servedFrom(step: MachStep): { readonly heads: readonly Message[]; readonly source: Message } | null {
  const due = receiveDue(step);
  const { call } = step;
  if (due?.tag !== 'some' || call.operation !== 'mach_msg') return null;
  const source = takenIn(step).find(({ thread }) => thread === call.thread)?.source ?? null;
  const ports = new Set(due.heads.map(({ destination }) => destination.port));
  return source === null || ports.size < 2 ? null : { heads: due.heads, source };
}

/** Whether the member that was served had the message that came first. Those of one moment have no order among themselves. */
function isOldest(found: ReturnType<typeof servedFrom>): boolean {
  if (found === null) return false;
  const { port } = found.source.destination;
  const first = Math.min(...found.heads.flatMap(({ arrival, destination }) => (destination.port === port ? [arrival] : [])));
  return found.heads.every(({ arrival, destination }) => destination.port === port || arrival > first);
}

export const receiverWaitLaws = {
  'mach/set-merges-its-member-queues': {
    always: disarranged,
    step: (step) => {
      const found = servedFrom(step);
      const isOpen = step.choices.some(({ kind }) => kind === 'simultaneous');
      const isWrong = found !== null && step.before.variant === 'gnumach' && !isOpen && !isOldest(found) && found.source.serial >= 0;
      return [...unmerged(step), ...(isWrong ? ['a message is received before one that came earlier to the same set'] : [])];
    },
    sometimes: {
      'a port joins with messages': (step) => joined(step).some((port) => step.after.ports[port]!.set !== null && step.before.ports[port]!.queue.length > 0),
      'it joins others that have some': (step) => joined(step).some((port) => step.after.ports[port]!.set !== null && step.before.ports[port]!.queue.length > 0
        && step.before.ports.some(({ set, queue }) => set === step.after.ports[port]!.set && queue.length > 0)),
      'a port leaves with messages': (step) => joined(step).some((port) => step.after.ports[port]!.set === null && step.before.ports[port]!.queue.length > 0),
    },
  },

  'mach/message-reaches-one-thread': {
    always: misaligned,
    step: (step) => [...multiplied(step), ...vanished(step)],
    sometimes: {
      'several threads wait at one port': ({ after }) => after.ports.some(({ receivers }) => receivers.length > 1),
      'one of several waiting threads is served': (step) => fates(step).filter(({ run }) => run.from.tag === 'port').some(({ served: is, run, thread }) =>
        is && fates(step).some((other) => other.thread !== thread && !other.served && same(other.run.from, run.from))),
    },
  },

  'mach/too-large-message-wakes-small-waiters': {
    always: (state) => misaligned(state).filter((text) => text.endsWith('a message is there')),
    step: (step) => [...missized(step), ...misremembered(step)],
    sometimes: {
      'a waiter is told of a message too large for it': (step) => toldOfSize(step).length > 0,
      'another waiter takes it': (step) => toldOfSize(step).length > 0 && fates(step).some(({ served: is, told }) => is && told === null),
      'a waiter without the option has it destroyed': (step) => takenIn(step).some(({ thread, error }) =>
        error === 'MACH_RCV_TOO_LARGE' && step.before.threads[thread]!.run.tag === 'receiving'),
    },
  },

  'mach/timed-out-receive-leaves-the-queue': {
    step: (step) => [...emptyFaults(step), ...misremembered(step), ...(step.call.operation === 'timeout' ? endFaults(step) : [])],
    sometimes: {
      'a poll finds nothing': (step) => receiveDue(step)?.tag === 'empty' && receiveEnd(step)?.tag === 'raised',
      'a poll finds a message': (step) => receiveDue(step)?.tag === 'some' && step.call.operation === 'mach_msg'
        && step.call.options.includes('receive-timeout') && step.call.timeout === 0,
      'the time of a waiting receiver is over': (step) => step.call.operation === 'timeout' && broken(step)?.told === 'MACH_RCV_TIMED_OUT',
    },
  },

  'mach/ended-wait-leaves-messages': {
    step: (step) => [
      ...endFaults(step),
      ...fates(step).flatMap(({ thread, run, told }) => {
        const isOver = told === 'MACH_RCV_TIMED_OUT' || told === 'MACH_RCV_INTERRUPTED';
        if (!isOver) return [];
        const isCaused = broken(step)?.thread === thread || run.broken !== null || step.call.operation === 'thread_abort';
        return [
          ...(isCaused ? [] : [`${threadName(thread)} gets ${told}, and nothing ended its wait`]),
          ...queuesOf(step.before, run).filter((port) => isLive(step.after, port) && queueChange(step, port).gone.length > 0 && takenIn(step).length === 0)
            .map((port) => `a message of ${portName(port)} went with a wait that ended`),
        ];
      }),
    ],
    sometimes: {
      'a wait ends by time': (step) => fates(step).some(({ told }) => told === 'MACH_RCV_TIMED_OUT'),
      'a wait is interrupted': (step) => fates(step).some(({ told }) => told === 'MACH_RCV_INTERRUPTED'),
    },
  },

  'mach/waiting-receiver-learns-of-changes': {
    step: (step) => [...unlearned(step), ...disturbed(step)],
    sometimes: {
      'the right is destroyed': (step) => fates(step).some(({ run, cause }) => cause === 'lost' && run.from.tag === 'port' && !isLive(step.after, run.from.port)),
      'the right is moved away': (step) => fates(step).some(({ run, cause }) => cause === 'lost' && run.from.tag === 'port' && isLive(step.after, run.from.port)),
      'the port joins a set': (step) => fates(step).some(({ cause }) => cause === 'joined'),
      'the set is destroyed': (step) => fates(step).some(({ run, cause }) => cause === 'lost' && run.from.tag === 'set'),
      'the port is renamed': (step) => step.call.operation === 'mach_port_rename' && fates(step).some(({ run }) => run.from.tag === 'port'
        && changesHands(step, run.from.port)),
      'a member joins or leaves': (step) => fates(step).some(({ run, cause }) => run.from.tag === 'set' && cause === null && joined(step).length > 0),
    },
  },

  'mach/lost-right-ends-the-receive': {
    step: (step) => [
      ...unlearned(step, 'lost'),
      ...fates(step).flatMap(({ run, cause }) => (cause !== 'lost' || run.from.tag === 'set' || !isLive(step.after, run.from.port) || !isPlain(step) ? []
        : vanished(step))),
    ],
    sometimes: {
      'a waiting receiver loses its port': (step) => fates(step).some(({ run, told }) => told === 'MACH_RCV_PORT_DIED' && run.from.tag === 'port'),
      'a waiting receiver loses its set': (step) => fates(step).some(({ run, told }) => told === 'MACH_RCV_PORT_DIED' && run.from.tag === 'set'),
    },
  },

  'mach/joining-a-set-ends-the-receive': {
    step: (step) => [...unlearned(step, 'joined'), ...(fates(step).some(({ cause }) => cause === 'joined') ? unmerged(step) : [])],
    sometimes: {
      'a port that is waited at joins a set': (step) => fates(step).some(({ told }) => told === 'MACH_RCV_PORT_CHANGED'),
    },
  },
} satisfies MachLaws;

export { isOldest, servedFrom };
