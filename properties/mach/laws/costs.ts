import type { ThreadId } from '#spec/mach/vocabulary';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callerEvent, threadName } from '#properties/mach/facts';
import { receivesUnheard, takenUnheard } from '#properties/mach/laws/ledger';
import { expectedOf, sendEnd, sendsIn, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import { runs } from '#properties/mach/laws/unsent-messages';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import { monitor } from '#properties/obligation';

/** What is counted in the exchange of messages. Costs are bounds from above, never more. */
interface Cost { readonly message: number; readonly trap: number; readonly copy: number; readonly switch: number }

const costOf = ({ cost }: MachStep): Cost =>
  ({ message: cost['message'] ?? 0, trap: cost['trap'] ?? 0, copy: cost['copy'] ?? 0, switch: cost['switch'] ?? 0 });

const plus = (a: Cost, b: Cost): Cost =>
  ({ message: a.message + b.message, trap: a.trap + b.trap, copy: a.copy + b.copy, switch: a.switch + b.switch });

const above = (what: string, cost: Cost, bound: Cost): readonly string[] => (['message', 'trap', 'copy', 'switch'] as const)
  .filter((part) => cost[part] > bound[part]).map((part) => `${what} costs ${part} ${cost[part]} times, and at most ${bound[part]} are due`);

/** Whether the costs of a step can be told apart: nobody acted unseen, and the kernel made no message of its own. */
const isClear = (step: MachStep): boolean => !receivesUnheard(step) && takenUnheard(step).length === 0
  && step.after.serial - step.before.serial <= (sendsIn(step) === null ? 0 : 1) && takenIn(step).length <= 1
  && step.before.threads.every(({ run }, id) => run.tag !== 'sending' && (isPartOf(step, id) || run === step.after.threads[id]!.run));

/** Whether a thread sends in a step, or gets a message. */
const isPartOf = (step: MachStep, thread: number): boolean =>
  ('thread' in step.call && step.call.thread === thread) || takenIn(step).some((taken) => taken.thread === thread);

const isSimple = (step: MachStep): boolean => expectedOf(step)?.message.complex === false && sendEnd(step) === 'sent';

/** A simple message that goes straight to a receiver that waits for it. */
const isHandOff = (step: MachStep): boolean => isSimple(step) && isClear(step) && takenIn(step).some(({ thread }) =>
  step.before.threads[thread]!.run.tag === 'receiving');

/** A message that a caller finds in a queue. */
const isLate = (step: MachStep): boolean => step.call.operation === 'mach_msg' && step.call.send === null && isClear(step)
  && step.after.serial === step.before.serial
  && takenIn(step).some(({ thread, source }) => thread === (step.call as { thread: number }).thread && source !== null && source.sender >= 0);

/** A request to the kernel whose reply is received in the same call. */
const isKernelRpc = (step: MachStep): boolean => {
  const expected = expectedOf(step);
  return expected !== null && sendsIn(step)!.receive !== null && step.before.ports[expected.message.destination.port]!.kernel !== null
    && step.events.length === 1 && callerEvent(step)?.tag === 'returned' && step.after.serial - step.before.serial === 2;
};

/** Copies that are due: one as a message is sent, and one as it is received. */
function overcopied(step: MachStep): readonly string[] {
  if (step.call.operation !== 'mach_msg' || receivesUnheard(step) || takenUnheard(step).length > 0) return [];
  const own = expectedOf(step)?.message;
  const due = (own === undefined ? 0 : 1) + takenIn(step).length;
  const bytes = (own?.size ?? 0) + takenIn(step).reduce((sum, { header }) => sum + header.size, 0);
  return [
    ...((step.cost['copy'] ?? 0) > due ? [`${step.cost['copy']} copies are made where ${due} are due`] : []),
    ...((step.cost['byte'] ?? 0) > bytes ? [`${step.cost['byte']} bytes are copied of ${bytes}`] : []),
  ];
}

/** What has become of messages on their way, and what that has cost so far. */
interface Account {
  readonly late: Map<number, Cost>;
  /** Exchanges by their request, by the name of the reply right, and by the reply. `combined`: by both sides so far. */
  readonly requests: Map<number, Exchange>;
  readonly replies: Map<string, Exchange>;
  readonly answers: Map<number, Exchange>;
  /** Threads that wait to receive, and whether a send went before in the same call. */
  readonly waiting: Map<number, boolean>;
}

interface Exchange { readonly cost: Cost; readonly combined: readonly boolean[] }

const start = (): Account => ({ late: new Map(), requests: new Map(), replies: new Map(), answers: new Map(), waiting: new Map() });

const bounds = {
  late: { message: 1, trap: 2, copy: 2, switch: 1 },
  combined: { message: 2, trap: 2, copy: 4, switch: 2 },
  separate: { message: 2, trap: 4, copy: 4, switch: 2 },
} as const;

/** Follows requests to their replies. Says what a finished exchange of one kind costs too much. */
const exchange = (kind: 'combined' | 'separate') => monitor<MachState, MachCall, Account>({
  start,
  next: (account, step) => {
    const done = follow(account, step);
    return done.flatMap(({ cost, combined }) => (combined.every((is) => is === (kind === 'combined'))
      ? above(`a procedure call of ${kind} calls`, cost, bounds[kind]) : []));
  },
});

/** Takes in a step; the exchanges that it finished. */
function follow(account: Account, step: MachStep): readonly Exchange[] {
  const { call } = step;
  const cost = costOf(step);
  const clear = isClear(step);
  const serial = isSimple(step) && clear ? sentMessage(step)?.[0].serial ?? -1 : null;
  const own = serial === null ? null : ownExchange(account, step, cost);
  if (own !== null && serial !== null && serial >= 0) (own.isReply ? account.answers : account.requests).set(serial, own.exchange);
  const finished: Exchange[] = [];
  for (const { thread, task, header, source } of clear ? takenIn(step) : []) {
    const isOwn = source !== null && source.serial < 0;
    const isCaller = 'thread' in call && call.thread === thread;
    const known = isOwn ? own : source === null ? null : found(account, source.serial);
    if (known === null || known === undefined) continue;
    // What the caller sent in the same call was another message: its costs are in the step's as well.
    if (isCaller && !isOwn && sendsIn(step) !== null) {
      account.replies.delete(`${task}:${header.remote.name}`);
      continue;
    }
    const paid = receiptOf(account, step, thread, isOwn ? null : cost, known.exchange.combined[0] === false);
    const combined = isCaller ? call.operation === 'mach_msg' && call.send !== null : account.waiting.get(thread) === true;
    if (known.isReply) finished.push({ cost: plus(known.exchange.cost, paid), combined: [...known.exchange.combined, combined] });
    else account.replies.set(`${task}:${header.remote.name}`, { cost: plus(known.exchange.cost, paid), combined: [...known.exchange.combined, ...(isCaller && !combined ? [false] : [])] });
  }
  remember(account, step);
  return finished;
}

/** What a receipt adds: its own step, and the call in which its thread began to wait, if that did nothing else. */
function receiptOf({ waiting }: Account, { before }: MachStep, thread: ThreadId, cost: Cost | null, isSeparate: boolean): Cost {
  const isAlone = isSeparate && before.threads[thread]!.run.tag === 'receiving' && waiting.get(thread) === false;
  return plus(cost ?? { message: 0, trap: 0, copy: 0, switch: 0 }, { message: 0, trap: isAlone ? 1 : 0, copy: 0, switch: 0 });
}

function found({ requests, answers }: Account, serial: number): { exchange: Exchange; isReply: boolean } | null {
  const request = requests.get(serial);
  const answer = answers.get(serial);
  return request !== undefined ? { exchange: request, isReply: false } : answer !== undefined ? { exchange: answer, isReply: true } : null;
}

/** The exchange that a call opens with a request, or goes on with by a reply. */
function ownExchange({ replies }: Account, step: MachStep, cost: Cost): { exchange: Exchange; isReply: boolean } | null {
  const call = sendsIn(step)!;
  const { remote, local } = call.send;
  const key = `${step.before.threads[call.thread]!.task}:${remote.name}`;
  const asked = replies.get(key);
  const isCombined = call.receive !== null;
  if (remote.disposition === 'move-send-once' && asked !== undefined) {
    replies.delete(key);
    return { exchange: { cost: plus(asked.cost, cost), combined: [...asked.combined, isCombined] }, isReply: true };
  }
  return local.disposition === 'make-send-once' ? { exchange: { cost, combined: [isCombined] }, isReply: false } : null;
}

function remember({ waiting }: Account, { call, events }: MachStep): void {
  for (const { tag, thread } of events) {
    if (tag === 'blocked' && call.operation === 'mach_msg' && call.receive !== null) waiting.set(thread, call.send !== null);
  }
}

/** Follows messages from queue to receipt. */
function lateFaults({ late }: Account, step: MachStep): readonly string[] {
  const sent = isSimple(step) && isClear(step) && sendsIn(step)!.receive === null ? sentMessage(step) : null;
  if (sent?.[1].at === 'queue') late.set(sent[0].serial, costOf(step));
  if (!isLate(step)) return [];
  return takenIn(step).flatMap(({ source }) => {
    const before = late.get(source!.serial);
    return before === undefined ? [] : above('a message that is received later', plus(before, costOf(step)), bounds.late);
  });
}

const servesCombined = (step: MachStep, combined: boolean): boolean => sendsIn(step)?.send.remote.disposition === 'move-send-once'
  && (sendsIn(step)!.receive !== null) === combined && isHandOff(step);

/** Threads other than the caller that ran in a step, as far as can be seen. */
const othersRun = (step: MachStep): number => step.before.threads.filter(({ run }, id) => run !== step.after.threads[id]!.run
  && !('thread' in step.call && step.call.thread === id)).length + step.events.length;

export const costLaws = {
  'mach/inline-data-is-copied-twice': {
    step: overcopied,
    sometimes: {
      'a message is copied in and out in one step': (step) => isHandOff(step),
      'a message is copied out of a queue': isLate,
    },
  },

  'mach/hand-off-runs-the-waiting-receiver': {
    step: (step) => [
      ...step.after.threads.flatMap(({ run }, id) => (run.tag === 'handed' && runs({ ...step, before: step.after }, id as ThreadId)
        ? [`${threadName(id as ThreadId)} has a message, and does not run`] : [])),
      ...(isHandOff(step) && (step.cost['switch'] ?? 0) > 1 ? [`handing a message over takes ${step.cost['switch']} switches`] : []),
    ],
    sometimes: {
      'a request is handed over': (step) => isHandOff(step) && expectedOf(step)!.message.reply.kind === 'send-once',
      'a reply is handed over': (step) => isHandOff(step) && expectedOf(step)!.message.destination.kind === 'send-once',
    },
  },

  'mach/costs-are-upper-bounds': {
    step: (step) => {
      const { trap, message, switch: switches } = costOf(step);
      const woken = step.before.threads.filter(({ run }) => run.tag === 'sending').length;
      const moved = step.after.serial - step.before.serial + woken;
      return [
        ...(trap > ('thread' in step.call ? 1 : 0) ? [`one call takes ${trap} traps`] : []),
        ...(message > moved ? [`${message} messages are counted, and ${moved} can have moved`] : []),
        ...(switches > othersRun(step) + woken ? [`${switches} switches are counted`] : []),
      ];
    },
    sometimes: {
      'one thread alone runs': (step) => step.events.length === 1 && (step.cost['switch'] ?? 0) === 0,
      'another thread runs': (step) => (step.cost['switch'] ?? 0) > 0,
      'several messages move': (step) => (step.cost['message'] ?? 0) > 1,
    },
  },

  'mach/one-way-message-takes-one-trap': {
    step: (step) => (isHandOff(step) && sendsIn(step)!.receive === null
      ? above('a message to a waiting receiver', costOf(step), { message: 1, trap: 1, copy: 2, switch: 1 }) : []),
    sometimes: { 'a receiver waits for a simple message': (step) => isHandOff(step) && sendsIn(step)!.receive === null },
  },

  'mach/late-receiver-adds-one-trap': {
    monitor: monitor<MachState, MachCall, Account>({ start, next: lateFaults }),
    sometimes: { 'a simple message waits for its receiver': (step) => isLate(step) && takenIn(step)[0]!.source?.complex === false },
  },

  'mach/combined-rpc-takes-two-traps': {
    monitor: exchange('combined'),
    sometimes: { 'a reply is sent by a call that goes on to receive': (step) => servesCombined(step, true) },
  },

  'mach/separate-rpc-takes-four-traps': {
    monitor: exchange('separate'),
    sometimes: { 'a reply is sent by a call of its own': (step) => servesCombined(step, false) },
  },

  'mach/kernel-rpc-takes-no-switch': {
    step: (step) => (isKernelRpc(step) ? above('a request to the kernel', costOf(step), { message: 2, trap: 1, copy: 2, switch: 0 }) : []),
    sometimes: { 'the kernel answers within the call': isKernelRpc },
  },

  'mach/optimisations-may-be-used': {
    step: (step) => [...(isHandOff(step) || isLate(step) ? overcopied(step) : []), ...(isHandOff(step)
      ? above('a message by hand-off', { ...costOf(step), trap: 0 }, { message: 1, trap: 0, copy: 2, switch: 1 })
      : isLate(step) ? above('a message from a queue', { ...costOf(step), trap: 0 }, { message: 0, trap: 0, copy: 1, switch: 1 }) : [])],
    sometimes: {
      'a message is handed over': isHandOff,
      'a message is queued': isLate,
    },
  },
} satisfies MachLaws;

