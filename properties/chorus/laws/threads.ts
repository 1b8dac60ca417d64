import type { ThreadId } from '#spec/chorus/vocabulary';
import { killThread } from '#model/chorus/actors/kill';
import { abortThread, answer, consumeAbort } from '#model/chorus/threads/waits';
import type { ChorusState } from '#model/chorus/state';
import { change, returned as answered } from '#model/operation';
import { actorAt, actorFor, callerEvent, callerOf, errorOf, isBlocked, isCall, outcomeOf, returned, siteAt, threadName, valueOf, wentThrough } from '#properties/chorus/facts';
import { besides } from '#properties/chorus/laws/changes';
import { afterwards, altered, anySite, around, misread } from '#properties/chorus/laws/faults';
import { actorIs, marksOfFailure, owed, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type ChorusLaws, type ChorusMutants, type ChorusStep } from '#properties/chorus/obligation';

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
  return run.tag === 'delaying';
}

const aborts = (step: ChorusStep): ThreadId | null => (isCall(step, 'threadAbort') ? target(step) : null);

/** What an abort may change: those that serve the calls of the aborted, one behind the other. */
function marksOfAbort(state: ChorusState, thread: ThreadId): readonly string[] {
  const marks: string[] = [];
  const seen = new Set<ThreadId>();
  for (let at: ThreadId | undefined = thread; at !== undefined && !seen.has(at);) {
    seen.add(at);
    marks.push(threadIs(at, 'run'), threadIs(at, 'aborted'), actorIs(actorAt(state, at), 'waiting'));
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
  return run.tag === 'calling' ? [`x${run.transaction + 1}.life`] : [];
};

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
        && made.current === null && !made.aborted && made.suspends === 0 && made.run.tag === 'ready';
      return [...(fits ? [] : ['the new thread is not as asked']), ...besides(step, `new t${before.threads.length + 1}`)];
    },
    sometimes: {
      'an inactive thread is made': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.status === 'inactive',
      'a thread takes the priority of its creator': (step) => isCall(step, 'threadCreate') && returned(step) && step.call.priority === null,
      'a thread is made in another actor': (step) => isCall(step, 'threadCreate') && returned(step) && actorFor(step.before, step.call.thread, step.call.actor) !== actorAt(step.before, step.call.thread),
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
        ...besides(step, new RegExp(`^t${thread + 1}\\.`), actorIs(actor, 'waiting'), ...marksOfWait(before, thread), ...marksOfFailure(before, [current?.message])),
      ];
    },
    sometimes: {
      'a thread with a request is deleted': (step) => {
        const thread = isCall(step, 'threadDelete') ? target(step) : null;
        const transaction = thread === null ? null : step.before.threads[thread]!.current?.message.transaction ?? null;
        return transaction !== null && step.before.transactions[transaction]!.life === 'open';
      },
      'a thread that waits for a message is deleted': (step) => isCall(step, 'threadDelete') && target(step) !== null && step.before.threads[target(step)!]!.run.tag === 'receiving',
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
      'a receiver is aborted': (step) => aborts(step) !== null && waitsAbortably(step.before, aborts(step)!) && step.before.threads[aborts(step)!]!.run.tag === 'receiving',
      'a client is aborted': (step) => aborts(step) !== null && waitsAbortably(step.before, aborts(step)!) && step.before.threads[aborts(step)!]!.run.tag === 'calling',
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
      'a thread in another wait is aborted': (step) => aborts(step) !== null && ['receiving', 'calling'].includes(step.before.threads[aborts(step)!]!.run.tag) && !waitsAbortably(step.before, aborts(step)!),
      'a thread is aborted twice': (step) => aborts(step) !== null && step.before.threads[aborts(step)!]!.aborted,
    },
  },

  'chorus/remembered-abort-is-used-up-once': together(refusing('chorus/remembered-abort-is-used-up-once'), {
    step: (step) => {
      const { before, after, call } = step;
      const caller = callerOf(step);
      const used = caller !== null && before.threads[caller]!.aborted && ((isCall(step, 'threadAborted') && returned(step)) || errorOf(step) === 'K_EABORT');
      const others = before.threads.flatMap(({ aborted, life }, id) => (aborted && after.threads[id]!.life === 'live' && life === 'live' && !after.threads[id]!.aborted && !(used && id === caller)
        ? [`${threadName(id)} has lost a remembered abort`] : []));
      if (caller === null) return others;
      const { aborted } = before.threads[caller]!;
      const told = isCall(step, 'threadAborted') && returned(step) ? valueOf<{ aborted: boolean }>(step).aborted !== aborted : false;
      const waits = isBlocked(step) && aborted && ((isCall(step, 'ipcReceive', 'ipcCall') && step.call.abortable) || call.operation === 'threadDelay');
      const untrue = errorOf(step) === 'K_EABORT' && (!aborted || (isCall(step, 'ipcReceive', 'ipcCall') && !step.call.abortable)) && call.operation !== 'ipcCall';
      return [
        ...others,
        ...(used && after.threads[caller]!.life === 'live' && after.threads[caller]!.aborted ? [`${threadName(caller)} still remembers an abort that was used up`] : []),
        ...(told ? ['threadAborted did not tell the truth'] : []),
        ...(waits ? [`${threadName(caller)} waits although it was aborted before`] : []),
        ...(untrue ? [`${threadName(caller)} was told K_EABORT, and was not aborted`] : []),
      ];
    },
    sometimes: {
      'an aborted thread would wait for a message': (step) => isCall(step, 'ipcReceive') && errorOf(step) === 'K_EABORT',
      'an aborted thread asks': (step) => isCall(step, 'threadAborted') && step.before.threads[step.call.thread]!.aborted,
      'an aborted thread waits where it cannot be aborted': (step) => isCall(step, 'ipcReceive') && isBlocked(step) && step.before.threads[step.call.thread]!.aborted && !step.call.abortable,
    },
  }),

  'chorus/delay-is-abortable': {
    on: ['threadDelay', 'timeout'],
    step: (step) => {
      const { before, after, call } = step;
      if (call.operation === 'timeout') {
        if (before.threads[call.waiting]!.run.tag !== 'delaying') return [];
        return outcomeOf(step, call.waiting)?.error === null ? besides(step, threadIs(call.waiting, 'run')) : [`${threadName(call.waiting)} does not go on after its delay`];
      }
      if (call.operation !== 'threadDelay') return [];
      const waits = call.delay !== 0 && !before.threads[call.thread]!.aborted;
      const { run } = after.threads[call.thread]!;
      const fits = waits ? isBlocked(step) && run.tag === 'delaying' && run.timed === (call.delay !== null) : !isBlocked(step);
      return [...(fits ? [] : [`${threadName(call.thread)} does not wait as it asked`]), ...besides(step, threadIs(call.thread, 'run'), threadIs(call.thread, 'aborted'))];
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
      'a waiting thread is suspended': (step) => isCall(step, 'threadSuspend') && target(step) !== null && step.before.threads[target(step)!]!.run.tag === 'receiving',
      'a thread is suspended twice': (step) => isCall(step, 'threadSuspend') && target(step) !== null && step.before.threads[target(step)!]!.suspends > 0,
      'a thread that was not suspended is resumed': (step) => isCall(step, 'threadResume') && target(step) !== null && step.before.threads[target(step)!]!.suspends === 0,
      'a thread that got what it waited for is resumed': (step) => isCall(step, 'threadResume') && target(step) !== null && step.before.threads[target(step)!]!.run.tag === 'answered',
    },
  },
} satisfies ChorusLaws;

export const threadMutants: ChorusMutants = {
  'new-thread-is-always-active': {
    rule: 'chorus/thread-starts-as-asked',
    fault: 'a thread that is made inactive is active',
    operations: afterwards('threadCreate', ({ state }) => { change(state.threads.at(-1)!).active = true; }),
  },
  'new-thread-has-an-ordinary-priority': {
    rule: 'chorus/thread-starts-as-asked',
    fault: 'a new thread does not get the priority that was asked for',
    operations: afterwards('threadCreate', ({ state }) => { change(state.threads.at(-1)!).priority = 200; }),
  },
  'threads-are-made-across-sites': {
    rule: 'chorus/threads-are-made-on-their-own-site',
    fault: 'threadCreate takes an actor of another site',
    operations: anySite('threadCreate'),
  },
  'activation-does-nothing': {
    rule: 'chorus/inactive-thread-waits-to-be-activated',
    fault: 'threadActivate leaves a thread inactive',
    operations: around('threadActivate', (world, call, step) => {
      const id = call.target ?? call.thread;
      const active = world.state.threads[id]?.active;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && active === false) change(world.state.threads[id]!).active = false;
      return verdict;
    }),
  },
  'activation-ends-an-activity': {
    rule: 'chorus/inactive-thread-waits-to-be-activated',
    fault: 'threadActivate of an active thread makes it inactive',
    operations: around('threadActivate', (world, call, step) => {
      const id = call.target ?? call.thread;
      const active = world.state.threads[id]?.active;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && active === true) change(world.state.threads[id]!).active = false;
      return verdict;
    }),
  },
  'threads-are-deleted-across-sites': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadDelete takes a thread of another site',
    operations: anySite('threadDelete'),
  },
  'threads-are-aborted-across-sites': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadAbort takes a thread of another site',
    operations: anySite('threadAbort'),
  },
  'threads-of-any-actor-are-suspended': {
    rule: 'chorus/threads-are-deleted-on-their-own-site',
    fault: 'threadSuspend does not look whether the thread is of the named actor',
    operations: around('threadSuspend', (world, call, step) => {
      const thread = call.target === null ? undefined : world.state.threads[call.target];
      if (thread === undefined || thread.life === 'dead' || call.actor !== null) return step(world, call);
      const { ui, key, site } = world.state.actors[thread.actor]!;
      return site === siteAt(world.state, call.thread) ? step(world, { ...call, actor: { ui, key } }) : step(world, call);
    }),
  },
  'deleted-thread-keeps-its-client-waiting': {
    rule: 'chorus/deleted-thread-drops-its-request',
    fault: 'the client of a request is not told when the thread that held it is deleted',
    mechanisms: { killThread: (world, id) => killThread(altered(world, { failRequest: () => undefined }), id) },
  },
  'deleted-thread-stays-in-line': {
    rule: 'chorus/deleted-thread-drops-its-request',
    fault: 'a deleted thread still waits for messages',
    operations: around('threadDelete', (world, call, step) => {
      const waiting = world.state.actors.map((actor) => actor.waiting);
      const verdict = step(world, call);
      if (verdict.tag !== 'raised') waiting.forEach((line, id) => { change(world.state.actors[id]!).waiting = [...line]; });
      return verdict;
    }),
  },
  'abort-is-remembered-as-well': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an abort that ends a wait is remembered too',
    mechanisms: {
      abortThread: (world, id) => {
        abortThread(world, id);
        change(world.state.threads[id]!).aborted = true;
      },
    },
  },
  'abort-looks-like-a-timeout': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an aborted wait ends with K_ETIMEOUT',
    mechanisms: { abortThread: (world, id) => abortThread(altered(world, { answer: (inner, thread) => answer(inner, thread, 'K_ETIMEOUT') }), id) },
  },
  'sleepers-cannot-be-aborted': {
    rule: 'chorus/abort-ends-abortable-waits',
    fault: 'an abort does not end a delay',
    mechanisms: {
      abortThread: (world, id) => {
        if (world.state.threads[id]!.run.tag === 'delaying') change(world.state.threads[id]!).aborted = true;
        else abortThread(world, id);
      },
    },
  },
  'every-wait-is-abortable': {
    rule: 'chorus/abort-is-remembered-otherwise',
    fault: 'an abort ends waits that were not to be aborted',
    mechanisms: {
      abortThread: (world, id) => {
        if (world.state.threads[id]!.run.tag === 'receiving') answer(world, id, 'K_EABORT');
        else abortThread(world, id);
      },
    },
  },
  'abort-of-a-running-thread-is-forgotten': {
    rule: 'chorus/abort-is-remembered-otherwise',
    fault: 'the abort of a thread that runs leaves no trace',
    mechanisms: {
      abortThread: (world, id) => { if (world.state.threads[id]!.run.tag !== 'ready') abortThread(world, id); },
    },
  },
  'abort-is-used-up-never': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'a remembered abort ends every abortable call from then on',
    mechanisms: { consumeAbort: ({ state }, id) => state.threads[id]!.aborted },
  },
  'receive-forgets-the-abort': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'a receive that cannot be aborted uses up a remembered abort',
    operations: around('ipcReceive', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag === 'blocked') change(world.state.threads[call.thread]!).aborted = false;
      return verdict;
    }),
  },
  'call-overlooks-the-abort': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'an aborted thread waits in an abortable call',
    operations: around('ipcCall', (world, call, step) => step(altered(world, { consumeAbort: () => false }), call)),
  },
  'asking-forgets-nothing': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'threadAborted tells of an abort without using it up',
    operations: around('threadAborted', (world, call) => answered({ aborted: world.state.threads[call.thread]!.aborted })),
  },
  'abort-is-used-up-for-another': {
    rule: 'chorus/remembered-abort-is-used-up-once',
    fault: 'whoever uses up an abort uses up those of the other threads too',
    mechanisms: {
      consumeAbort: (world, id) => {
        const was = consumeAbort(world, id);
        if (was) for (const thread of world.state.threads) change(thread).aborted = false;
        return was;
      },
    },
  },
  'endless-delay-has-an-end': {
    rule: 'chorus/delay-is-abortable',
    fault: 'a delay of nothing waits',
    operations: misread('threadDelay', (_state, call) => ({ ...call, delay: call.delay === 0 ? 1 : call.delay })),
  },
  'delay-ends-with-an-error': {
    rule: 'chorus/delay-is-abortable',
    fault: 'a delay that has lasted as long as asked ends with K_ETIMEOUT',
    operations: afterwards('timeout', (world, { waiting }) => {
      const { run } = world.state.threads[waiting]!;
      if (run.tag === 'answered' && run.error === null) answer(world, waiting, 'K_ETIMEOUT');
    }),
  },
  'one-resume-undoes-all': {
    rule: 'chorus/suspended-thread-does-not-run',
    fault: 'threadResume ends every suspension of a thread',
    operations: afterwards('threadResume', ({ state }, { thread, target: id }) => { change(state.threads[id ?? thread]!).suspends = 0; }),
  },
  'suspension-breaks-the-wait': {
    rule: 'chorus/suspended-thread-does-not-run',
    fault: 'suspending a thread ends its wait',
    operations: afterwards('threadSuspend', (world, { thread, target: id }) => {
      const { run } = world.state.threads[id ?? thread]!;
      if (run.tag === 'receiving') answer(world, id ?? thread, 'K_EABORT');
    }),
  },
};
