import type { QnxStep } from '#properties/qnx/obligation';

/** Something that deep runs meet and shallow ones do not. */
interface Depth { readonly what: string; readonly met: (step: QnxStep) => boolean }

const callerTag = ({ call, events }: QnxStep): string | undefined =>
  ('thread' in call ? events.find(({ thread }) => thread === call.thread)?.tag : undefined);

const becomes = (tag: string) => ({ before, after }: QnxStep): boolean =>
  after.processes.some(({ run }, id) => run.tag === tag && before.processes[id]?.run.tag !== tag);

const raises = (error: string) => ({ events }: QnxStep): boolean => events.some((event) => event.tag === 'raised' && event.error === error);

/** What conformance runs on QNX count, so that their depth can be seen. */
export const qnxDepth: readonly Depth[] = [
  { what: 'calls', met: () => true },
  { what: 'calls that succeed', met: (step) => callerTag(step) === 'returned' },
  { what: 'calls that block', met: (step) => callerTag(step) === 'blocked' },
  { what: 'processes that become SEND-blocked', met: becomes('sending') },
  { what: 'processes that become RECEIVE-blocked', met: becomes('receiving') },
  { what: 'processes that become REPLY-blocked', met: becomes('replying') },
  {
    what: 'clients that become SIGNAL-blocked',
    met: ({ before, after }) => after.processes.some(({ run }, id) => {
      const was = before.processes[id]?.run;
      return run.tag === 'replying' && run.signalled && !(was?.tag === 'replying' && was.signalled);
    }),
  },
  { what: 'other processes set free', met: (step) => step.events.some(({ thread, tag }) => 'thread' in step.call && thread !== step.call.thread
    && tag !== 'ended') },
  { what: 'waits broken off by a signal', met: raises('EINTR') },
  { what: 'waits broken off by a death', met: (step) => raises('ESRCH')(step) && callerTag(step) !== 'raised' },
  { what: 'processes that end', met: ({ events }) => events.some(({ tag }) => tag === 'ended') },
  { what: 'processes held', met: ({ before, after }) => after.processes.some(({ held }, id) => held && before.processes[id]?.held === false) },
  { what: 'proxies triggered', met: ({ call }) => call.operation === 'Trigger' || call.operation === 'interrupt' },
  { what: 'messages relayed', met: (step) => step.call.operation === 'Relay' && callerTag(step) === 'returned' },
];
