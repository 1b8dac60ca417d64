import { dispositions, messageOptions } from '#spec/mach/vocabulary';
import type { ReceivedMessage } from '#spec/mach/vocabulary';
import type { MachState, PortId, Run } from '#model/mach/state';
import { callerEvent, errorOf, messagesIn, receipts, rightsIn } from '#properties/mach/facts';
import type { MachStep } from '#properties/mach/obligation';

/** Something that deep runs meet and shallow ones do not. */
interface Depth { readonly what: string; readonly met: (step: MachStep) => boolean }

const isSend = ({ call }: MachStep): boolean => call.operation === 'mach_msg' && call.send !== null;

/** The send half went through, whatever became of the receive half. */
function sent(step: MachStep): boolean {
  const error = errorOf(step);
  return isSend(step) && (error === null || !error.startsWith('MACH_SEND') || error === 'MACH_SEND_WILL_NOTIFY');
}

const notificationIds: Readonly<Record<string, number>> = {
  'port-deleted': 65, 'msg-accepted': 66, 'port-destroyed': 69, 'no-senders': 70, 'send-once': 71, 'dead-name': 72,
};

const received = (step: MachStep, wanted: (message: ReceivedMessage) => boolean): boolean =>
  receipts(step).some(({ message }) => wanted(message));

/** A thread that waited in a way before the step, about a port as wanted. */
function waited({ before }: MachStep, tag: 'sending' | 'receiving', wanted: (port: PortId, run: Run) => boolean): boolean {
  return before.threads.some(({ run }) => {
    if (run.tag !== tag) return false;
    if (run.tag === 'sending') return wanted(run.to, run);
    return run.tag === 'receiving' && run.from.tag === 'port' && wanted(run.from.port, run);
  });
}

const died = ({ before, after }: MachStep) => (port: PortId): boolean =>
  before.ports[port]!.life === 'live' && after.ports[port]!.life === 'dead';

const holderChanged = ({ before, after }: MachStep) => (port: PortId): boolean =>
  after.ports[port]!.life === 'live' && holder(before, port) !== holder(after, port);

function holder(state: MachState, port: PortId): string {
  for (const [task, { names }] of state.tasks.entries()) {
    if (names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === port)) return `T${task}`;
  }
  return 'in transit';
}

const joined = ({ before, after }: MachStep) => (port: PortId): boolean =>
  before.ports[port]!.set === null && after.ports[port]!.set !== null;

const handedOver = (step: MachStep) => (port: PortId): boolean =>
  step.before.ports[port]!.portDestroyed !== null && step.after.ports[port]!.portDestroyed === null
  && step.after.ports[port]!.life === 'live' && step.call.operation !== 'mach_port_request_notification';

/** What conformance runs on Mach count, so that their depth can be seen. */
export const machDepth: readonly Depth[] = [
  { what: 'calls', met: () => true },
  { what: 'calls that succeed', met: (step) => callerEvent(step)?.tag === 'returned' || errorOf(step) === 'MACH_SEND_WILL_NOTIFY' },
  { what: 'calls that block', met: (step) => callerEvent(step)?.tag === 'blocked' },
  { what: 'sends', met: isSend },
  { what: 'sends that go through', met: sent },
  ...dispositions.map((disposition): Depth => ({
    what: `rights sent by ${disposition}`,
    met: (step) => sent(step) && step.call.operation === 'mach_msg' && [
      step.call.send!.remote, step.call.send!.local,
      ...step.call.send!.body.flatMap((item) => (item.tag === 'rights' && step.call.operation === 'mach_msg' && step.call.send!.complex ? [item] : [])),
    ].some((right) => right.disposition === disposition),
  })),
  ...messageOptions.map((option): Depth => ({
    what: `messages with ${option}`,
    met: ({ call }) => call.operation === 'mach_msg' && call.options.includes(option),
  })),
  ...Object.entries(notificationIds).map(([kind, id]): Depth => ({
    what: `${kind} notifications received`, met: (step) => received(step, (message) => message.id === id),
  })),
  { what: 'messages received', met: (step) => receipts(step).length > 0 },
  { what: 'rights received', met: (step) => received(step, ({ body }) => body.some(({ tag }) => tag === 'rights')) },
  { what: 'other threads set free', met: (step) => step.events.some(({ thread }) => 'thread' in step.call && thread !== step.call.thread) },
  { what: 'ports that die with a sender waiting', met: (step) => waited(step, 'sending', died(step)) },
  { what: 'ports that die with a receiver waiting', met: (step) => waited(step, 'receiving', died(step)) },
  { what: 'ports that move with a sender waiting', met: (step) => waited(step, 'sending', holderChanged(step)) },
  { what: 'ports that move with a receiver waiting', met: (step) => waited(step, 'receiving', holderChanged(step)) },
  { what: 'ports that join a set with a receiver waiting', met: (step) => waited(step, 'receiving', joined(step)) },
  { what: 'ports handed over to a backup', met: (step) => step.before.ports.some((_, port) => handedOver(step)(port as PortId)) },
  { what: 'ports handed over with a sender waiting', met: (step) => waited(step, 'sending', handedOver(step)) },
  { what: 'ports handed over with a receiver waiting', met: (step) => waited(step, 'receiving', handedOver(step)) },
  {
    what: 'deaths that a registered request had waited for',
    met: (step) => step.before.tasks.some(({ names }) => names.some((entry) =>
      (entry?.tag === 'port' || entry?.tag === 'send-once') && entry.request !== null && died(step)(entry.port))),
  },
  {
    what: 'receive rights in transit',
    met: ({ after }) => [...messagesIn(after)].some(([message]) => [...rightsIn(message)].some(({ kind }) => kind === 'receive')),
  },
  {
    what: 'circular messages',
    met: (step) => step.before.ports.some((_, port) => died(step)(port as PortId)) && sent(step),
  },
  {
    what: 'counts at their ceiling',
    met: ({ after }) => after.tasks.some(({ names }) => names.some((entry) =>
      (entry?.tag === 'port' && entry.sends >= after.limits.references - 1) || (entry?.tag === 'dead' && entry.refs >= after.limits.references - 1))),
  },
  { what: 'tasks terminated', met: ({ before, after }) => before.tasks.some(({ life }, task) => life === 'live' && after.tasks[task]!.life === 'dead') },
  { what: 'threads terminated', met: ({ call }) => call.operation === 'thread_terminate' },
  { what: 'waits aborted', met: (step) => step.events.some((event) => event.tag === 'raised' && event.error.endsWith('_INTERRUPTED')) },
  { what: 'waits timed out', met: (step) => step.call.operation === 'timeout' },
];
