import type { ThreadId } from '#spec/mach/vocabulary';
import type { Carried, MachState, Message, Run } from '#model/mach/state';
import { isRunnable } from '#model/mach/entries';
import { arrivals, callerEvent, callerTask, entryAt, isLive, receipts, threadName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { isCall, once } from '#properties/mach/laws/ledger';
import { touchOf } from '#properties/mach/laws/memory/eager';
import { faultAt, firstHandler, isPaged } from '#properties/mach/laws/memory/touches';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Raising = Extract<Run, { tag: 'raising' }>;

const raisingBefore = ({ before }: MachStep): readonly (readonly [ThreadId, Raising])[] =>
  before.threads.flatMap(({ run, life }, thread) => (run.tag === 'raising' && life === 'live' ? [[thread as ThreadId, run] as const] : []));

/** What has become of the wait for a handler: it said yes or no, the wait was broken off, or it goes on. */
type Fate = 'handled' | 'failed' | 'broken off' | 'waits';

/** What a step makes of a thread's wait for its handler, as far as the handler is concerned. */
function fateOf(step: MachStep, thread: ThreadId, run: Raising): Fate {
  if (run.verdict !== null) return run.verdict;
  if (run.broken !== null) return 'broken off';
  if (isLive(step.after, run.reply)) return 'waits';
  if (isCall(step, 'thread_abort') && targets(step, thread)) return 'broken off';
  return isGoodAnswer(step, run) ? 'handled' : 'failed';
}

function targets({ call, before }: MachStep, thread: ThreadId): boolean {
  if (!('target' in call)) return false;
  const { target } = call;
  if (target.tag === 'identity') return target.identity === thread;
  const entry = entryAt(before, before.threads[call.thread]!.task, target.name);
  return entry?.tag === 'port' && entry.port === before.threads[thread]!.port;
}

/** Whether the call is a message that tells the kernel of success, in the one form it takes. */
function isGoodAnswer(step: MachStep, { reply }: Raising): boolean {
  if (!isCall(step, 'mach_msg') || step.call.send === null) return false;
  const { id, remote, body, complex } = step.call.send;
  const entry = entryAt(step.before, callerTask(step), remote.name);
  if (entry?.tag !== 'send-once' || entry.port !== reply) return false;
  const [item, ...more] = body;
  return id === 2500 && more.length === 0 && item?.tag === 'data' && item.type === 2 && item.bits === 32
    && item.bytes === '00000000' && (!complex || !item.deallocate);
}

/** Requests to handlers that a step sent, wherever they are now. */
const requestsIn = once((step): readonly Message[] => arrivals(step).filter(({ id, sender }) => id === 2400 && sender === -2));

const received = (step: MachStep): number => receipts(step).filter(({ message: { id, remote } }) => id === 2400 && remote.kind === 'send-once').length;

/** Whether a request says what it must of an exception, and goes where it must. */
function misaddressed(step: MachStep, request: Message, thread: ThreadId, run: Raising): readonly string[] {
  const { before } = step;
  const { exception, self, task } = before.threads[thread]!;
  const handler = run.level === 'thread' ? exception : before.tasks[task]!.exception;
  const words = [1, { KERN_INVALID_ADDRESS: 1, KERN_PROTECTION_FAILURE: 2, KERN_MEMORY_ERROR: 10 }[run.fault], run.touch.address];
  const rights = [self, before.tasks[task]!.self];
  const expected = [
    ...rights.map((right) => ({ tag: 'rights', kind: 'send', long: false, rights: [right ?? { tag: 'null', kind: 'send' }] })),
    ...words.map((word) => ({ tag: 'data', type: 2, bits: 32, long: false, bytes: littleEndian(word) })),
  ];
  return [
    ...(handler?.tag === 'right' && request.destination.port === handler.port && request.destination.kind === 'send'
      ? [] : [`the exception of ${threadName(thread)} goes to another port`]),
    ...(same(request.reply, { tag: 'right', port: run.reply, kind: 'send-once' }) ? [] : [`the exception of ${threadName(thread)} is to be answered elsewhere`]),
    ...(same(request.body, expected) && request.complex ? [] : [`the exception of ${threadName(thread)} says something else`]),
  ];
}

const littleEndian = (word: number): string => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, '0')).join('');

/**
 * The level at which a thread should now ask, given the one that failed; null if nobody is there. A handler that
 * dies in the step may have been asked or not: undefined.
 */
function nextLevel({ before, after }: MachStep, thread: ThreadId, failed: 'thread' | 'task' | null): 'thread' | 'task' | null | undefined {
  const first = levelIn(before, before, thread, failed);
  return levelIn(before, after, thread, failed) === first ? first : undefined;
}

/** The ports are those of one state; whether they live is read in another. */
function levelIn(ports: MachState, lives: MachState, thread: ThreadId, failed: 'thread' | 'task' | null): 'thread' | 'task' | null {
  const { exception, task } = ports.threads[thread]!;
  const isThere = (right: Carried | null) => right?.tag === 'right' && isLive(lives, right.port);
  if (failed === null && isThere(exception)) return 'thread';
  return failed !== 'task' && isThere(ports.tasks[task]!.exception) ? 'task' : null;
}

/** Whether a thread that has raised an exception asks whom it must, as it must, or is ended where nobody is there. */
function misraised(step: MachStep, thread: ThreadId, failed: 'thread' | 'task' | null): readonly string[] {
  const level = nextLevel(step, thread, failed);
  const { run, life } = step.after.threads[thread]!;
  if (level === undefined) return [];
  if (level === null) return life === 'dead' ? [] : [`${threadName(thread)} goes on though nobody handles its exception`];
  if (life === 'dead') return [`${threadName(thread)} is ended though it has a handler`];
  if (run.tag !== 'raising') return [`${threadName(thread)} does not wait for its handler`];
  if (run.level !== level) return [`${threadName(thread)} asks the handler of its ${run.level}`];
  const request = requestsIn(step).find(({ reply }) => reply.tag === 'right' && reply.port === run.reply);
  if (request !== undefined) return misaddressed(step, request, thread, run);
  return received(step) > 0 ? [] : [`no handler hears of the exception of ${threadName(thread)}`];
}

/** Whether a thread goes on as it must once its handler has answered. */
function misguided(step: MachStep, thread: ThreadId, run: Raising): readonly string[] {
  const { after, before } = step;
  const now = after.threads[thread]!;
  if (now.life === 'dead' && isEnding(step, thread)) return [];
  const fate = fateOf(step, thread, run);
  if (fate === 'waits') return same(now.run, run) ? [] : [`${threadName(thread)} does not wait for its handler any longer`];
  if (now.life === 'live' && !isRunnable(after, thread) && now.run.tag === 'raising' && now.run.reply === run.reply) {
    const kept = now.run.verdict ?? (now.run.broken === null ? 'waits' : 'broken off');
    return kept === fate ? [] : [`${threadName(thread)} is told ${kept} instead of ${fate}`];
  }
  if (fate === 'failed') return misraised(step, thread, run.level);
  const touch = touchOf(step, thread)!;
  const fault = faultAt(before, before.threads[thread]!.task, touch.what, touch.address);
  const event = step.events.find((one) => one.thread === thread);
  if (fault !== null) return misraised(step, thread, null);
  if (isPaged(before, before.threads[thread]!.task, touch.address) && now.run.tag !== 'ready') return [];
  return event?.tag === 'returned' && now.run.tag === 'ready' ? [] : [`${threadName(thread)} does not try its access again`];
}

/** Whether the call itself ends the thread. */
const isEnding = (step: MachStep, thread: ThreadId): boolean =>
  (isCall(step, 'thread_terminate') && targets(step, thread)) || isCall(step, 'task_terminate')
  || step.events.some(({ tag, thread: other }) => tag === 'ended' && other !== thread
    && step.before.threads[other]!.task === step.before.threads[thread]!.task);

const isTouch = (step: MachStep): boolean => isCall(step, 'load', 'store') && step.before.memory !== null;

/** The caller's touch raises an exception. */
function raisesOne(step: MachStep): boolean {
  if (!isTouch(step)) return false;
  const touch = touchOf(step, (step.call as { thread: ThreadId }).thread)!;
  return faultAt(step.before, callerTask(step), touch.what, touch.address) !== null;
}

const guided = (step: MachStep, wanted: (fate: Fate, run: Raising, thread: ThreadId) => boolean): boolean =>
  step.before.memory !== null && raisingBefore(step).some(([thread, run]) => wanted(fateOf(step, thread, run), run, thread));

/** Threads that an exception ended in a step. */
const victims = ({ before, events, after, call }: MachStep): readonly ThreadId[] => (before.memory === null || 'target' in call || call.operation === 'task_terminate' ? []
  : events.flatMap(({ tag, thread }) => (tag === 'ended' && after.threads[thread]!.life === 'dead' ? [thread as ThreadId] : [])));

/** Whether a touch fails since a pager is gone, which is an exception indeed. */
const isFailedByPager = ({ before }: MachStep): boolean => before.memory!.objects.some(({ pager }) => pager?.status === 'gone');

export const exceptionLaws = {
  'mach/exceptions-go-to-thread-then-task': {
    step: (step) => {
      if (step.before.memory === null) return [];
      const raised = raisesOne(step) ? misraised(step, (step.call as { thread: ThreadId }).thread, null) : [];
      return [...raised, ...raisingBefore(step).flatMap(([thread, run]) => misguided(step, thread, run))];
    },
    sometimes: {
      'a thread asks its own handler': (step) => raisesOne(step) && firstHandler(step.before, (step.call as { thread: ThreadId }).thread) === 'thread',
      'a thread asks the handler of its task': (step) => raisesOne(step) && firstHandler(step.before, (step.call as { thread: ThreadId }).thread) === 'task',
      'a thread has no handler': (step) => raisesOne(step) && firstHandler(step.before, (step.call as { thread: ThreadId }).thread) === null,
      'a handler says that it has done its work': (step) => guided(step, (fate, run) => fate === 'handled' && run.verdict === null),
      'a failure goes on to the task': (step) => guided(step, (fate, { level }, thread) =>
        fate === 'failed' && level === 'thread' && levelIn(step.before, step.before, thread, 'thread') === 'task'),
      'a handler fails and nobody else is there': (step) => guided(step, (fate, { level }, thread) =>
        fate === 'failed' && (level === 'task' || levelIn(step.before, step.before, thread, 'thread') === null) && isRunnable(step.before, thread)),
      'an access succeeds once it was handled': (step) => guided(step, (fate, _, thread) =>
        fate === 'handled' && step.events.some((event) => event.thread === thread && event.tag === 'returned')),
    },
  },

  'mach/dead-reply-port-counts-as-handled': {
    step: (step) => (step.before.memory === null ? [] : raisingBefore(step).flatMap(([thread, run]) => {
      if (fateOf(step, thread, run) !== 'broken off') return [];
      const late = isLive(step.after, run.reply) ? [`the port for the answer to ${threadName(thread)} lives on`] : [];
      return [...late, ...misguided(step, thread, run)];
    })),
    on: ['thread_abort', 'thread_resume', 'task_resume'],
    sometimes: {
      'a wait for a handler is aborted': (step) => isCall(step, 'thread_abort') && guided(step, (fate) => fate === 'broken off'),
      'an aborted access fails again': (step) => isCall(step, 'thread_abort') && guided(step, (fate, run, thread) => {
        const now = step.after.threads[thread]!.run;
        return fate === 'broken off' && now.tag === 'raising' && now.reply !== run.reply;
      }),
    },
  },

  'mach/absent-page-raises-no-exception': {
    step: (step) => (isTouch(step) && !raisesOne(step) && !isFailedByPager(step) && (callerEvent(step)?.tag === 'ended' || requestsIn(step).length > 0)
      ? ['a touch that is allowed raises an exception'] : []),
    on: ['load', 'store'],
    sometimes: {
      'a page is touched that is not in memory': (step) => {
        if (!isTouch(step) || raisesOne(step)) return false;
        const { pageSize, spaces, objects } = step.before.memory!;
        const { address } = step.call as { address: number };
        const mapping = spaces[callerTask(step)]!.pages[Math.floor(address / pageSize)]!;
        return (objects[mapping.object]!.pages[mapping.index] ?? null) === null;
      },
    },
  },

  'mach/unhandled-exception-ends-task-or-thread': {
    step: (step) => victims(step).flatMap((thread) => {
      const { task } = step.before.threads[thread]!;
      if (step.after.tasks[task]!.life === 'dead') return [];
      const others = step.before.threads.flatMap(({ task: owner, life }, other) =>
        (owner === task && life === 'live' && !victims(step).includes(other as ThreadId) && step.after.threads[other]!.life === 'dead' ? [other as ThreadId] : []));
      return others.length === 0 ? [] : [`${threadName(thread)} took other threads along, but not its task`];
    }),
    sometimes: {
      'an exception ends a task': (step) => victims(step).some((thread) => step.after.tasks[step.before.threads[thread]!.task]!.life === 'dead'),
      'an exception ends a thread alone': (step) => victims(step).some((thread) => step.after.tasks[step.before.threads[thread]!.task]!.life === 'live'),
    },
  },
} satisfies MachLaws;
