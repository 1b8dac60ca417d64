import { operations } from '#model/qnx/kernel';
import { isSource } from '#model/qnx/entries';
import { faults } from '#model/qnx/memory/bytes';
import { mechanisms } from '#model/qnx/mechanisms';
import { change, returned } from '#model/operation';
import type { Item, QnxState } from '#model/qnx/state';
import { isWithin } from '#properties/qnx/laws/within';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { remember } from '#properties/remember';
import { copyIn, faultIn, firstFrom } from '#properties/qnx/laws/copies';
import {
  answerOf, errorOf, fitsIn, isSameItem, live, originOf, ownerOf, processName, receiveIn, receives, returnedTo, same, seenIn,
  type ReceiveCall,
} from '#properties/qnx/facts';

/** What a Receive has to come to. */
interface Receipt {
  readonly receive: ReceiveCall;
  readonly errors: readonly string[];
  /** What it takes; null if there is nothing to take. */
  readonly item: Item | null;
  /** The copy faults, or may be found to when the call waits. */
  readonly fault: 'certain' | 'perhaps' | null;
}

const receiptOf = remember((step: QnxStep): Receipt | null => {
  const receive = receiveIn(step);
  if (receive === null) return null;
  const { before } = step;
  const errors: string[] = [];
  const owner = ownerOf(before, receive.pid);
  if (receive.pid !== 0 && (owner === null || owner.tag === 'zombie')) errors.push('ESRCH');
  if (receive.buffer.length > before.limits.parts) errors.push('EINVAL');
  const item = errors.length > 0 ? null : firstFrom(before, receive.thread, receive.pid) ?? null;
  const copy = copyIn(step);
  const faulty = item !== null && copy !== null && faultIn(before, copy) !== null;
  const fault = faulty ? 'certain' : item === null && receive.waits && !fitsIn(before, receive.thread, receive.buffer) ? 'perhaps' : null;
  return { receive, errors, item, fault };
});

/** The receipt of a step that takes an item, and nothing is wrong with that. */
function taking(step: QnxStep): { readonly receive: ReceiveCall; readonly item: Item } | null {
  const receipt = receiptOf(step);
  return receipt === null || receipt.item === null || receipt.fault !== null ? null : { receive: receipt.receive, item: receipt.item };
}

function takenAsDue(step: QnxStep): readonly string[] {
  const found = taking(step);
  if (found === null) return [];
  const { receive: { thread, buffer }, item } = found;
  const { before, after } = step;
  const value = returnedTo<{ pid: number; buffer: readonly number[] }>(step, thread);
  const from = originOf(before, item);
  if (value === null) return [`${processName(thread)} is not given the message of p${from}`];
  return [
    ...(value.pid === from ? [] : [`${processName(thread)} is given p${value.pid} where p${from} comes first`]),
    ...(same([...value.buffer], [...seenIn(after, thread, buffer)]) ? [] : [`${processName(thread)} is shown other bytes than it has`]),
    ...(item.tag === 'message' ? becomesClient(step, item.from, thread) : []),
    ...leftAsDue(step, thread, item),
  ];
}

function becomesClient({ before, after }: QnxStep, client: number, server: number): readonly string[] {
  const was = before.processes[client]!;
  const now = after.processes[client]!;
  const sent = was.run.tag === 'sending' ? was.run.sent : null;
  const due = { tag: 'replying', on: server, sent, signalled: false };
  return same({ ...was, run: due }, now) ? [] : [`${processName(client)}, which was received from, is not just REPLY-blocked on ${processName(server)}`];
}

/** What was received leaves the queue, and all else keeps its place; a proxy with triggers left stays or goes last. */
function leftAsDue({ before, after }: QnxStep, thread: number, item: Item): readonly string[] {
  const { queue } = before.processes[thread]!;
  const rest = queue.filter((other) => !isSameItem(other, item));
  const now = after.processes[thread]!.queue;
  const others = now.filter((other) => !isSameItem(other, item));
  const stays = item.tag === 'proxy' && before.proxies[item.proxy]!.count > 1;
  const found = now.filter((other) => isSameItem(other, item)).length;
  return [
    ...(others.length === rest.length && others.every((other, at) => isSameItem(other, rest[at]!)) ? [] : [`a receipt of ${processName(thread)} moved others in its queue`]),
    ...(found === (stays ? 1 : 0) ? [] : [`what ${processName(thread)} received is in its queue ${found} times`]),
  ];
}

function waitsAsDue(step: QnxStep): readonly string[] {
  const receipt = receiptOf(step);
  if (receipt === null || receipt.errors.length > 0 || receipt.item !== null || errorOf(step) !== null) return [];
  const { receive: { thread, pid, waits } } = receipt;
  const { run } = step.after.processes[thread]!;
  if (!waits) return [];
  return answerOf(step)?.tag === 'blocked' && run.tag === 'receiving' && run.from === pid ? [] : [`${processName(thread)} does not wait though there is nothing for it`];
}

/** Nobody waits for what is in its queue already. */
const overlooked = (state: QnxState): readonly string[] => {
  const wrong: string[] = [];
  for (const [id, { run, queue }] of live(state)) {
    if (run.tag !== 'receiving') continue;
    const item = queue.find((other) => run.from === 0 || originOf(state, other) === run.from);
    if (item !== undefined) wrong.push(`${processName(id)} waits, and p${originOf(state, item)} stands in its queue`);
  }
  return wrong;
};

const unmoved = ({ before, after }: QnxStep): boolean => before.processes.every((process, id) =>
  same({ ...process, memory: [] }, { ...after.processes[id]!, memory: [] })) && same(before.proxies, after.proxies);

export const receiveLaws = {
  'qnx/receive-takes-or-waits': {
    always: overlooked,
    step: (step) => (receiveIn(step)?.waits === true ? [...takenAsDue(step), ...waitsAsDue(step)] : []),
    sometimes: {
      'it takes from one of several': (step) =>
        (taking(step)?.receive.pid ?? 0) > 0 && step.before.processes[taking(step)!.receive.thread]!.queue.length > 1,
      'it takes what does not stand first': (step) => {
        const found = taking(step);
        return found !== null && !isSameItem(found.item, step.before.processes[found.receive.thread]!.queue[0]!);
      },
      'it takes from any': (step) => taking(step)?.receive.pid === 0,
      'it waits for one while another stands in the queue': (step) => receiptOf(step)?.item === null && answerOf(step)?.tag === 'blocked'
        && step.before.processes[receiveIn(step)!.thread]!.queue.length > 0,
    },
  },

  'qnx/receive-says-why-it-failed': {
    on: receives,
    step: (step) => {
      const { errors, fault, item, receive } = receiptOf(step)!;
      const error = errorOf(step);
      const due = errors.length > 0 ? errors : fault === 'certain' ? ['EFAULT'] : [];
      if (error === null) return due.length > 0 ? [`the Receive should have failed with ${due.join(' or ')}`] : [];
      const nothing = !receive.waits && item === null && errors.length === 0 && (error === 'ENOMSG' || error === 'EAGAIN');
      const allowed = due.includes(error) || nothing || (due.length === 0 && fault === 'perhaps' && error === 'EFAULT');
      return [
        ...(allowed ? [] : [`the Receive failed with ${error}, not ${due.join(' or ') || 'at all'}`]),
        ...(unmoved(step) ? [] : ['a Receive that failed changed a process']),
      ];
    },
    sometimes: {
      'it fails with ESRCH': (step) => errorOf(step) === 'ESRCH',
      'it fails with EINVAL': (step) => errorOf(step) === 'EINVAL',
      'it fails with EFAULT and a sender stays': (step) => errorOf(step) === 'EFAULT' && receiptOf(step)!.item?.tag === 'message',
    },
  },

  'qnx/creceive-never-blocks': {
    on: receives,
    step: (step) => {
      const { receive, item, errors } = receiptOf(step)!;
      if (receive.waits) return [];
      if (step.after.processes[receive.thread]!.run.tag !== 'ready' || answerOf(step)?.tag === 'blocked') return [`${processName(receive.thread)} waits in a Creceive`];
      if (item !== null || errors.length > 0) return takenAsDue(step);
      return unmoved(step) && errorOf(step) !== null
        && ['ENOMSG', 'EAGAIN'].includes(errorOf(step)!) ? [] : ['a Creceive that finds nothing does not just say so'];
    },
    sometimes: {
      'it takes a message': (step) => receiptOf(step)?.receive.waits === false && taking(step)?.item.tag === 'message',
      'it finds nothing': (step) =>
        receiptOf(step)?.receive.waits === false && receiptOf(step)!.item === null && receiptOf(step)!.errors.length === 0,
      'it finds nothing from the one it names, though there are others': (step) => receiptOf(step)?.receive.waits === false
        && receiptOf(step)!.item === null && receiptOf(step)!.errors.length === 0
          && step.before.processes[receiptOf(step)!.receive.thread]!.queue.length > 0,
    },
  },
} satisfies QnxLaws;

type Receive = typeof operations.Receive;

export const receiveMutants: QnxMutants = {
  'selective-receive-takes-the-first': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a Receive from one process takes whatever stands first',
    mechanisms: { nextItem: (state, receiver) => state.processes[receiver]!.queue[0] },
  },
  'receive-takes-the-last': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a Receive from any takes the message that came last',
    mechanisms: { nextItem: (state, receiver, from) => (from === 0 ? state.processes[receiver]!.queue.at(-1) : mechanisms.nextItem(state, receiver, from)) },
  },
  'selective-receive-waits': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a Receive from one process waits though its message stands behind another',
    mechanisms: {
      nextItem: (state, receiver, from) => {
        const item = mechanisms.nextItem(state, receiver, from);
        return item === state.processes[receiver]!.queue[0] ? item : undefined;
      },
    },
  },
  'received-sender-stays-send-blocked': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a sender that was received from stays SEND-blocked',
    mechanisms: {
      remove: (world, receiver, item) => {
        const run = item.tag === 'message' ? world.state.processes[item.from]!.run : null;
        mechanisms.remove(world, receiver, item);
        if (item.tag === 'message' && run !== null) change(world.state.processes[item.from]!).run = run;
      },
    },
  },
  'received-message-stays-queued': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a message that was received stays in the queue',
    mechanisms: {
      remove: (world, receiver, item) => {
        const { queue } = world.state.processes[receiver]!;
        mechanisms.remove(world, receiver, item);
        if (item.tag === 'message') change(world.state.processes[receiver]!).queue = change(queue);
      },
    },
  },
  'receive-empties-the-queue': {
    rule: 'qnx/receive-takes-or-waits',
    fault: 'a Receive drops what else is in the queue',
    mechanisms: {
      remove: (world, receiver, item) => {
        mechanisms.remove(world, receiver, item);
        const process = change(world.state.processes[receiver]!);
        process.queue = process.queue.filter(({ tag }) => tag === 'message').slice(0, 1);
      },
    },
  },
  'faulting-receive-loses-the-sender': {
    rule: 'qnx/receive-says-why-it-failed',
    fault: 'a Receive into a bad buffer takes the message out of the queue all the same',
    mechanisms: {
      takeNext: (world, receiver, from, buffer) => {
        const item = mechanisms.nextItem(world.state, receiver, from);
        const taken = mechanisms.takeNext(world, receiver, from, buffer);
        if (taken === 'faults' && item !== undefined) mechanisms.remove(world, receiver, item);
        return taken;
      },
    },
  },
  'receive-from-the-dead-waits': {
    rule: 'qnx/receive-says-why-it-failed',
    fault: 'a Receive from a pid that denotes nothing waits',
    operations: {
      Receive: {
        ...operations.Receive,
        step: (world, call) => (call.pid === 0 || isSource(world.state, call.thread, call.pid) ? operations.Receive.step(world, call) : waitForever(world, call)),
      },
    },
  },
  'receive-does-not-look-at-its-buffer': {
    rule: 'qnx/receive-says-why-it-failed',
    fault: 'a Receive into a bad buffer says that it went well',
    operations: {
      Receive: {
        ...operations.Receive,
        step: (world, call) => {
          const verdict = operations.Receive.step(world, call);
          return verdict.tag === 'spoiled' && !isWithin(world.state, call.thread, call.buffer)
            && mechanisms.nextItem(world.state, call.thread, call.pid) !== undefined
            ? returned({ pid: call.pid, buffer: [] }) : verdict;
        },
      },
    },
  },
  'creceive-waits': {
    rule: 'qnx/creceive-never-blocks',
    fault: 'Creceive waits when there is nothing to receive',
    operations: { Creceive: { ...operations.Creceive, step: (world, call) => operations.Receive.step(world as never, call as never) as never } },
  },
  'creceive-leaves-the-message': {
    rule: 'qnx/creceive-never-blocks',
    fault: 'Creceive gives a message and leaves it in the queue',
    operations: {
      Creceive: {
        ...operations.Creceive,
        step: (world, call) => {
          const { queue } = world.state.processes[call.thread]!;
          const verdict = operations.Creceive.step(world, call);
          change(world.state.processes[call.thread]!).queue = change(queue);
          return verdict;
        },
      },
    },
  },
  'creceive-ignores-the-pid': {
    rule: 'qnx/creceive-never-blocks',
    fault: 'Creceive from one process takes the message of another',
    operations: {
      Creceive: { ...operations.Creceive, step: (world, call) => operations.Creceive.step(world, { ...call, pid: 0 as never }) },
    },
  },
};

const waitForever: Receive['step'] = (world, { thread, pid, buffer }) => {
  if (faults(world.state, thread, [{ tag: 'part', ...buffer }])) return operations.Receive.step(world, { thread, pid, buffer });
  change(world.state.processes[thread]!).run = { tag: 'receiving', from: pid, buffer: [{ tag: 'part', ...buffer }] };
  return { tag: 'blocked' };
};
