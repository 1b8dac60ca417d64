import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, Message, PortId } from '#model/chorus/state';
import {
  actorAt, actorName, callerOf, errorOf, isBlocked, isCall, outcomeOf, portAt, portName, receipts, returned, siteAt, threadName, traffic, valueOf, waitersAt,
} from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { failureSymbols, marksOfFailure, owed, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { sentIn } from '#properties/chorus/laws/sent';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

type Received = { readonly port: number; readonly sequence: number; readonly size: number; readonly annex: string | null; readonly body: string | null };

/** What a thread asked for, in the receive that a message ended: in this call or in one it waits in. */
function wish({ before, call }: ChorusStep, thread: ThreadId): { readonly from: PortId | 'any'; readonly room: number | null } | null {
  if (call.operation === 'ipcReceive' && call.thread === thread) {
    const { from, room } = call;
    const { defaultPort } = before.actors[actorAt(before, thread)]!;
    if (from.tag === 'any') return { from: 'any', room };
    const port = from.tag === 'default' ? defaultPort : portAt(before, actorAt(before, thread), from.port);
    return port === null ? null : { from: port, room };
  }
  const { run } = before.threads[thread]!;
  return run.tag === 'receiving' ? { from: run.from.tag === 'any' ? 'any' : run.from.port, room: run.room } : null;
}

/** The ports of an actor that are enabled. */
const enabled = (state: ChorusState, thread: ThreadId): readonly PortId[] =>
  state.ports.flatMap(({ life, actor, priority }, id) => (life === 'live' && actor === actorAt(state, thread) && priority !== null ? [id as PortId] : []));

/** A receive of the caller that took a message which was queued before. */
function taken(step: ChorusStep): { readonly thread: ThreadId; readonly message: Message; readonly port: PortId | null } | null {
  return isCall(step, 'ipcReceive') ? receipts(step).find(({ thread }) => thread === step.call.thread) ?? null : null;
}

const kept = (state: ChorusState, thread: ThreadId) => state.actors[actorAt(state, thread)]!.saved.flatMap((message, id) => (message === null ? [] : [id]));

/** A request that a step put another message in the place of, unanswered. */
function supplanted({ before, after, call }: ChorusStep) {
  return before.threads.flatMap(({ current, life }, id) => {
    const now = after.threads[id]!;
    const transaction = current?.message.transaction ?? null;
    if (life === 'dead' || now.life === 'dead' || now.current === null || current === null || now.current.message.serial === current.message.serial) return [];
    if (transaction === null || before.transactions[transaction]!.life !== 'open' || call.operation === 'timeout') return [];
    return [{ thread: id as ThreadId, message: current.message, transaction }];
  });
}

export const receivingLaws = {
  'chorus/receive-takes-own-ports': refusing('chorus/receive-takes-own-ports'),

  'chorus/single-port-receives-the-oldest': {
    step: (step) => receipts(step).flatMap(({ thread, message, port }) => {
      const { from } = wish(step, thread) ?? { from: null };
      if (from === null || from === 'any') return from === null ? [`${threadName(thread)} got a message it did not ask for`] : [];
      const oldest = step.before.ports[from]!.queue[0];
      return [
        ...(port === from ? [] : [`${threadName(thread)} got a message of another port than ${portName(from)}`]),
        ...(oldest === undefined || oldest.serial === message.serial ? [] : [`${threadName(thread)} got message ${message.serial}, and ${oldest.serial} was older`]),
      ];
    }),
    sometimes: {
      'the oldest of several is taken': (step) => taken(step) !== null && wish(step, step.call.operation === 'ipcReceive' ? step.call.thread
        : 0 as ThreadId)?.from !== 'any'
        && (step.before.ports[taken(step)!.port ?? 0]?.queue.length ?? 0) > 1,
      'a disabled port is received from': (step) => taken(step) !== null && step.before.ports[taken(step)!.port ?? 0]?.priority === null,
    },
  },

  'chorus/best-enabled-port-is-served-first': {
    on: ['ipcReceive'],
    step: (step) => {
      const got = taken(step);
      if (got === null || wish(step, got.thread)?.from !== 'any') return [];
      const { before } = step;
      const best = Math.min(...enabled(before, got.thread).filter((port) => before.ports[port]!.queue.length > 0).map((port) => before.ports[port]!.priority!));
      const source = got.port === null ? undefined : before.ports[got.port]!;
      if (source === undefined || source.priority === null) return [];
      const oldest = source.queue[0];
      return [
        ...(source.priority <= best ? [] : [`${portName(got.port!)} was served, and an enabled port of a better priority has messages`]),
        ...(oldest === undefined || oldest.serial === got.message.serial ? [] : [`${portName(got.port!)} was served, and not with its oldest message`]),
      ];
    },
    sometimes: {
      'ports of two priorities have messages': (step) => {
        const got = taken(step);
        return got !== null && wish(step, got.thread)?.from === 'any'
          && new Set(enabled(step.before, got.thread).filter((port) => step.before.ports[port]!.queue.length > 0).map((port) => step.before.ports[port]!.priority)).size > 1;
      },
    },
  },

  'chorus/disabled-ports-are-passed-over': {
    step: (step) => receipts(step).flatMap(({ thread, port }) => {
      const asked = wish(step, thread);
      const now = step.call.operation === 'portEnable' ? step.after : step.before;
      return asked?.from === 'any' && (port === null || now.ports[port]!.priority === null) ? [`${threadName(thread)} got a message of a disabled port`] : [];
    }),
    sometimes: {
      'only a disabled port has messages': (step) => isCall(step, 'ipcReceive') && step.call.from.tag === 'any'
        && enabled(step.before, step.call.thread).length > 0 && taken(step) === null
        && step.before.ports.some(({ life, actor, priority, queue }) => life === 'live' && actor === actorAt(step.before, step.call.thread)
          && priority === null && queue.length > 0),
      'a message comes to a disabled port while somebody waits for any': ({ before, after }) => after.ports.some(({ queue, priority, actor }, id) =>
        priority === null && queue.length > (before.ports[id]?.queue.length ?? 0) && after.threads.some(({ actor: home, run }) => home === actor
          && run.tag === 'receiving' && run.from.tag === 'any')),
    },
  },

  'chorus/body-is-copied-up-to-the-room': {
    step: (step) => receipts(step).flatMap(({ thread, message }) => {
      const asked = wish(step, thread);
      const value = outcomeOf(step, thread)?.value as Received | null | undefined;
      if (asked === null || value === null || value === undefined) return asked === null ? [] : [`${threadName(thread)} was given nothing for the message it got`];
      const body = asked.room === null ? null : message.body.slice(0, 2 * asked.room);
      const fits = value.size === message.body.length / 2 && value.body === body && value.annex === message.annex;
      const { current } = step.after.threads[thread]!;
      return [
        ...(fits ? [] : [`${threadName(thread)} was given other contents than there was room for`]),
        ...(current?.kept === (asked.room === null) ? [] : [`the body of what ${threadName(thread)} got is not where it is to be`]),
      ];
    }),
    sometimes: {
      'a body is cut': (step) => receipts(step).some(({ thread, message }) => { const room = wish(step, thread)?.room ?? null; return room !== null
        && room < message.body.length / 2; }),
      'a body stays with the system': (step) => receipts(step).some(({ thread }) => wish(step, thread)?.room === null),
    },
  },

  'chorus/body-is-fetched-once': together(refusing('chorus/body-is-fetched-once'), {
    on: ['ipcGetData'],
    step: (step) => {
      if (!isCall(step, 'ipcGetData') || !returned(step)) return [];
      const { thread, room } = step.call;
      const { current } = step.before.threads[thread]!;
      if (current === null) return ['ipcGetData fetched the body of nothing'];
      const { message, kept: there } = current;
      const expected = there ? { size: message.body.length / 2, body: message.body.slice(0, 2 * room) } : { size: 0, body: '' };
      const now = step.after.threads[thread]!.current;
      return [
        ...(same(valueOf(step), expected) ? [] : ['ipcGetData gave another body']),
        ...(now !== null && now.message.serial === message.serial && !now.kept ? [] : ['ipcGetData left another current message']),
        ...besides(step, threadIs(thread, 'current')),
      ];
    },
    sometimes: { 'a body is fetched': (step) => isCall(step, 'ipcGetData') && returned(step) && valueOf<{ size: number }>(step).size > 0 },
  }),

  'chorus/receive-waits-as-asked': {
    on: ['ipcReceive', 'timeout'],
    step: (step) => {
      const { after, before, call } = step;
      if (call.operation === 'timeout') {
        const { run } = before.threads[call.waiting]!;
        if (run.tag !== 'receiving') return [];
        return [
          ...(outcomeOf(step, call.waiting)?.error === 'K_ETIMEOUT' ? [] : [`${threadName(call.waiting)} is not told that it has waited long enough`]),
          ...besides(step, threadIs(call.waiting, 'run'), `A${actorAt(before, call.waiting) + 1}.waiting`),
        ];
      }
      if (call.operation !== 'ipcReceive') return [];
      const asked = wish(step, call.thread);
      if (asked === null) return [];
      const ports = asked.from === 'any' ? enabled(before, call.thread) : [asked.from];
      const there = ports.some((port) => before.ports[port]!.queue.length > 0);
      const { run } = after.threads[call.thread]!;
      const proper = run.tag === 'receiving' && run.timed === (call.delay !== null) && run.abortable === call.abortable && run.room === call.room
        && (run.from.tag === 'any') === (asked.from === 'any') && (run.from.tag === 'any' || run.from.port === asked.from)
        && after.actors[actorAt(after, call.thread)]!.waiting.at(-1) === call.thread;
      const error = errorOf(step);
      return [
        ...(there && !returned(step) ? [`${threadName(call.thread)} got nothing although there is a message`] : []),
        ...(isBlocked(step) && call.delay === 0 ? [`${threadName(call.thread)} polls, and waits`] : []),
        ...(isBlocked(step) && !proper ? [`${threadName(call.thread)} does not wait as it asked`] : []),
        ...(error === 'K_ETIMEOUT' && call.delay !== 0 ? [`${threadName(call.thread)} was to wait, and was told K_ETIMEOUT`] : []),
        ...(error === 'K_EABORT' && !before.threads[call.thread]!.aborted ? [`${threadName(call.thread)} was told K_EABORT for no reason`] : []),
      ];
    },
    sometimes: {
      'a receive polls in vain': (step) => isCall(step, 'ipcReceive') && errorOf(step) === 'K_ETIMEOUT',
      'a receive waits for ever': (step) => isCall(step, 'ipcReceive') && isBlocked(step) && step.call.delay === null,
      'a receive has waited long enough': (step) => isCall(step, 'timeout') && step.before.threads[step.call.waiting]!.run.tag === 'receiving',
    },
  },

  'chorus/no-enabled-port': {
    on: ['ipcReceive'],
    step: (step) => {
      if (!isCall(step, 'ipcReceive') || errorOf(step) !== 'K_ENOPORT') return [];
      return step.call.from.tag === 'any' && enabled(step.before, step.call.thread).length === 0 ? []
        : [`${threadName(step.call.thread)} was told K_ENOPORT, and there is a port`];
    },
    sometimes: {
      'the caller is told': (step) => isCall(step, 'ipcReceive') && errorOf(step) === 'K_ENOPORT',
      'the caller waits': (step) => isCall(step, 'ipcReceive') && isBlocked(step) && step.call.from.tag === 'any'
        && enabled(step.before, step.call.thread).length === 0,
    },
  },

  'chorus/message-wakes-one-thread': {
    always: (state) => [
      ...state.ports.flatMap(({ queue }, port) => (queue.length > 0 && waitersAt(state, port as PortId).length > 0
        ? [`${threadName(waitersAt(state, port as PortId)[0]!)} waits for what ${portName(port)} has`] : [])),
      ...state.actors.flatMap(({ life, waiting }, actor) => {
        const line = state.threads.flatMap(({ life: alive, run, actor: home }, id) => (alive === 'live' && home === actor && run.tag === 'receiving' ? [id] : []));
        return life === 'live' && !same([...waiting].sort((a, b) => a - b), line) ? [`the line of ${actorName(actor)} is not that of its waiting threads`] : [];
      }),
    ],
    step: (step) => receipts(step).flatMap(({ thread, message }, at) =>
      (receipts(step).findIndex((other) => other.message.serial === message.serial) < at ? [`${threadName(thread)} got a message that another got too`] : [])),
    sometimes: {
      'a message wakes one of several': (step) => receipts(step).some(({ thread, port }) => port !== null && thread !== callerOf(step)
        && waitersAt(step.before, port).length > 1),
      'a thread that waits for any gets a message': (step) => receipts(step).some(({ thread }) => thread !== callerOf(step) && wish(step, thread)?.from === 'any'),
      'enabling a port wakes a thread': (step) => isCall(step, 'portEnable') && receipts(step).length > 0,
    },
  },

  'chorus/waiting-threads-go-by-priority': {
    step: (step) => receipts(step).flatMap(({ thread, port }) => {
      if (port === null || step.before.threads[thread]!.run.tag !== 'receiving' || receipts(step).length > 1) return [];
      const state = step.call.operation === 'portEnable' ? { ...step.after, threads: step.before.threads } : step.before;
      const better = waitersAt(state, port).filter((other) => step.before.threads[other]!.priority < step.before.threads[thread]!.priority);
      return better.map((other) => `${threadName(thread)} got a message before ${threadName(other)}, which has a better priority`);
    }),
    sometimes: { 'threads of two priorities wait': (step) => receipts(step).some(({ port }) => port !== null
      && new Set(waitersAt(step.before, port).map((thread) => step.before.threads[thread]!.priority)).size > 1) },
  },

  'chorus/sequence-counts-receipts': {
    step: (step) => {
      const { before, after, call } = step;
      if (isCall(step, 'portGetSeqNum') && returned(step)) {
        const port = portAt(before, actorAt(before, (call as CallOf<'portGetSeqNum'>).thread), (call as CallOf<'portGetSeqNum'>).port)!;
        return valueOf<{ sequence: number }>(step).sequence === before.ports[port]!.received ? []
          : ['portGetSeqNum gave another number than that of the last receipt'];
      }
      const counts = new Map<PortId, number>();
      const wrong = receipts(step).flatMap(({ thread, port }) => {
        if (port === null) return [];
        const count = (counts.get(port) ?? before.ports[port]!.received) + 1;
        counts.set(port, count);
        const value = outcomeOf(step, thread)?.value as Received | null | undefined;
        return receipts(step).length === 1 && value?.sequence !== count ? [`${threadName(thread)} got a message numbered ${value?.sequence}, not ${count}`] : [];
      });
      const moved = call.operation === 'portMigrate';
      return [...wrong, ...before.ports.flatMap(({ received, life }, id) => (life === 'live' && !moved
        && after.ports[id]!.received !== (counts.get(id as PortId) ?? received)
        ? [`${portName(id)} counts ${after.ports[id]!.received} receipts, not ${counts.get(id as PortId) ?? received}`] : []))];
    },
    sometimes: {
      'a second message of a port is received': (step) => receipts(step).some(({ port }) => port !== null && step.before.ports[port]!.received > 0),
      'the count of a port is asked for': (step) => isCall(step, 'portGetSeqNum') && returned(step) && valueOf<{ sequence: number }>(step).sequence > 0,
    },
  },

  'chorus/new-message-supplants-the-current': {
    step: (step) => {
      const { before, after } = step;
      const { before: old, after: now } = traffic(step);
      const got = new Set(receipts(step).map(({ thread }) => thread));
      const stray = [...now].flatMap(([serial, [, place]]) => {
        const was = old.get(serial)?.[1];
        if (place.at !== 'saved' || was?.at === 'saved' || isCall(step, 'ipcSave')) return [];
        return [`message ${serial} is saved, and nobody saved it`];
      });
      return [...stray, ...before.threads.flatMap(({ current }, id) => {
        const next = after.threads[id]!;
        const returnedNow = outcomeOf(step, id as ThreadId)?.value as Received | null | undefined;
        const receives = wish(step, id as ThreadId) !== null && returnedNow !== null && returnedNow !== undefined && 'sequence' in returnedNow;
        if (receives && !got.has(id as ThreadId)) return [`${threadName(id)} received a message, and has not got it`];
        const changed = current?.message.serial !== next.current?.message.serial;
        const explained = got.has(id as ThreadId) || next.life === 'dead' || (callerOf(step) === id
          && ['ipcReply', 'ipcSave', 'ipcRestore'].includes(step.call.operation)) || sentIn(step).some(({ thread, call }) => thread === id && call.operation === 'ipcReply');
        return changed && !explained ? [`${threadName(id)} has another current message, and received none`] : [];
      })];
    },
    sometimes: { 'a thread that has a message receives another': (step) => receipts(step).some(({ thread }) => step.before.threads[thread]!.current !== null) },
  },

  'chorus/dropped-request-may-fail-its-client': {
    step: (step) => supplanted(step).flatMap(({ thread, message, transaction }) => {
      const { before, after } = step;
      const { life } = after.transactions[transaction]!;
      return life === 'open' ? [] : owed(step, step, [message], siteAt(before, thread));
    }),
    sometimes: {
      'the client is told': (step) => supplanted(step).some(({ transaction }) => {
        const { client } = step.before.transactions[transaction]!;
        return client !== null && step.after.transactions[transaction]!.life === 'closed' && failureSymbols.includes(outcomeOf(step, client)?.error ?? null);
      }),
      'the client waits': (step) => supplanted(step).some(({ transaction }) => step.after.transactions[transaction]!.life === 'open'),
    },
  },

  'chorus/needs-a-current-message': refusing('chorus/needs-a-current-message'),

  'chorus/save-and-restore': {
    on: ['ipcSave', 'ipcRestore'],
    step: (step) => {
      if (!isCall(step, 'ipcSave', 'ipcRestore') || !returned(step)) return [];
      const { before, after, call } = step;
      const { thread } = call;
      const actor = actorAt(before, thread);
      const { current } = before.threads[thread]!;
      if (call.operation === 'ipcSave') {
        const { saved } = valueOf<{ saved: number }>(step);
        return [
          ...(same(after.actors[actor]!.saved[saved] ?? null, current) && (before.actors[actor]!.saved[saved] ?? null) === null ? []
            : ['what was saved is not what was current']),
          ...(kept(after, thread).length === kept(before, thread).length + 1 ? [] : ['something else was saved or lost']),
          ...besides(step, `A${actor + 1}.saved`, threadIs(thread, 'current')),
        ];
      }
      return [
        ...(same(after.threads[thread]!.current, before.actors[actor]!.saved[call.saved] ?? null) ? [] : ['what was restored is not what was saved']),
        ...(same(kept(after, thread), kept(before, thread).filter((id) => id !== call.saved)) ? [] : ['what was restored is still saved, or something else is not']),
        ...besides(step, `A${actor + 1}.saved`, threadIs(thread, 'current'), ...marksOfFailure(before, [current?.message])),
      ];
    },
    sometimes: {
      'a request is saved': (step) => isCall(step, 'ipcSave') && returned(step)
        && (step.before.threads[step.call.thread]!.current?.message.transaction ?? null) !== null,
      'a message is restored by another thread': (step) => isCall(step, 'ipcRestore') && returned(step) && step.before.threads.length > 1,
      'a body that is with the system is saved': (step) => isCall(step, 'ipcSave') && returned(step)
        && step.before.threads[step.call.thread]!.current?.kept === true,
    },
  },

  'chorus/saved-messages-are-limited': together(refusing('chorus/saved-messages-are-limited'), {
    always: (state) => state.actors.flatMap(({ saved }, actor) => (saved.filter((message) => message !== null).length > state.limits.saved
      ? [`${actorName(actor)} has saved too many messages`] : [])),
    on: ['ipcSave'],
    step: (step) => (errorOf(step) !== null && !same(step.before.threads[callerOf(step)!]!.current, step.after.threads[callerOf(step)!]!.current)
      ? ['a message that could not be saved is lost'] : []),
    sometimes: {},
  }),

  'chorus/restore-takes-saved-messages': refusing('chorus/restore-takes-saved-messages'),
} satisfies ChorusLaws;
