import { mechanisms } from '#model/qnx/mechanisms';
import { change } from '#model/operation';
import type { Item, Process } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { remember } from '#properties/remember';
import { byPriority, chosen, isSameItem, live, processName } from '#properties/qnx/facts';

/** An item that came into a queue in a step, and what was there before it. */
interface Arrival { readonly receiver: number; readonly item: Item; readonly before: readonly Item[]; readonly after: readonly Item[] }

const arrivals = remember(({ before, after }: QnxStep): readonly Arrival[] => {
  const found: Arrival[] = [];
  for (const [receiver, { queue }] of live(after)) {
    const old = before.processes[receiver]?.queue ?? [];
    if (queue === old) continue;
    for (const item of queue) {
      if (!old.some((other) => isSameItem(other, item))) found.push({ receiver, item, before: old, after: queue });
    }
  }
  return found;
});

/** Items that stand where no order of arrival, or of priority and arrival, would have them. */
function outOfOrder(step: QnxStep, { receiver, item, before: old, after }: Arrival): readonly string[] {
  const sorted = byPriority(step.before, receiver);
  const at = after.findIndex((other) => isSameItem(other, item));
  const ahead = after.slice(0, at);
  const behind = after.slice(at + 1).filter((other) => old.some((one) => isSameItem(one, other)) || other.arrival < item.arrival);
  const wrong = sorted
    ? ahead.length > 0 && ahead.at(-1)!.priority < item.priority && !mixed(ahead) || behind.some(({ priority }, place) => place === 0
      && priority >= item.priority)
    : behind.length > 0;
  return wrong ? [`a new item of priority ${item.priority} stands at place ${at} of ${processName(receiver)}'s queue, of priorities [${after.map(({ priority }) => priority).join(' ')}]`] : [];
}

/** A queue that was not put in order when the flag for it was set. */
const mixed = (items: readonly Item[]): boolean => items.some(({ priority }, at) => at > 0 && items[at - 1]!.priority < priority);

/** Those who were in a queue and still are keep their order, but when the flag for it changes. */
function overtaken({ before, after, call }: QnxStep): readonly string[] {
  const wrong: string[] = [];
  for (const [receiver, { queue }] of live(before)) {
    const now = after.processes[receiver]!.queue;
    if (now === queue || (call.operation === 'qnx_pflags' && call.thread === receiver)) continue;
    const stayed = queue.filter((item) => item.tag !== 'proxy' && now.some((other) => isSameItem(other, item)));
    const kept = now.filter((item) => item.tag !== 'proxy' && queue.some((other) => isSameItem(other, item)));
    if (stayed.length !== kept.length || !stayed.every((item, at) => isSameItem(item, kept[at]!))) wrong.push(`${processName(receiver)}'s queue changed its order`);
  }
  return wrong;
}

/** What setting or clearing the flag may make of a queue: as it was, or in the new order. */
function reordered({ before, after, call }: QnxStep): readonly string[] {
  if (call.operation !== 'qnx_pflags') return [];
  const { queue } = before.processes[call.thread]!;
  const now = after.processes[call.thread]!.queue;
  if (now === queue || after.processes[call.thread]!.life !== 'live') return [];
  const arrived = [...queue].sort((a, b) => a.arrival - b.arrival);
  const ranked = [...arrived].sort((a, b) => b.priority - a.priority);
  const due = byPriority(after, call.thread) ? ranked : arrived;
  const fits = [queue, due].some((order) => order.length === now.length && order.every((item, at) => isSameItem(item, now[at]!)));
  return fits ? [] : [`${processName(call.thread)}'s queue has neither its old order nor the one that was asked for`];
}

const priorityOf = ({ before }: QnxStep, item: Item): number => {
  if (item.tag === 'message') return before.processes[item.from]!.priority;
  if (item.tag === 'signal') return before.processes[item.client]!.priority;
  if (item.tag === 'death') return before.processes[0]!.priority;
  const { priority, owner } = before.proxies[item.proxy]!;
  return priority === -1 ? before.processes[owner]!.priority : priority;
};

/** Items that came into a queue under another priority than their sender's. */
const misranked = (tags: readonly Item['tag'][]) => (step: QnxStep): readonly string[] => arrivals(step)
  .filter(({ item }) => tags.includes(item.tag) && item.priority !== priorityOf(step, item))
  .map(({ item }) => `a ${item.tag} queues at priority ${item.priority} instead of ${priorityOf(step, item)}`);

const amongOthers = (tag: Item['tag']) => (step: QnxStep): boolean => arrivals(step).some(({ receiver, item, before }) =>
  item.tag === tag && byPriority(step.before, receiver) && before.some(({ priority }) => priority !== item.priority));

export const orderLaws = {
  'qnx/queue-keeps-its-order': {
    step: (step) => [
      ...arrivals(step).flatMap((arrival) => outOfOrder(step, arrival)),
      ...overtaken(step),
      ...reordered(step),
    ],
    sometimes: {
      'a message overtakes those of lower priority': (step) =>
        arrivals(step).some(({ after, item }) => after.length > 1 && !isSameItem(after.at(-1)!, item)),
      'a message stands behind one of equal priority': (step) => arrivals(step).some(({ receiver, after, item }) =>
        byPriority(step.before, receiver) && after.some((other, at) => other.priority === item.priority && at > 0 && isSameItem(after[at]!, item))),
      'a queue by time holds several priorities': (step) => arrivals(step).some(({ receiver, after }) =>
        !byPriority(step.before, receiver) && new Set(after.map(({ priority }) => priority)).size > 1),
      'a queue is put in order': (step) => chosen(step, 'reorder') === 'reordered',
      'a queue is left as it was': (step) => chosen(step, 'reorder') === 'stays',
    },
  },

  'qnx/message-has-its-senders-priority': {
    step: misranked(['message']),
    sometimes: { 'it matters where a message queues': amongOthers('message') },
  },

  'qnx/proxy-queues-at-its-priority': {
    step: misranked(['proxy']),
    sometimes: {
      'it matters where a proxy queues': amongOthers('proxy'),
      'a proxy has its owner\'s priority': (step) =>
        arrivals(step).some(({ item }) => item.tag === 'proxy' && step.before.proxies[item.proxy]!.priority === -1),
      'a proxy has a priority of its own': (step) =>
        arrivals(step).some(({ item }) => item.tag === 'proxy' && step.before.proxies[item.proxy]!.priority > 0),
    },
  },
} satisfies QnxLaws;

/** The queue discipline with another place for what arrives. */
const enqueueing = (place: (process: Process, item: Item) => number): typeof mechanisms.enqueue => (world, receiver, item) => {
  const process = change(world.state.processes[receiver]!);
  const at = place(process, item);
  process.queue = [...process.queue.slice(0, at), item, ...process.queue.slice(at)];
};

const sorts = ({ flags }: Process, ...wanted: readonly Process['flags'][number][]): boolean => wanted.some((flag) => flags.includes(flag));

const before = (process: Process, wanted: (other: Item) => boolean): number => {
  const at = process.queue.findIndex(wanted);
  return at < 0 ? process.queue.length : at;
};

export const orderMutants: QnxMutants = {
  'queue-is-never-by-priority': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'PRIORITY_REC makes no difference to the order of a queue',
    mechanisms: { enqueue: enqueueing(({ queue }) => queue.length) },
  },
  'float-does-not-order-the-queue': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'PRIORITY_FLOAT alone leaves a queue in the order of time',
    mechanisms: { enqueue: enqueueing((process, item) => (sorts(process, 'PRIORITY_REC') ? before(process, ({ priority }) => priority < item.priority) : process.queue.length)) },
  },
  'queue-is-always-by-priority': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'every queue is in the order of priority',
    mechanisms: { enqueue: enqueueing((process, item) => before(process, ({ priority }) => priority < item.priority)) },
  },
  'equals-queue-in-reverse': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'of equal priorities the last to come stands first',
    mechanisms: {
      enqueue: enqueueing((process, item) => (sorts(process, 'PRIORITY_REC', 'PRIORITY_FLOAT') ? before(process, ({ priority }) => priority <= item.priority) : process.queue.length)),
    },
  },
  'low-priority-first': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'a queue by priority has the lowest first',
    mechanisms: {
      enqueue: enqueueing((process, item) => (sorts(process, 'PRIORITY_REC', 'PRIORITY_FLOAT') ? before(process, ({ priority }) => priority > item.priority) : process.queue.length)),
    },
  },
  'queue-is-a-stack': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'the last to come is the first to be received',
    mechanisms: { enqueue: enqueueing(() => 0) },
  },
  'flag-reverses-the-queue': {
    rule: 'qnx/queue-keeps-its-order',
    fault: 'changing the flag for it turns a queue round',
    mechanisms: {
      reorder: (world, receiver) => {
        const process = change(world.state.processes[receiver]!);
        process.queue = [...process.queue].reverse();
      },
    },
  },
  'message-queues-at-the-receivers-priority': {
    rule: 'qnx/message-has-its-senders-priority',
    fault: 'a message stands in a queue by the priority of its receiver',
    mechanisms: {
      enqueue: (world, receiver, item) => mechanisms.enqueue(world, receiver,
        item.tag === 'message' ? { ...item, priority: world.state.processes[receiver]!.priority } : item),
    },
  },
  'proxy-queues-at-priority-zero': {
    rule: 'qnx/proxy-queues-at-its-priority',
    fault: 'a proxy of its owner\'s priority stands behind all others',
    mechanisms: {
      enqueue: (world, receiver, item) => mechanisms.enqueue(world, receiver,
        item.tag === 'proxy' && world.state.proxies[item.proxy]!.priority === -1 ? { ...item, priority: 0 } : item),
    },
  },
  'proxy-queues-at-its-owners-priority': {
    rule: 'qnx/proxy-queues-at-its-priority',
    fault: 'a proxy with a priority of its own stands by that of its owner',
    mechanisms: {
      enqueue: (world, receiver, item) => mechanisms.enqueue(world, receiver,
        item.tag === 'proxy' ? { ...item, priority: world.state.processes[receiver]!.priority } : item),
    },
  },
};
