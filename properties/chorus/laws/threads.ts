import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import {
  actorAt, actorFor, callerEvent, callerOf, errorOf, isBlocked, isCall, outcomeOf, returned, threadName, valueOf, wentThrough,
} from '#properties/chorus/facts';
import { besides } from '#properties/chorus/laws/changes';
import { actorIs, marksOfFailure, owed, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

/** The thread that a thread operation was about, if it went through. */
function target(step: ChorusStep): ThreadId | null {
  const { call } = step;
  if (!('target' in call) || !wentThrough(step)) return null;
  return call.target ?? call.thread;
}

/** Whether a thread waits, and may be aborted in that wait. */
export function waitsAbortably(state: ChorusState, thread: ThreadId): boolean {
  const { run } = state.threads[thread]!;
  if (run.tag === 'receiving' || run.tag === 'calling') return run.abortable;
  return run.tag === 'delaying' || (run.tag === 'locking' && state.actors[state.threads[thread]!.actor]!.locks[run.at]?.kind === 'semaphore');
}

const aborts = (step: ChorusStep): ThreadId | null => (isCall(step, 'threadAbort') ? target(step) : null);

/** What an abort may change: those that serve the calls of the aborted, one behind the other. */
function marksOfAbort(state: ChorusState, thread: ThreadId): readonly string[] {
  const marks: string[] = [];
  const seen = new Set<ThreadId>();
  for (let at: ThreadId | undefined = thread; at !== undefined && !seen.has(at);) {
    seen.add(at);
    marks.push(threadIs(at, 'run'), threadIs(at, 'aborted'), actorIs(actorAt(state, at), 'waiting'), actorIs(actorAt(state, at), 'locks'));
    const { run } = state.threads[at]!;
    if (run.tag !== 'calling') break;
    marks.push(`x${run.transaction + 1}.life`, 'network');
    const server = state.threads.findIndex(({ life, current }) => life === 'live' && current?.message.transaction === run.transaction);
    at = server < 0 ? undefined : server as ThreadId;
  }
  return marks;
}

/** What the wait of a thread holds elsewhere, which goes with it. */
const marksOfWait = ({ threads }: ChorusState, thread: ThreadId): readonly string[] => {
  const { run } = threads[thread]!;
  return run.tag === 'calling' || run.tag === 'flushing' ? [`x${run.transaction + 1}.life`] : [];
};

/** Whether the home actor of a thread has a handler for aborts. */
const handlesAborts = ({ actors, threads }: ChorusState, thread: ThreadId): boolean =>
  actors[threads[thread]!.actor]!.handlers.abort.some((handler) => handler !== null);

export const threadLaws = {
  'chorus/thread-starts-as-asked': {
    on: ['threadCreate'],
    step: (step) => {
      if (!isCall(step, 'threadCreate') || !returned(step)) return [];
      const { before, after, call } = step;
      const made = after.threads[before.threads.length];
      if (made === undefined) return ['threadCreate made no thread'];
      const fits = made.life === 'live' && made.actor === actorFor(before, call.thread, call.actor) && made.active === (call.status === 'active')
        && made.supervisor === (call.privilege === 'supervisor') && made.priority === (call.priority ?? before.threads[call.thread]!.priority)
        && made.policy === (call.priority === null ? before.threads[call.thread]!.policy : 'fifo')
        && made.current === null && !made.aborted && made.suspends === 0 && made.run.tag === 'ready';
      return [...(fits ? [] : ['the new thread is not as asked']), ...besides(step, `new t${before.threads.length + 1}`)];
    },
    sometimes: {
      'an inactive thread is made': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.status === 'inactive',
      'a thread takes the priority of its creator': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.priority === null,
      'a thread is made in another actor': (step) => isCall(step, 'threadCreate') && returned(step)
        && actorFor(step.before, step.call.thread, step.call.actor) !== actorAt(step.before, step.call.thread),
    },
  },

  'chorus/threads-are-made-on-their-own-site': refusing('chorus/threads-are-made-on-their-own-site'),

  'chorus/inactive-thread-waits-to-be-activated': {
    on: ['threadActivate'],
    step: (step) => {
      const thread = isCall(step, 'threadActivate') ? target(step) : null;
      if (thread === null) return [];
      return [
        ...(step.after.threads[thread]!.active ? [] : [`${threadName(thread)} is not active`]),
        ...besides(step, threadIs(thread, 'active')),
      ];
    },
    sometimes: {
      'an inactive thread is activated': (step) => isCall(step, 'threadActivate') && target(step) !== null && !step.before.threads[target(step)!]!.active,
      'an active thread is activated': (step) => isCall(step, 'threadActivate') && target(step) !== null && step.before.threads[target(step)!]!.active,
    },
  },

  'chorus/threads-are-deleted-on-their-own-site': refusing('chorus/threads-are-deleted-on-their-own-site'),

  'chorus/deleted-thread-drops-its-request': {
    on: ['threadDelete'],
    step: (step) => {
      const thread = isCall(step, 'threadDelete') ? target(step) : null;
      if (thread === null) return [];
      const { before, after } = step;
      const { current, actor } = before.threads[thread]!;
      return [
        ...(after.threads[thread]!.life === 'dead' && after.threads[thread]!.current === null ? [] : [`${threadName(thread)} lives on`]),
        ...(after.actors[actor]!.waiting.includes(thread) ? [`${threadName(thread)} still waits`] : []),
        ...(callerEvent(step)?.tag === (thread === callerOf(step) ? 'ended' : 'returned') ? [] : ['threadDelete did not come to its end']),
        ...owed(step, step, [current?.message], before.actors[actor]!.site),
        ...besides(step, new RegExp(`^t${thread + 1}\\.`), actorIs(actor, 'waiting'), actorIs(actor, 'locks'), ...marksOfWait(before, thread),
          ...marksOfFailure(before, [current?.message])),
      ];
    },
    sometimes: {
      'a thread with a request is deleted': (step) => {
        const thread = isCall(step, 'threadDelete') ? target(step) : null;
        const transaction = thread === null ? null : step.before.threads[thread]!.current?.message.transaction ?? null;
        return transaction !== null && step.before.transactions[transaction]!.life === 'open';
      },
      'a thread that waits for a message is deleted': (step) => isCall(step, 'threadDelete') && target(step) !== null
        && step.before.threads[target(step)!]!.run.tag === 'receiving',
      'a thread deletes itself': (step) => isCall(step, 'threadDelete') && callerEvent(step)?.tag === 'ended',
    },
  },

  'chorus/abort-ends-abortable-waits': {
    on: ['threadAbort'],
    step: (step) => {
      const thread = aborts(step);
      if (thread === null || !waitsAbortably(step.before, thread)) return [];
      const { before, after } = step;
      return [
        ...(outcomeOf(step, thread)?.error === 'K_EABORT' ? [] : [`${threadName(thread)} is not freed by an abort`]),
        ...(after.threads[thread]!.aborted === before.threads[thread]!.aborted ? [] : [`${threadName(thread)} remembers an abort that ended its wait`]),
        ...(after.actors[actorAt(after, thread)]!.waiting.includes(thread) ? [`${threadName(thread)} still waits`] : []),
        ...besides(step, ...marksOfAbort(before, thread)),
      ];
    },
    sometimes: {
      'a receiver is aborted': (step) => aborts(step) !== null && waitsAbortably(step.before, aborts(step)!)
        && step.before.threads[aborts(step)!]!.run.tag === 'receiving',
      'a client is aborted': (step) => aborts(step) !== null && waitsAbortably(step.before, aborts(step)!)
        && step.before.threads[aborts(step)!]!.run.tag === 'calling',
      'a sleeper is aborted': (step) => aborts(step) !== null && step.before.threads[aborts(step)!]!.run.tag === 'delaying',
    },
  },

  'chorus/abort-is-remembered-otherwise': {
    on: ['threadAbort'],
    step: (step) => {
      const thread = aborts(step);
      if (thread === null || waitsAbortably(step.before, thread)) return [];
      const { after } = step;
      return [
        ...(after.threads[thread]!.aborted ? [] : [`${threadName(thread)} does not remember that it was aborted`]),
        ...besides(step, threadIs(thread, 'aborted')),
      ];
    },
    sometimes: {
      'a thread that runs is aborted': (step) => aborts(step) !== null && step.before.threads[aborts(step)!]!.run.tag === 'ready',
      'a thread in another wait is aborted': (step) => aborts(step) !== null && ['receiving', 'calling'].includes(step.before.threads[aborts(step)!]!.run.tag)
        && !waitsAbortably(step.before, aborts(step)!),
      'a thread is aborted twice': (step) => aborts(step) !== null && step.before.threads[aborts(step)!]!.aborted,
    },
  },

  'chorus/remembered-abort-is-used-up-once': together(refusing('chorus/remembered-abort-is-used-up-once'), {
    step: (step) => {
      const { before, after, call } = step;
      const caller = callerOf(step);
      const used = caller !== null && before.threads[caller]!.aborted && ((isCall(step, 'threadAborted') && returned(step))
        || errorOf(step) === 'K_EABORT' || (isCall(step, 'threadGoesHome') && handlesAborts(before, caller)));
      const others = before.threads.flatMap(({ aborted, life }, id) => (aborted && after.threads[id]!.life === 'live' && life === 'live'
        && !after.threads[id]!.aborted && !(used && id === caller)
        ? [`${threadName(id)} has lost a remembered abort`] : []));
      if (caller === null) return others;
      const { aborted } = before.threads[caller]!;
      const told = isCall(step, 'threadAborted') && returned(step) ? valueOf<{ aborted: boolean }>(step).aborted !== aborted : false;
      const waits = isBlocked(step) && aborted && ((isCall(step, 'ipcReceive', 'ipcCall') && step.call.abortable) || call.operation === 'threadDelay'
        || call.operation === 'semP');
      const untrue = errorOf(step) === 'K_EABORT' && (!aborted || (isCall(step, 'ipcReceive', 'ipcCall') && !step.call.abortable)) && call.operation !== 'ipcCall';
      return [
        ...others,
        ...(used && after.threads[caller]!.life === 'live' && after.threads[caller]!.aborted
          ? [`${threadName(caller)} still remembers an abort that was used up`] : []),
        ...(told ? ['threadAborted did not tell the truth'] : []),
        ...(waits ? [`${threadName(caller)} waits although it was aborted before`] : []),
        ...(untrue ? [`${threadName(caller)} was told K_EABORT, and was not aborted`] : []),
      ];
    },
    sometimes: {
      'an aborted thread would wait for a message': (step) => isCall(step, 'ipcReceive') && errorOf(step) === 'K_EABORT',
      'an aborted thread asks': (step) => isCall(step, 'threadAborted') && step.before.threads[step.call.thread]!.aborted,
      'an aborted thread waits where it cannot be aborted': (step) => isCall(step, 'ipcReceive') && isBlocked(step)
        && step.before.threads[step.call.thread]!.aborted && !step.call.abortable,
    },
  }),

  'chorus/delay-is-abortable': {
    on: ['threadDelay', 'timeout'],
    step: (step) => {
      const { before, after, call } = step;
      if (call.operation === 'timeout') {
        if (before.threads[call.waiting]!.run.tag !== 'delaying') return [];
        return outcomeOf(step, call.waiting)?.error === null ? besides(step, threadIs(call.waiting, 'run'))
          : [`${threadName(call.waiting)} does not go on after its delay`];
      }
      if (call.operation !== 'threadDelay') return [];
      const waits = call.delay !== 0 && !before.threads[call.thread]!.aborted;
      const { run } = after.threads[call.thread]!;
      const fits = waits ? isBlocked(step) && run.tag === 'delaying' && run.timed === (call.delay !== null) : !isBlocked(step);
      return [...(fits ? [] : [`${threadName(call.thread)} does not wait as it asked`]), ...besides(step, threadIs(call.thread, 'run'), threadIs(call.thread,
        'aborted'))];
    },
    sometimes: {
      'a thread sleeps': (step) => isCall(step, 'threadDelay') && isBlocked(step),
      'a delay ends': (step) => isCall(step, 'timeout') && step.before.threads[step.call.waiting]!.run.tag === 'delaying',
    },
  },

  'chorus/suspended-thread-does-not-run': {
    on: ['threadSuspend', 'threadResume'],
    step: (step) => {
      const thread = isCall(step, 'threadSuspend', 'threadResume') ? target(step) : null;
      if (thread === null) return [];
      const { before, after, call } = step;
      const suspends = call.operation === 'threadSuspend';
      const count = suspends ? before.threads[thread]!.suspends + 1 : Math.max(0, before.threads[thread]!.suspends - 1);
      return [
        ...(after.threads[thread]!.suspends === count ? [] : [`${threadName(thread)} is suspended ${after.threads[thread]!.suspends} times, not ${count}`]),
        ...(isBlocked(step) === (suspends && thread === callerOf(step)) ? [] : ['the wrong thread was stopped']),
        ...(after.threads[thread]!.run.tag !== 'ready' && before.threads[thread]!.run.tag === 'ready' && !suspends ? ['resuming made a thread wait'] : []),
        ...besides(step, threadIs(thread, 'suspends'), ...(!suspends || thread === callerOf(step) ? [threadIs(thread, 'run')] : [])),
      ];
    },
    sometimes: {
      'a waiting thread is suspended': (step) => isCall(step, 'threadSuspend') && target(step) !== null
        && step.before.threads[target(step)!]!.run.tag === 'receiving',
      'a thread is suspended twice': (step) => isCall(step, 'threadSuspend') && target(step) !== null && step.before.threads[target(step)!]!.suspends > 0,
      'a thread that was not suspended is resumed': (step) => isCall(step, 'threadResume') && target(step) !== null
        && step.before.threads[target(step)!]!.suspends === 0,
      'a thread that got what it waited for is resumed': (step) => isCall(step, 'threadResume') && target(step) !== null
        && step.before.threads[target(step)!]!.run.tag === 'answered',
    },
  },
} satisfies ChorusLaws;
