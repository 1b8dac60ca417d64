import type { Name, SentItem, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { Weighted, type Random } from '#properties/random';

const message = {
  operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL,
} as const;

/** The answer to an exception: success, a failure, or something that is no answer. */
function answer(random: Random): { readonly id: number; readonly body: readonly SentItem[]; readonly complex: boolean } {
  const code = (bytes: string, bits = 32, type = 2): SentItem => ({ tag: 'data', type, bits, bytes, long: false, deallocate: false });
  const good = { id: 2500, body: [code('00000000')], complex: false };
  if (random.once(2)) return good;
  return random.pick([
    { ...good, body: [code('05000000')] }, { ...good, body: [code('05000000')] }, { ...good, id: 2501 }, { ...good, body: [] },
    { ...good, body: [code('00000000', 8)] }, { ...good, body: [code('00000000'), code('00000000')] },
  ]);
}

const onceNames = (draw: Draw): readonly Name[] => draw.names((entry) => entry.tag === 'send-once');

const raising = (state: MachState): readonly ThreadId[] =>
  state.threads.flatMap(({ run, life }, thread) => (run.tag === 'raising' && life === 'live' ? [thread as ThreadId] : []));

const anyThread = ({ state, random }: Draw): ThreadId => random.pick(state.threads.map((_, thread) => thread as ThreadId));

type Row = (draw: Draw) => MachCall | null;

/** The task whose threads handle exceptions, those of others and their own. */
const HANDLERS = 0;

/** Makes what some thread failed to do possible, so that its handler need not lie. */
function mend(draw: Draw): MachCall | null {
  const waiting = raising(draw.state);
  if (waiting.length === 0) return null;
  const { run, task } = draw.state.threads[draw.random.pick(waiting)]!;
  if (run.tag !== 'raising') return null;
  const range = { thread: draw.thread, task: draw.identity(task), address: run.touch.address, size: 1 };
  return run.fault === 'KERN_INVALID_ADDRESS' ? { operation: 'vm_allocate', ...range, anywhere: false }
    : { operation: 'vm_protect', ...range, setMaximum: false, protection: ['read', 'write'] };
}

/** Handlers are set up, threads fail, handlers answer or do not; in between memory changes. */
const rows = new Weighted<Row>([
  [3, (draw) => (draw.task !== HANDLERS || draw.names(isReceive).length > 2 ? null
    : { operation: 'mach_port_allocate', thread: draw.thread, task: draw.identity(draw.task), right: 'receive' })],
  [8, (draw) => {
    const port = draw.right(['make-send']);
    if (port === null) return null;
    const given = { which: 'exception' as const, port: draw.random.once(10) ? { name: NULL, disposition: 'copy-send' as const } : port as { name: Name; disposition: 'make-send' } };
    const bare = draw.state.threads.flatMap(({ exception, life }, thread) => (exception === null && life === 'live' ? [thread as ThreadId] : []));
    const forThread = bare.length > 0 && !draw.random.once(4) ? draw.random.pick(bare) : anyThread(draw);
    return draw.random.once(2)
      ? { operation: 'thread_set_special_port', thread: draw.thread, target: draw.identity(forThread), ...given }
      : { operation: 'task_set_special_port', thread: draw.thread, task: draw.identity(draw.target), ...given };
  }],
  [8, (draw) => ({ operation: 'load', thread: draw.thread, address: draw.random.below(8) })],
  [10, (draw) => ({ operation: 'store', thread: draw.thread, address: draw.random.below(8), byte: draw.random.pick(['01', '7f', 'c2']) })],
  [14, (draw) => {
    const busy = draw.names((entry) => isReceive(entry) && draw.state.ports[entry.port]!.queue.length > 0);
    return busy.length === 0 ? null
      : { ...message, thread: draw.thread, options: ['receive-timeout'], receive: { name: draw.random.pick(busy), size: 1024 } };
  }],
  [14, (draw) => {
    const names = onceNames(draw);
    if (names.length === 0) return null;
    const remote = { name: draw.random.pick(names), disposition: 'move-send-once' as const };
    return { ...message, thread: draw.thread, send: { ...answer(draw.random), remote, local: { name: NULL, disposition: null }, size: null } };
  }],
  [10, mend],
  [2, (draw) => {
    const names = onceNames(draw);
    return names.length === 0 ? null
      : { operation: 'mach_port_deallocate', thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names) };
  }],
  [2, (draw) => {
    const names = draw.names(isReceive);
    return names.length === 0 ? null
      : { operation: 'mach_port_destroy', thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names) };
  }],
  [6, (draw) => {
    const waiting = raising(draw.state);
    return waiting.length === 0 ? null : {
      operation: draw.random.pick(['thread_abort', 'thread_abort', 'thread_suspend', 'thread_terminate'] as const),
      thread: draw.thread, target: draw.identity(draw.random.pick(waiting)),
    };
  }],
  [4, (draw) => {
    const suspended = draw.state.threads.flatMap(({ suspends, life }, thread) => (suspends > 0 && life === 'live' ? [thread as ThreadId] : []));
    return suspended.length === 0 ? null
      : { operation: 'thread_resume', thread: draw.thread, target: draw.identity(draw.random.pick(suspended)) };
  }],
  [8, (draw) => drawMemory(draw.state, draw.random, 30)],
]);

/** Whether some thread could be asked, should this one raise an exception. */
const isCovered = ({ threads, tasks }: MachState, thread: ThreadId): boolean =>
  threads[thread]!.exception !== null || tasks[threads[thread]!.task]!.exception !== null;

export function drawExceptional(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  for (;;) {
    const draw = new Draw(state, random, random.pick(free));
    const call = rows.draw(random)(draw);
    if (call === null) continue;
    const isTouch = call.operation === 'load' || call.operation === 'store';
    const isWatched = free.some((thread) => thread !== draw.thread && state.threads[thread]!.task === HANDLERS);
    if (!isTouch || (isWatched && isCovered(state, draw.thread)) || random.once(40)) return call;
  }
}
