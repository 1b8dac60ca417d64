import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { addressesOf, sourceAt, type Source } from '#model/qnx/memory/bytes';
import { nextArrival, senderOf } from '#model/qnx/messages/queue';
import { placeOf } from '#model/qnx/words';
import { ANY, type Answer, type Item, type Parts, type QnxState, type Sent } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** Lets a process go on from where it waited. It has its answer when it next runs. */
export function wake(world: Qnx, process: ProcessId, answer: Answer): void {
  const { state, mechanisms } = world;
  if (state.processes[process]!.circuit !== null) return mechanisms.answerThrough(world, process);
  change(state.processes[process]!).run = { tag: 'answered', answer };
}

/** Whether a process waits for a message from a pid. */
export function waitsFor({ processes }: QnxState, receiver: ProcessId, from: Pid): boolean {
  const { run } = processes[receiver]!;
  return run.tag === 'receiving' && (run.from === ANY || run.from === from);
}

/**
 * A message goes straight to a receiver that waits for it, or its sender joins the queue. Then the sender is
 * blocked: on the reply, or on the receiver. A receiver whose buffer faults goes on waiting.
 */
export function offer(world: Qnx, from: ProcessId, to: ProcessId, sent: Sent): 'taken' | 'queued' | 'faults' {
  const { state, mechanisms } = world;
  const sender = change(state.processes[from]!);
  if (!mechanisms.waitsFor(state, to, sender.pid)) {
    const { priority } = sender;
    mechanisms.enqueue(world, to, { tag: 'message', from, priority, arrival: nextArrival(world) });
    sender.run = { tag: 'sending', on: to, sent };
    if (from !== to) mechanisms.float(world, to, priority, 'queued');
    return 'queued';
  }
  const { buffer } = state.processes[to]!.run as { readonly buffer: Parts };
  const copied = mechanisms.transfer(world, messageOf(state, from, sent), { process: to, addresses: addressesOf(buffer) });
  if (copied.tag !== 'copied') return 'faults';
  world.charge('message');
  sender.run = { tag: 'replying', on: to, sent, signalled: false };
  mechanisms.float(world, to, sender.priority, 'received');
  mechanisms.wake(world, to, { tag: 'received', pid: sender.pid, buffer });
  return 'taken';
}

/** The bytes of a message: they are where the sender has them, until they are copied. */
export const messageOf = (state: QnxState, from: ProcessId, { message }: Sent): Source => sourceAt(state, from, addressesOf(message));

/** What a system message of a kind holds: code 0, which kind it is, and what it is about. */
export const systemMessage = (kind: 'death' | 'signal', about: number): readonly number[] => [0, kind === 'signal' ? 1 : 0, about];

function system(kind: 'death' | 'signal', about: number): Source {
  const bytes = systemMessage(kind, about);
  return { bytes, length: bytes.length };
}

/** What is in an item for whoever receives it. */
export function contentOf(state: QnxState, item: Item): Source {
  switch (item.tag) {
    case 'message': return messageOf(state, item.from, (state.processes[item.from]!.run as { readonly sent: Sent }).sent);
    case 'proxy': {
      const { data } = state.proxies[item.proxy]!;
      return { bytes: data, length: data.length };
    }
    case 'signal': return system('signal', placeOf(item.signal) + 1);
    case 'death': return system('death', item.pid);
  }
}

/** The first item in a queue that a receive from a pid takes. */
export function nextItem(state: QnxState, receiver: ProcessId, from: Pid): Item | undefined {
  const { queue } = state.processes[receiver]!;
  return from === ANY ? queue[0] : queue.find((item) => senderOf(state, item) === from);
}

/** Takes the first item that fits out of the queue and into a buffer. A fault leaves it where it is. */
export function takeNext(world: Qnx, receiver: ProcessId, from: Pid, buffer: Parts): Pid | 'none' | 'faults' {
  const { state, mechanisms } = world;
  const item = mechanisms.nextItem(state, receiver, from);
  if (item === undefined) return 'none';
  const sender = senderOf(state, item);
  const copied = mechanisms.transfer(world, mechanisms.contentOf(state, item), { process: receiver, addresses: addressesOf(buffer) });
  if (copied.tag !== 'copied') return 'faults';
  world.charge('message');
  mechanisms.remove(world, receiver, item);
  return sender;
}

/** An item that was received leaves the queue; a proxy with triggers left stays, or stands in line again. */
export function remove(world: Qnx, receiver: ProcessId, item: Item): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[receiver]!);
  if (item.tag === 'proxy' && state.proxies[item.proxy]!.count > 1) {
    change(state.proxies[item.proxy]!).count -= 1;
    const place = process.queue.length === 1 ? 'stays'
      : world.choose('proxy place', ['stays', 'stands in line again'] as const, (option) => option);
    if (place === 'stays') return;
    process.queue = process.queue.filter((other) => other !== item);
    mechanisms.enqueue(world, receiver, { ...item, arrival: nextArrival(world) });
    return;
  }
  process.queue = process.queue.filter((other) => other !== item);
  if (item.tag === 'proxy') change(state.proxies[item.proxy]!).count -= 1;
  if (item.tag !== 'message') return;
  const sender = change(state.processes[item.from]!);
  const { sent } = sender.run as { readonly sent: Sent };
  sender.run = { tag: 'replying', on: receiver, sent, signalled: false };
  mechanisms.float(world, receiver, item.priority, 'received');
}

