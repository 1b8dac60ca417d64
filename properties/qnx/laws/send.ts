import { mechanisms } from '#model/qnx/mechanisms';
import { lookup, pidOf } from '#model/qnx/entries';
import { operations } from '#model/qnx/kernel';
import { faults } from '#model/qnx/memory/bytes';
import { change, raised } from '#model/operation';
import type { QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { remember } from '#properties/remember';
import { copyIn, faultIn } from '#properties/qnx/laws/copies';
import { altered } from '#properties/qnx/laws/altered';
import {
  answerOf, errorOf, eventOf, fitsIn, isMessage, isProc, live, ownerOf, processName, returnedTo, same, seenIn, sendIn, sends, waitsFor,
  type SendCall,
} from '#properties/qnx/facts';

/** What a Send has to come to, by what there is before it. */
interface Sending {
  readonly send: SendCall;
  /** Errors that have to be given, if there are any: one of them. */
  readonly errors: readonly string[];
  /** Errors that may be given. */
  readonly perhaps: readonly string[];
  readonly to: { readonly tag: 'receiver' | 'queue' | 'proxy' | 'proc'; readonly id: number } | null;
}

const sending = remember((step: QnxStep): Sending | null => {
  const send = sendIn(step);
  if (send === null) return null;
  const { before } = step;
  const owner = ownerOf(before, send.pid);
  const errors: string[] = [];
  const perhaps: string[] = [];
  if (owner === null || owner.tag === 'zombie') errors.push('ESRCH');
  if (send.message.length > before.limits.parts || send.reply.length > before.limits.parts) errors.push('EINVAL');
  if (!fitsIn(before, send.thread, send.message)) errors.push('EFAULT');
  else if (!fitsIn(before, send.thread, send.reply)) perhaps.push('EFAULT');
  if (owner?.tag === 'process' && owner.id === send.thread) perhaps.push('EDEADLK');
  if (owner?.tag === 'proxy' && before.proxies[owner.id]!.count >= before.limits.triggers) perhaps.push('EAGAIN');
  const copy = copyIn(step);
  if (errors.length === 0 && owner?.tag === 'process' && copy !== null && faultIn(before, copy) !== null) errors.push('EDSTFAULT');
  return { send, errors, perhaps, to: errors.length > 0 ? null : goal(before, send) };
});

function goal(state: QnxState, { thread, pid }: SendCall): Sending['to'] {
  const owner = ownerOf(state, pid)!;
  if (owner.tag === 'proxy') return { tag: 'proxy', id: owner.id };
  if (isProc(owner)) return { tag: 'proc', id: owner.id };
  return { tag: waitsFor(state, owner.id, state.processes[thread]!.pid) ? 'receiver' : 'queue', id: owner.id };
}

/** A process that a Send goes to, and that it is not refused for. */
function delivered(step: QnxStep): { readonly send: SendCall; readonly to: number; readonly taken: boolean } | null {
  const found = sending(step);
  if (found === null || found.to === null || errorOf(step) !== null) return null;
  const { tag, id } = found.to;
  return tag === 'receiver' || tag === 'queue' ? { send: found.send, to: id, taken: tag === 'receiver' } : null;
}

function blockedAsDue(step: QnxStep): readonly string[] {
  const found = delivered(step);
  if (found === null) return [];
  const { send: { thread }, to, taken } = found;
  const { run } = step.after.processes[thread]!;
  const caller = processName(thread);
  const wrong: string[] = [];
  if (answerOf(step)?.tag !== 'blocked') wrong.push(`${caller} does not wait for its reply`);
  const due = taken ? 'replying' : 'sending';
  if (run.tag !== due || run.on !== to) wrong.push(`${caller} is ${run.tag} instead of ${due} on ${processName(to)}`);
  if (run.tag === 'replying' && run.signalled) wrong.push(`${caller} is SIGNAL-blocked though nobody signalled it`);
  if (taken) wrong.push(...receivedAsDue(step, to, step.before.processes[thread]!.pid));
  return wrong;
}

/** A receiver that waited has its message at once, unless it is held. */
function receivedAsDue(step: QnxStep, receiver: number, from: number): readonly string[] {
  const was = step.before.processes[receiver]!;
  const { run } = step.after.processes[receiver]!;
  const name = processName(receiver);
  if (was.held) return run.tag === 'answered' ? [] : [`${name} is held, and its message is not kept for it`];
  const value = returnedTo<{ pid: number; buffer: readonly number[] }>(step, receiver);
  if (value === null) return [`${name} does not go on though its message has come`];
  const { buffer } = was.run as { readonly buffer: readonly { readonly at: number; readonly length: number }[] };
  return [
    ...(value.pid === from ? [] : [`${name} is given p${value.pid} for a message of p${from}`]),
    ...(same([...value.buffer], [...seenIn(step.after, receiver, buffer)]) ? [] : [`${name} is shown other bytes than it has`]),
    ...(run.tag === 'ready' ? [] : [`${name} is ${run.tag} though it has its message`]),
  ];
}

/** SEND-blocked processes stand in the queue of the process they are blocked on, once, and nowhere else. */
function misplaced(state: QnxState): readonly string[] {
  const wrong: string[] = [];
  const standing = new Map<number, number[]>();
  state.processes.forEach(({ queue }, receiver) => queue.filter(isMessage).forEach(({ from }) => {
    standing.set(from, [...standing.get(from) ?? [], receiver]);
  }));
  for (const [id, { run }] of live(state)) {
    const places = standing.get(id) ?? [];
    const due = run.tag === 'sending' ? [run.on] : [];
    if (!same(places, due)) {
      wrong.push(`${processName(id)} is ${run.tag}, and stands in the queues of [${places.map(processName).join(' ')}]`);
    }
    standing.delete(id);
  }
  for (const [id] of standing) wrong.push(`${processName(id)} is not there, and stands in a queue`);
  return wrong;
}

/** What a step changed of processes besides one buffer's bytes. */
const untouched = ({ before, after }: QnxStep): readonly string[] => before.processes.flatMap((process, id) =>
  (same({ ...process, memory: [] }, { ...after.processes[id]!, memory: [] }) ? [] : [`${processName(id)} is changed by a call that fails`]));

export const sendLaws = {
  'qnx/send-blocks-until-replied': {
    always: misplaced,
    step: blockedAsDue,
    sometimes: {
      'the receiver waits for any': (step) => delivered(step)?.taken === true && runOf(step, delivered(step)!.to) === 0,
      'the receiver waits for the sender': (step) => delivered(step)?.taken === true && runOf(step, delivered(step)!.to) > 0,
      'the receiver waits for another': (step) => {
        const found = delivered(step);
        return found !== null && !found.taken && step.before.processes[found.to]!.run.tag === 'receiving';
      },
      'several senders wait for one receiver': ({ after }) => after.processes.some(({ queue }) => queue.filter(isMessage).length > 1),
    },
  },

  'qnx/send-says-why-it-failed': {
    on: sends,
    step: (step) => {
      const found = sending(step);
      if (found === null) return [];
      const { errors, perhaps } = found;
      const error = errorOf(step);
      if (error === null) return errors.length > 0 ? [`the Send should have failed with ${errors.join(' or ')}`] : [];
      return [
        ...(errors.includes(error) || (perhaps.includes(error) && errors.every((other) => other === 'EDSTFAULT')) ? [] : [`the Send failed with ${error}, not ${errors.join(' or ') || 'at all'}`]),
        ...untouched(step),
      ];
    },
    sometimes: Object.fromEntries(['ESRCH', 'EINVAL', 'EFAULT', 'EDSTFAULT'].map((error) =>
      [`it fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
  },

  'qnx/send-to-a-proxy-triggers': {
    on: sends,
    step: (step) => {
      const found = sending(step);
      if (found?.to?.tag !== 'proxy' || errorOf(step) !== null) return [];
      const { thread, reply } = found.send;
      const value = returnedTo<{ reply: readonly number[] }>(step, thread);
      const { owner, count } = step.before.proxies[found.to.id]!;
      const received = (eventOf(step, owner)?.tag === 'returned' && owner !== thread)
        || (step.after.processes[owner]!.run.tag === 'answered' && step.before.processes[owner]!.run.tag !== 'answered');
      const now = step.after.proxies[found.to.id]!.count + (received ? 1 : 0);
      const due = Math.min(count + 1, step.before.limits.triggers);
      const faulted = eventOf(step, owner)?.tag === 'raised';
      return [
        ...(value === null ? [`${processName(thread)} waits for a proxy`]
          : same([...value.reply], [...seenIn(step.before, thread, reply)]) ? [] : ['a proxy has given a reply']),
        ...(now === due || faulted ? [] : [`the proxy was triggered ${count} times, and one Send later ${now}`]),
      ];
    },
    sometimes: {
      'the owner waits': (step) => sending(step)?.to?.tag === 'proxy' && step.events.length > 1,
      'the owner does not wait': (step) => sending(step)?.to?.tag === 'proxy' && step.events.length === 1 && errorOf(step) === null,
    },
  },

  'qnx/send-needs-no-permission': {
    on: sends,
    step: (step) => (errorOf(step) === 'EPERM' || (sending(step)?.errors.length === 0 && foreign(step) && errorOf(step) === 'ESRCH')
      ? ['a Send was refused because of whom it came from'] : []),
    sometimes: { 'the receiver is another user\'s': (step) => foreign(step) && errorOf(step) === null },
  },
} satisfies QnxLaws;

const runOf = ({ before }: QnxStep, process: number): number => {
  const { run } = before.processes[process]!;
  return run.tag === 'receiving' ? run.from : -1;
};

function foreign(step: QnxStep): boolean {
  const found = sending(step);
  if (found === null || found.to === null || found.to.tag === 'proxy' || found.to.tag === 'proc') return false;
  return step.before.processes[found.send.thread]!.uid !== step.before.processes[found.to.id]!.uid;
}

/** The Send operations with another mechanism. */
const sendWith = (part: Partial<typeof mechanisms>) => ({
  Send: { ...operations.Send, step: (world, call) => operations.Send.step(altered(world, part), call) } satisfies typeof operations.Send,
  Sendmx: { ...operations.Sendmx, step: (world, call) => operations.Sendmx.step(altered(world, part), call) } satisfies typeof operations.Sendmx,
});

const withoutError = (error: string): Partial<typeof mechanisms> => ({
  sendErrors: (world, thread, pid, sent) => mechanisms.sendErrors(world, thread, pid, sent).filter((other) => other !== error),
});

export const sendMutants: QnxMutants = {
  'send-ignores-the-waiting-receiver': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'a sender stands in the queue of a receiver that waits for it',
    mechanisms: { waitsFor: () => false },
  },
  'receiver-is-not-woken': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'a receiver whose message has come goes on waiting',
    operations: sendWith({ wake: () => {} }),
  },
  'send-to-any-receiver': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'a receiver that waits for one process is given the message of another',
    mechanisms: { waitsFor: ({ processes }, receiver) => processes[receiver]!.run.tag === 'receiving' },
  },
  'send-to-selective-receiver-queues': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'only a receiver that waits for any is given a message at once',
    mechanisms: { waitsFor: (state, receiver, from) => mechanisms.waitsFor(state, receiver, from)
      && (state.processes[receiver]!.run as { from: number }).from === 0 },
  },
  'received-message-leaves-send-blocked': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'a sender whose message was taken at once stays SEND-blocked',
    mechanisms: {
      offer: (world, from, to, sent) => {
        const done = mechanisms.offer(world, from, to, sent);
        if (done === 'taken') change(world.state.processes[from]!).run = { tag: 'sending', on: to, sent };
        return done;
      },
    },
  },
  'receiver-is-given-its-own-pid': {
    rule: 'qnx/send-blocks-until-replied',
    fault: 'a woken receiver is given its own pid instead of the sender\'s',
    operations: sendWith({
      wake: (world, process, answer) => mechanisms.wake(world, process,
        answer.tag === 'received' ? { ...answer, pid: pidOf(world.state, process) } : answer),
    }),
  },
  'send-to-the-dead-waits': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'a Send to a zombie waits in its queue',
    mechanisms: {
      sendErrors: (world, thread, pid, sent) => mechanisms.sendErrors(world, thread, pid, sent)
        .filter((error) => error !== 'ESRCH' || lookup(world.state, pid) === null),
    },
  },
  'send-of-bad-buffer': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'a Send of a message that is not the sender\'s goes through as far as it can be read',
    mechanisms: withoutError('EFAULT'),
  },
  'send-of-too-many-parts': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'the number of parts of a message is not limited',
    mechanisms: withoutError('EINVAL'),
  },
  'send-to-bad-buffer-blames-the-sender': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'a Send into a bad buffer of the receiver fails with EFAULT',
    operations: {
      Send: {
        ...operations.Send,
        step: (world, call) => {
          const verdict = operations.Send.step(world, call);
          return verdict.tag === 'spoiled' ? raised('EFAULT') : verdict;
        },
      },
    },
  },
  'send-to-a-fault-waits': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'a Send into a bad buffer of the receiver makes the sender REPLY-blocked as though it had been received',
    mechanisms: {
      transfer: (world, source, target) => {
        const done = mechanisms.transfer(world, source, target);
        return done.tag === 'target faults' ? { tag: 'copied', count: 0 } : done;
      },
    },
  },
  'reply-buffer-is-looked-at-though-good': {
    rule: 'qnx/send-says-why-it-failed',
    fault: 'a Send whose reply buffer ends at the end of memory is refused',
    mechanisms: {
      sendErrors: (world, thread, pid, sent) => (sent.reply.some(({ at, length }) => at + length >= world.state.processes[thread]!.memory.length)
        && !faults(world.state, thread, sent.reply)
        ? ['EFAULT'] : mechanisms.sendErrors(world, thread, pid, sent)),
    },
  },
  'send-to-a-proxy-does-nothing': {
    rule: 'qnx/send-to-a-proxy-triggers',
    fault: 'a Send to a proxy returns and triggers nothing',
    operations: sendWith({ trigger: () => 'counted' }),
  },
  'send-to-a-proxy-twice': {
    rule: 'qnx/send-to-a-proxy-triggers',
    fault: 'a Send to a proxy triggers it twice',
    operations: sendWith({
      trigger: (world, id) => {
        mechanisms.trigger(world, id);
        return mechanisms.trigger(world, id);
      },
    }),
  },
  'send-asks-for-the-user': {
    rule: 'qnx/send-needs-no-permission',
    fault: 'a Send to another user\'s process is refused as though there were none',
    mechanisms: {
      sendErrors: (world, thread, pid, sent) => {
        const to = lookup(world.state, pid);
        const { processes } = world.state;
        return to?.tag === 'process' && to.process > 0 && processes[to.process]!.uid !== processes[thread]!.uid
          ? ['ESRCH'] : mechanisms.sendErrors(world, thread, pid, sent);
      },
    },
  },
};
