import type { MachState, PortId } from '#model/mach/state';
import { entryAt, portName } from '#properties/mach/facts';
import { queueChange } from '#properties/mach/laws/frame';
import { once } from '#properties/mach/laws/ledger';
import { takenIn } from '#properties/mach/laws/message-steps';
import { amiss } from '#properties/mach/laws/name-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Messages of one moment at the head of a port's queue: none of them is the first. */
function abreast({ ports }: MachState, port: PortId): number {
  const { queue } = ports[port]!;
  const count = queue.findIndex(({ moment }) => moment !== queue[0]!.moment);
  return count < 0 ? queue.length : count;
}

/** The port that a call takes a message from at once, if it names one by itself. */
const servedBy = once((step): PortId | null => {
  const { before, call } = step;
  if (call.operation !== 'mach_msg' || call.send !== null || call.receive === null || step.events.length > 1) return null;
  const entry = entryAt(before, before.threads[call.thread]!.task, call.receive.name);
  if (entry?.tag !== 'port' || !entry.receive || before.ports[entry.port]!.set !== null) return null;
  return before.ports[entry.port]!.queue.length > 0 ? entry.port : null;
});

const orderChosen = (step: MachStep) => step.choices.find(({ kind }) => kind === 'simultaneous');

/** Whether all messages of one moment were on offer, and nothing that came later was. */
function misoffered(step: MachStep): readonly string[] {
  const port = servedBy(step);
  if (port === null) return [];
  const due = abreast(step.before, port);
  const chosen = orderChosen(step);
  return (chosen?.of ?? 1) === due ? [] : [`${chosen?.of ?? 1} messages of ${portName(port)} could have been the first, of ${due}`];
}

/** Messages that were in a queue before a step stand in their order, before all that it brought. */
const reordered = (step: MachStep): readonly string[] => step.after.ports.flatMap(({ life, queue }, id) => {
  const port = id as PortId;
  const old = step.before.ports[port]?.queue;
  if (life === 'dead' || old === undefined || queue === old) return [];
  const { kept, added } = queueChange(step, port);
  const order = new Map(old.map(({ serial }, at) => [serial, at]));
  const moved = (step.call.operation === 'mach_msg' && orderChosen(step) !== undefined) || takenIn(step).length > 0;
  const inOrder = moved || kept.every(({ serial }, at) => at === 0 || order.get(kept[at - 1]!.serial)! < order.get(serial)!);
  const first = queue.findIndex((message) => added.includes(message));
  const behind = first < 0 || queue.slice(first).every((message) => added.includes(message));
  return inOrder && behind ? [] : [`the queue of ${portName(port)} lost its order`];
});

export const openOrderLaws = {
  'mach/notifications-may-come-in-any-order': {
    step: (step) => [...misoffered(step), ...reordered(step), ...(servedBy(step) === null ? [] : amiss(step))],
    sometimes: {
      'one event tells one port twice': ({ before, after }) => after.ports.some(({ queue, life }) => life === 'live'
        && queue.filter(({ serial, sender }) => serial >= before.serial && sender === -1).length > 1),
      'the first to be queued is received': (step) => servedBy(step) !== null && orderChosen(step)?.option === 0,
      'another is received before it': (step) => servedBy(step) !== null && (orderChosen(step)?.option ?? 0) > 0,
    },
  },
} satisfies MachLaws;
