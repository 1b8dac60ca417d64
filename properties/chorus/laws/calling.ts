import type { ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import type { ChorusState, Message, Packet } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import {
  actorAt, callerOf, callsOf, connected, cut, errorOf, groupBy, isBlocked, isCall, outcomeOf, portBy, receipts, returned, siteAt, siteOfPort, threadName, traffic,
} from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { destinationOf } from '#properties/chorus/laws/destinations';
import { failureSymbols, marksOfArrival, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { destinationsOf } from '#properties/chorus/laws/groups';
import { bytesIn, putBack, repliesIn } from '#properties/chorus/laws/sent';
import { monitor } from '#properties/obligation';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

/** A client that waited in a call before a step and does not after it. */
interface Ended { readonly client: ThreadId; readonly transaction: TransactionId; readonly error: string | null; readonly value: unknown }

function ended(step: ChorusStep): readonly Ended[] {
  return callsOf(step.before).flatMap(({ client, transaction }) => {
    const now = step.after.threads[client]!;
    if (now.life === 'dead' || (now.run.tag === 'calling' && now.run.transaction === transaction)) return [];
    const outcome = outcomeOf(step, client);
    return [{ client, transaction, error: outcome?.error ?? null, value: outcome?.value ?? null }];
  });
}

type Cargo = Packet['cargo'];
/** An answer under way, be it for the first time or once more. */
const isAnswer = (cargo: Cargo): cargo is Extract<Cargo, { tag: 'reply' | 'second reply' }> => cargo.tag === 'reply' || cargo.tag === 'second reply';

/** The answer to a transaction that a step brings to its client, if it does. */
function answerIn(step: ChorusStep, transaction: TransactionId): Pick<Message, 'annex' | 'body'> | null {
  const { before, call } = step;
  const given = repliesIn(step).find((reply) => reply.transaction === transaction);
  if (given !== undefined) return { annex: given.call.annex === null ? null : given.call.annex.slice(0, 2 * before.limits.annex), body: given.body ?? '' };
  if (call.operation !== 'packetArrives') return null;
  const { cargo } = before.network[call.packet]!;
  return isAnswer(cargo) && cargo.transaction === transaction ? cargo : null;
}

const serverIn = (state: ChorusState, transaction: TransactionId): ThreadId | null => {
  const at = state.threads.findIndex(({ life, current }) => life === 'live' && current?.message.transaction === transaction);
  return at < 0 ? null : at as ThreadId;
};

/** Where the request of a call is, or its answer: all the sites it would have to be reached at. */
function sitesOf(state: ChorusState, transaction: TransactionId): readonly number[] {
  return [
    ...state.threads.flatMap(({ current }, id) => (current?.message.transaction === transaction ? [siteAt(state, id as ThreadId)] : [])),
    ...state.ports.flatMap(({ queue }, id) => (queue.some((message) => message.transaction === transaction) ? [siteOfPort(state, id as never)] : [])),
    ...state.actors.flatMap(({ saved, site }) => (saved.some((kept) => kept?.message.transaction === transaction) ? [site] : [])),
    ...state.network.flatMap(({ from, to, cargo }) => (cargo.tag === 'message' && cargo.message.transaction === transaction ? [to]
      : cargo.tag === 'reply' && cargo.transaction === transaction ? [from] : [])),
  ];
}

const isLate = (step: ChorusStep): boolean => {
  if (!isCall(step, 'ipcReply')) return false;
  const transaction = step.before.threads[step.call.thread]!.current?.message.transaction ?? null;
  return transaction !== null && step.before.transactions[transaction]!.life !== 'open';
};

/** A client that is aborted in its call, and the thread that serves it. */
function abortedCall(step: ChorusStep): { readonly client: ThreadId; readonly transaction: TransactionId; readonly server: ThreadId | null } | null {
  if (!isCall(step, 'threadAbort') || errorOf(step) !== null) return null;
  const client = step.call.target ?? step.call.thread;
  const { run } = step.before.threads[client]!;
  return run.tag === 'calling' && run.abortable ? { client, transaction: run.transaction, server: serverIn(step.before, run.transaction) } : null;
}

/** Whether two packets carry the request of one call, or the answer to it. */
function isAlike(one: Packet['cargo'], other: Packet['cargo']): boolean {
  const about = (cargo: Packet['cargo']): string => {
    switch (cargo.tag) {
      case 'message':
      case 'second message': return `request of ${cargo.message.transaction ?? 'none'}`;
      case 'reply':
      case 'second reply': return `answer to ${cargo.transaction}`;
      default: return cargo.tag;
    }
  };
  return about(one) === about(other);
}

export const callingLaws = {
  'chorus/call-waits-for-its-answer': {
    step: (step) => {
      const { call, before, after } = step;
      const wrong = ended(step).flatMap(({ client, transaction, error }) => {
        if (error === null) return answerIn(step, transaction) === null ? [`${threadName(client)} was answered, and nobody answered`] : [];
        if (error === 'K_ETIMEOUT') return call.operation === 'timeout' && call.waiting === client ? []
          : [`${threadName(client)} was told K_ETIMEOUT before its time`];
        return failureSymbols.includes(error) ? [] : [`${threadName(client)} was told ${error}`];
      });
      const answers = callsOf(before).flatMap(({ client, transaction }) => (answerIn(step, transaction) !== null && errorOf(step) === null
        && before.transactions[transaction]!.life === 'open' && (call.operation !== 'ipcReply'
          || siteAt(before, call.thread) === before.transactions[transaction]!.site)
        && !ended(step).some((one) => one.client === client) ? [`${threadName(client)} waits although it was answered`] : []));
      if (!isCall(step, 'ipcCall') || errorOf(step) !== null || putBack(after, step.call.thread) !== null) return [...wrong, ...answers];
      const { run } = after.threads[step.call.thread]!;
      const proper = run.tag === 'calling' && run.timed === (step.call.delay !== null) && run.abortable === step.call.abortable && run.room === step.call.room
        && after.transactions[run.transaction]?.client === step.call.thread && run.transaction >= before.transactions.length
          && after.transactions[run.transaction]!.site === siteAt(before, step.call.thread);
      return [...wrong, ...answers, ...(isBlocked(step) && proper ? [] : [`${threadName(step.call.thread)} does not wait as it asked`])];
    },
    sometimes: {
      'a call is answered on the same site': (step) => isCall(step, 'ipcReply') && ended(step).length > 0,
      'a call is answered from another site': (step) => isCall(step, 'packetArrives') && ended(step).some(({ error }) => error === null),
    },
  },

  'chorus/request-is-received-at-most-once': {
    step: (step) => {
      const places = new Map<number, number>();
      for (const [, [message]] of traffic(step).after) if (message.transaction !== null) places.set(message.transaction, 0);
      const { after } = step;
      const count = (message: Message) => { if (message.transaction !== null) places.set(message.transaction, (places.get(message.transaction) ?? 0) + 1); };
      for (const { queue } of after.ports) queue.forEach(count);
      for (const { current } of after.threads) if (current !== null) count(current.message);
      for (const { saved } of after.actors) for (const kept of saved) if (kept !== null) count(kept.message);
      for (const { cargo } of after.network) if (cargo.tag === 'message') count(cargo.message);
      return [...places].flatMap(([transaction, number]) => (number > 1 ? [`the request of x${transaction + 1} is at ${number} places`] : []));
    },
    monitor: monitor<ChorusState, ChorusCall, Set<number>>({
      start: () => new Set(),
      next: (seen, step) => receipts(step).flatMap(({ thread, message }) => {
        const again = seen.has(message.serial);
        seen.add(message.serial);
        return again ? [`${threadName(thread)} received message ${message.serial}, which was received before`] : [];
      }),
    }),
    sometimes: { 'a request is received': (step) => receipts(step).some(({ message }) => message.transaction !== null) },
  },

  'chorus/reply-answers-its-own-request': {
    step: (step) => ended(step).flatMap(({ client, transaction, error, value }) => {
      if (error !== null) return [];
      const answering = answerIn(step, transaction);
      const { run } = step.before.threads[client]!;
      const expected = answering === null || run.tag !== 'calling' ? null : cut(answering, run.room);
      return same(value, expected) ? [] : [`${threadName(client)} was given another answer than was given to its request`];
    }),
    sometimes: {
      'a call is answered while another one waits': (step) => ended(step).some(({ error }) => error === null) && callsOf(step.before).length > 1,
      'a second call of a thread is answered': (step) => ended(step).some(({ client, transaction, error }) => error === null
        && step.before.transactions.some((other, id) => id < transaction && other.client === client)),
      'a saved request is answered': (step) => isCall(step, 'ipcReply') && ended(step).length > 0
        && step.before.actors[actorAt(step.before, step.call.thread)]!.saved.length > 1,
    },
  },

  'chorus/functional-calls-stay-with-their-member': {
    step: (step) => {
      const { before, after } = traffic(step);
      return [...before].flatMap(([serial, [message, place]]) => {
        if (message.transaction === null || place.at !== 'network' || groupBy(step.before, message.target) === null) return [];
        const now = after.get(serial)?.[1];
        const { cargo } = step.before.network[place.index]!;
        const port = cargo.tag === 'message' ? portBy(step.before, cargo.port) : null;
        if (now === undefined || now.at === 'saved') return [];
        const same_ = now.at === 'network' ? same(step.after.network[now.index]!.cargo, cargo) : now.at === 'queue' ? now.port === port
          : actorAt(step.after, now.thread) === step.before.ports[port ?? -1]?.actor;
        return same_ ? [] : [`the request of a call in functional mode goes to another member than was chosen`];
      });
    },
    sometimes: { 'a functional call goes to another site': (step) => isCall(step, 'ipcCall') && isBlocked(step)
      && groupBy(step.before, step.call.destination.ui) !== null
      && step.after.network.length > step.before.network.length },
  },

  'chorus/abort-reaches-the-server': {
    step: (step) => {
      const found = abortedCall(step);
      const { before, after, call } = step;
      if (call.operation === 'packetArrives') {
        const { cargo } = before.network[call.packet]!;
        if (cargo.tag !== 'abort') return [];
        const server = serverIn(before, cargo.transaction);
        return server === null ? besides(step, 'network') : unreached(step, server);
      }
      const others = before.threads.flatMap(({ aborted }, id) => (!aborted && after.threads[id]!.aborted && after.threads[id]!.life === 'live'
        && call.operation !== 'threadAbort'
        ? [`${threadName(id)} is aborted by nobody`] : []));
      if (found === null || found.server === null) return others;
      if (siteAt(before, found.server) === siteAt(before, found.client)) return [...others, ...unreached(step, found.server)];
      const sent = after.network.length === before.network.length + 1 && same(after.network.at(-1)!.cargo, { tag: 'abort', transaction: found.transaction })
        && after.network.at(-1)!.to === siteAt(before, found.server);
      return [...others, ...(sent ? [] : [`nothing is under way to ${threadName(found.server)}, whose client was aborted`])];
    },
    sometimes: {
      'the server of an aborted client is aborted': (step) => abortedCall(step) !== null && abortedCall(step)!.server !== null
        && step.after.network.length === step.before.network.length,
      'the abort goes to another site': (step) => abortedCall(step) !== null && step.after.network.length > step.before.network.length,
      'the abort arrives from another site': (step) => isCall(step, 'packetArrives') && step.before.network[step.call.packet]!.cargo.tag === 'abort',
    },
  },

  'chorus/failed-call-ends-with-an-error': {
    step: (step) => ended(step).flatMap(({ client, transaction, error }) => {
      const { life } = step.after.transactions[transaction]!;
      return life === 'closed' && (error !== null || answerIn(step, transaction) !== null) ? [] : [`the call of ${threadName(client)} ended, and is ${life}`];
    }),
    sometimes: {
      'a failure is noticed': (step) => isCall(step, 'failureIsNoticed'),
      ...Object.fromEntries(['K_EUNKNOWN', 'K_ENOPORT', 'K_EABORT'].map((symbol) => [`a call fails with ${symbol}`,
        (step: ChorusStep) => ended(step).some(({ error }) => error === symbol)])),
    },
  },

  'chorus/lost-call-is-noticed': {
    step: (step) => {
      const { before, after, call } = step;
      if (call.operation === 'failureIsNoticed') {
        const { run } = before.threads[call.client]!;
        if (run.tag === 'flushing') return [];
        if (run.tag !== 'calling') return [`${threadName(call.client)} does not call`];
        const { life, site } = before.transactions[run.transaction]!;
        const away = sitesOf(before, run.transaction).some((where) => !connected(before, site, where as never));
        const told = failureSymbols.includes(outcomeOf(step, call.client)?.error ?? null);
        return [
          ...(told ? [] : [`${threadName(call.client)} is not told that its call has failed`]),
          ...(life === 'failed' || away ? [] : [`${threadName(call.client)} is told of a failure that there is none of`]),
          ...besides(step, threadIs(call.client, 'run'), `x${run.transaction + 1}.life`),
        ];
      }
      if (call.operation !== 'packetIsLost' && call.operation !== 'packetArrives') return [];
      const { cargo } = before.network[call.packet]!;
      const transaction = cargo.tag === 'message' ? cargo.message.transaction : cargo.tag === 'reply' ? cargo.transaction : null;
      if (transaction === null || before.transactions[transaction]!.life !== 'open') return [];
      const there = sitesOf(after, transaction).length > 0 || after.transactions[transaction]!.life !== 'open';
      const other = before.network.some((packet, at) => at !== call.packet && isAlike(packet.cargo, cargo));
      const stays = call.operation === 'packetIsLost' && !other ? after.transactions[transaction]!.life === 'failed' : there;
      return stays ? [] : [`what was under way of x${transaction + 1} is lost, and nobody will notice`];
    },
    sometimes: {
      'a request is lost': (step) => isCall(step, 'packetIsLost') && loses(step, 'message'),
      'an answer is lost': (step) => isCall(step, 'packetIsLost') && loses(step, 'reply'),
      'a request comes to a port that cannot take it': (step) => isCall(step, 'packetArrives') && loses(step, 'message')
        && step.after.transactions.some(({ life }, id) => life === 'failed' && step.before.transactions[id]?.life === 'open'),
      'a server cannot be reached any more': (step) => isCall(step, 'failureIsNoticed') && step.before.apart.length > 0,
    },
  },

  'chorus/call-to-nobody-fails': together(refusing('chorus/call-to-nobody-fails'), {
    on: ['ipcCall'],
    step: (step) => (isCall(step, 'ipcCall') && destinationOf(step.before, step.call)?.tag === 'nobody' && isBlocked(step)
      ? [`${threadName(step.call.thread)} waits for nobody`] : []),
    sometimes: { 'a port that has gone is called': (step) => isCall(step, 'ipcCall') && portBy(step.before, step.call.destination.ui) === null
      && step.before.ports.some(({ ui }) => ui === step.call.destination.ui) },
  }),

  'chorus/timeout-leaves-the-server-alone': {
    on: ['timeout'],
    step: (step) => {
      if (!isCall(step, 'timeout')) return [];
      const { waiting } = step.call;
      const { run } = step.before.threads[waiting]!;
      if (run.tag !== 'calling') return [];
      return [
        ...(outcomeOf(step, waiting)?.error === 'K_ETIMEOUT' ? [] : [`${threadName(waiting)} is not told that it has waited long enough`]),
        ...(step.after.transactions[run.transaction]!.life === 'closed' ? [] : [`the call of ${threadName(waiting)} is not over`]),
        ...besides(step, threadIs(waiting, 'run'), `x${run.transaction + 1}.life`),
      ];
    },
    sometimes: {
      'a call has lasted long enough while it was served': (step) => isCall(step, 'timeout') && servedCall(step, 'current'),
      'a call has lasted long enough while it was queued': (step) => isCall(step, 'timeout') && servedCall(step, 'queue'),
    },
  },

  'chorus/late-reply-is-discarded': together(refusing('chorus/late-reply-is-discarded'), {
    on: ['ipcReply', 'packetArrives'],
    step: (step) => {
      const { before, call } = step;
      if (isLate(step) && errorOf(step) === null) return besides(step, threadIs((call as CallOf<'ipcReply'>).thread, 'current'));
      if (call.operation !== 'packetArrives') return [];
      const { cargo } = before.network[call.packet]!;
      return isAnswer(cargo) && before.transactions[cargo.transaction]!.life !== 'open' ? besides(step, 'network') : [];
    },
    sometimes: {
      'the server is told': (step) => isLate(step) && errorOf(step) === 'K_EUNKNOWN',
      'the server is not told': (step) => isLate(step) && returned(step),
      'an answer arrives too late': (step) => isCall(step, 'packetArrives') && replyFor(step) !== null && step.before.transactions[replyFor(step)!]!.life !== 'open',
      'the client waits in another call': (step) => isLate(step) && callsOf(step.before).some(({ client }) =>
        client === step.before.transactions[step.before.threads[callerOf(step)!]!.current!.message.transaction!]!.client),
    },
  }),

  'chorus/reply-takes-no-room-at-the-client': {
    on: ['ipcReply', 'packetArrives'],
    step: (step) => {
      const { before, after } = step;
      const answers = isCall(step, 'ipcReply') ? step.before.threads[step.call.thread]!.current?.message.transaction ?? null : replyFor(step);
      if (answers === null) return [];
      if (before.transactions[answers]!.client === null) return [];
      const refused = errorOf(step) === 'K_EFULL' ? ['an answer was refused for want of room'] : [];
      return [...refused, ...before.ports.flatMap(({ queue }, id) => (same(queue, after.ports[id]!.queue) ? [] : [`an answer changed the queue of p${id + 1}`]))];
    },
    sometimes: {
      'the port of the client is full': (step) => isCall(step, 'ipcReply') && ended(step).some(({ client }) =>
        step.before.ports[step.before.actors[actorAt(step.before, client)]!.defaultPort]!.queue.length === step.before.limits.queue),
    },
  },

  'chorus/broadcast-cannot-be-called': refusing('chorus/broadcast-cannot-be-called'),

  'chorus/reply-ends-the-current-message': {
    on: ['ipcReply', 'ipcSave'],
    step: (step) => {
      const caller = callerOf(step)!;
      const { current } = step.after.threads[caller]!;
      if (errorOf(step) !== null) return same(current, step.before.threads[caller]!.current) ? []
        : [`${threadName(caller)} has lost the message that it could not answer`];
      return current === null ? [] : [`${threadName(caller)} still has the message that it answered`];
    },
    sometimes: {
      'a request is answered': (step) => isCall(step, 'ipcReply') && returned(step),
      'an answer is refused': (step) => isCall(step, 'ipcReply') && errorOf(step) !== null && step.before.threads[step.call.thread]!.current !== null,
    },
  },

  'chorus/one-way-messages-are-answered-by-sends': {
    on: ['ipcReply'],
    step: (step) => {
      if (!isCall(step, 'ipcReply') || !returned(step)) return [];
      const { before, call } = step;
      const message = before.threads[call.thread]!.current?.message;
      if (message === undefined) return ['nothing was answered'];
      if (message.transaction !== null) return [];
      const port = portBy(before, message.source);
      const reached = destinationsOf(step);
      const sent = [...traffic(step).after.values()].map(([other]) => other).find(({ serial }) => !traffic(step).before.has(serial));
      if (port === null || !connected(before, siteAt(before, call.thread), siteOfPort(before, port))) return reached.length === 0 ? []
        : ['an answer to nobody went somewhere'];
      const fits = sent !== undefined && sent.body === bytesIn(before, call.thread, call.body) && sent.transaction === null && sent.target === message.source;
      return [
        ...(reached.length === 1 && (reached[0] === port || reached[0] === null) && fits ? []
          : ['an answer to a one-way message did not go to where that came from']),
        ...besides(step, threadIs(call.thread, 'current'), 'network', ...marksOfArrival(before, port)),
      ];
    },
    sometimes: {
      'a one-way message is answered': (step) => isCall(step, 'ipcReply') && returned(step)
        && step.before.threads[step.call.thread]!.current?.message.transaction === null && destinationsOf(step).length > 0,
    },
  },

  'chorus/dead-client-is-not-answered': {
    step: (step) => {
      const { before, after } = step;
      return before.threads.flatMap(({ life, run }, id) => {
        if (life === 'dead' || after.threads[id]!.life === 'live' || run.tag !== 'calling') return [];
        const { transaction } = run;
        const open = after.transactions[transaction]!.life === 'open' ? [`the call of ${threadName(id)}, which is gone, is still open`] : [];
        const request = [...traffic(step).before.values()].find(([message]) => message.transaction === transaction);
        if (request === undefined || traffic(step).after.has(request[0].serial)) return open;
        const place = request[1];
        const gone = place.at === 'queue' ? after.ports[place.port]!.life === 'dead' : place.at === 'current' ? after.threads[place.thread]!.life === 'dead'
          : place.at === 'saved' ? after.actors[place.actor]!.life === 'dead' : false;
        return gone ? open : [...open, `the request of ${threadName(id)} is gone with it`];
      });
    },
    sometimes: {
      'a client goes while its request is queued or held': (step) => step.before.threads.some(({ life, run }, id) => life === 'live' && run.tag === 'calling'
        && step.after.threads[id]!.life === 'dead'
        && sitesOf(step.after, run.transaction).length > 0),
    },
  },
} satisfies ChorusLaws;

/** A thread is aborted: its abortable wait has ended, or it remembers. */
function unreached({ before, after }: ChorusStep, server: ThreadId): readonly string[] {
  const { run } = before.threads[server]!;
  const waits = run.tag === 'delaying' || ((run.tag === 'receiving' || run.tag === 'calling') && run.abortable);
  const now = after.threads[server]!;
  if (run.tag === 'locking') return now.aborted || now.run.tag !== 'locking' ? [] : [`${threadName(server)}, which serves an aborted client, is not aborted`];
  const done = waits ? now.run.tag !== run.tag || now.run !== run : now.aborted;
  return done ? [] : [`${threadName(server)}, which serves an aborted client, is not aborted`];
}

function loses(step: ChorusStep, tag: 'message' | 'reply'): boolean {
  if (!isCall(step, 'packetIsLost', 'packetArrives')) return false;
  const { cargo } = step.before.network[step.call.packet]!;
  if (cargo.tag !== tag) return false;
  const transaction = cargo.tag === 'message' ? cargo.message.transaction : cargo.tag === 'reply' ? cargo.transaction : null;
  return transaction !== null && step.before.transactions[transaction]!.life === 'open';
}

function replyFor({ before, call }: ChorusStep): TransactionId | null {
  if (call.operation !== 'packetArrives') return null;
  const { cargo } = before.network[call.packet]!;
  return isAnswer(cargo) ? cargo.transaction : null;
}

function servedCall(step: ChorusStep & { readonly call: CallOf<'timeout'> }, where: 'current' | 'queue'): boolean {
  const { run } = step.before.threads[step.call.waiting]!;
  if (run.tag !== 'calling') return false;
  const place = [...traffic(step).before.values()].find(([message]) => message.transaction === run.transaction)?.[1];
  return place?.at === where;
}
