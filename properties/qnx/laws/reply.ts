import { operations } from '#model/qnx/kernel';
import { lookup } from '#model/qnx/entries';
import { mechanisms } from '#model/qnx/mechanisms';
import { change, raised, returned } from '#model/operation';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';
import { remember } from '#properties/remember';
import { copyIn, countOf, faultIn, sentBy } from '#properties/qnx/laws/copies';
import {
  answerOf, clientUnder, ended, errorOf, eventOf, laidOut, ownerOf, processName, readIn, reads, replies, replyIn, returnedTo, same, seenIn,
  writeIn, writes,
} from '#properties/qnx/facts';

/** A call of a server about a client: who it is, and which errors have to be given. */
interface Serving { readonly server: number; readonly client: number | null; readonly errors: readonly string[]; readonly proxy: boolean }

const servingOf = remember((step: QnxStep): Serving | null => {
  const call = replyIn(step) ?? readIn(step) ?? writeIn(step);
  if (call === null) return null;
  const { before } = step;
  const client = clientUnder(before, call.thread, call.pid);
  const parts = 'buffer' in call ? call.buffer : call.message;
  const errors: string[] = [];
  if (client === null) errors.push('ESRCH');
  if (parts.length > before.limits.parts) errors.push('EINVAL');
  const copy = copyIn(step);
  const fault = errors.length === 0 && copy !== null ? faultIn(before, copy) : null;
  const own = 'buffer' in call ? 'target' : 'source';
  if (fault !== null && fault !== own && 'buffer' in call === false) errors.push('EDSTFAULT');
  if (fault === own || fault === 'either') errors.push('EFAULT');
  return { server: call.thread, client, errors, proxy: ownerOf(before, call.pid)?.tag === 'proxy' };
});

/** Processes other than these that a step changed. */
function othersChanged({ before, after }: QnxStep, ...but: readonly number[]): readonly string[] {
  const wrong: string[] = [];
  before.processes.forEach((process, id) => {
    if (!but.includes(id) && !same(process, after.processes[id])) wrong.push(`${processName(id)} is changed by a call that is not about it`);
  });
  if (!same(before.proxies, after.proxies)) wrong.push('a proxy is changed by a call that is not about it');
  return wrong;
}

const besidesMemory = (step: QnxStep, id: number): boolean =>
  same({ ...step.before.processes[id]!, memory: [] }, { ...step.after.processes[id]!, memory: [] });

const succeeds = (step: QnxStep): Serving & { client: number } | null => {
  const serving = servingOf(step);
  return serving === null || serving.client === null || serving.errors.length > 0 ? null : serving as Serving & { client: number };
};

/** The error that is given is one of those that apply, and there is one if one applies. */
function rightError(step: QnxStep): readonly string[] {
  const { errors, server, proxy, client } = servingOf(step)!;
  const error = errorOf(step);
  if (error === null) return errors.length === 0 || (proxy && isReply(step)) ? [] : [`the call should have failed with ${errors.join(' or ')}`];
  return [
    ...(errors.includes(error) ? [] : [`the call failed with ${error}, not ${errors.join(' or ') || 'at all'}`]),
    ...(besidesMemory(step, server) ? [] : ['a call that failed changed its caller']),
    ...(client === null || besidesMemory(step, client) ? [] : [`a call that failed changed ${processName(client)}`]),
    ...othersChanged(step, server, client ?? server),
  ];
}

const isReply = (step: QnxStep): boolean => replyIn(step) !== null;

function freedAsDue(step: QnxStep): readonly string[] {
  const serving = succeeds(step);
  if (serving === null) return [];
  const { client, server } = serving;
  const was = step.before.processes[client]!;
  const { run, life } = step.after.processes[client]!;
  const name = processName(client);
  const wrong: string[] = [];
  if (answerOf(step)?.tag !== 'returned') wrong.push(`${processName(server)} does not have its answer`);
  if (!same(step.before.processes[server], step.after.processes[server]) && !ended(step).includes(client as never)) wrong.push(`a Reply changed ${processName(server)}`);
  if (ended(step).length === 0) wrong.push(...othersChanged(step, server, client));
  if (life !== 'live') return was.run.tag === 'replying' && was.run.signalled ? wrong : [...wrong, `${name} ended of a reply`];
  if (was.held) return run.tag === 'answered' ? wrong : [...wrong, `${name} is held, and its reply is not kept for it`];
  const value = returnedTo<{ reply: readonly number[] }>(step, client);
  if (value === null || run.tag !== 'ready') wrong.push(`${name} has its reply, and does not go on`);
  else if (!same([...value.reply], [...seenIn(step.after, client, sentBy(step.before, client).reply)])) wrong.push(`${name} is shown another reply than it has`);
  return wrong;
}

/** Bytes that were transferred without anyone being set free. */
function stillWaits(step: QnxStep): readonly string[] {
  const serving = succeeds(step);
  if (serving === null) return [];
  const { server, client } = serving;
  const copy = copyIn(step)!;
  const value = returnedTo<{ count: number }>(step, server);
  return [
    ...(value?.count === countOf(copy) ? [] : [`${countOf(copy)} bytes were to be copied, and the call says ${value?.count ?? 'none'}`]),
    ...(besidesMemory(step, client) ? [] : [`${processName(client)} is changed by a call that only copies`]),
    ...(besidesMemory(step, server) ? [] : [`${processName(server)} is changed by a call that only copies`]),
    ...othersChanged(step, server, client),
  ];
}

function shownAsRead(step: QnxStep): readonly string[] {
  const read = readIn(step);
  if (read === null || succeeds(step) === null) return [];
  const value = returnedTo<{ buffer: readonly number[] }>(step, read.thread);
  return value === null
    || same([...value.buffer], [...seenIn(step.after, read.thread, read.buffer)]) ? [] : ['a Readmsg shows other bytes than it has read'];
}

const clientsOf = ({ before }: QnxStep, server: number): number =>
  before.processes.filter(({ run, life }) => life === 'live' && run.tag === 'replying' && run.on === server).length;

/** A server's client that was not the first to be received from, as far as arrivals tell. */
const severalClients = (step: QnxStep): boolean => {
  const serving = succeeds(step);
  return serving !== null && isReply(step) && clientsOf(step, serving.server) > 1;
};

export const replyLaws = {
  'qnx/reply-frees-its-client': {
    on: replies,
    step: freedAsDue,
    sometimes: {
      'the client has its reply': (step) => succeeds(step) !== null && eventOf(step, succeeds(step)!.client)?.tag === 'returned',
      'the client is held': (step) => succeeds(step) !== null && step.before.processes[succeeds(step)!.client]!.held,
      'the reply is empty': (step) => succeeds(step) !== null && laidOut(replyIn(step)!.message).length === 0,
    },
  },

  'qnx/reply-says-why-it-failed': {
    on: replies,
    step: rightError,
    sometimes: {
      'the client is SEND-blocked on the caller': (step) =>
        isReply(step) && clientRun(step)?.tag === 'sending' && (clientRun(step) as { on: number }).on === servingOf(step)!.server,
      'the client waits for another': (step) => isReply(step) && clientRun(step)?.tag === 'replying' && servingOf(step)!.client === null,
      'the client waits for nobody': (step) => isReply(step) && clientRun(step)?.tag === 'ready',
      ...Object.fromEntries(['EFAULT', 'EDSTFAULT', 'EINVAL'].map((error) => [`it fails with ${error}`, (step: QnxStep) => errorOf(step) === error])),
    },
  },

  'qnx/replies-come-in-any-order': {
    on: replies,
    step: (step) => {
      const serving = succeeds(step);
      if (serving === null || errorOf(step) !== null) return severalClients(step) ? ['a Reply to one of several clients is refused'] : [];
      return step.before.processes.flatMap((process, id) => {
        const { run } = process;
        if (id === serving.client || run.tag !== 'replying' || run.on !== serving.server || ended(step).length > 0) return [];
        return same(process, step.after.processes[id]) ? [] : [`${processName(id)} does not go on waiting when ${processName(serving.client)} has its reply`];
      });
    },
    sometimes: {
      'one of several clients has its reply': severalClients,
      'a later client has its reply before an earlier one': (step) => {
        const serving = succeeds(step);
        return serving !== null && severalClients(step)
          && step.before.processes.some(({ run }, id) => id < serving.client && run.tag === 'replying' && run.on === serving.server);
      },
    },
  },

  'qnx/readmsg-reads-the-message': {
    on: reads,
    step: (step) => [...rightError(step), ...stillWaits(step), ...shownAsRead(step)],
    sometimes: {
      'it begins within the message': (step) => succeeds(step) !== null && readIn(step)!.offset > 0 && countOf(copyIn(step)!) > 0,
      'it begins beyond the message': (step) => succeeds(step) !== null && copyIn(step)!.length === 0 && readIn(step)!.offset > 0,
      'it fails with EFAULT': (step) => errorOf(step) === 'EFAULT',
      'it fails with ESRCH': (step) => errorOf(step) === 'ESRCH',
    },
  },

  'qnx/writemsg-writes-the-reply': {
    on: writes,
    step: (step) => [...rightError(step), ...stillWaits(step)],
    sometimes: {
      'it begins within the buffer': (step) => succeeds(step) !== null && writeIn(step)!.offset > 0 && countOf(copyIn(step)!) > 0,
      'it begins beyond the buffer': (step) => succeeds(step) !== null && copyIn(step)!.addresses.length === 0 && writeIn(step)!.offset > 0,
      'it fails with EFAULT': (step) => errorOf(step) === 'EFAULT',
      'it fails with EDSTFAULT': (step) => errorOf(step) === 'EDSTFAULT',
      'it fails with ESRCH': (step) => errorOf(step) === 'ESRCH',
    },
  },
} satisfies QnxLaws;

const clientRun = (step: QnxStep) => {
  const owner = ownerOf(step.before, replyIn(step)!.pid);
  return owner?.tag === 'process' && owner.id !== replyIn(step)!.thread ? step.before.processes[owner.id]!.run : undefined;
};

/** Another idea of who can be replied to. */
const serving = (isClient: (tag: string, on: boolean) => boolean): typeof mechanisms.clientOf => (state, server, pid) => {
  const denoted = lookup(state, pid);
  if (denoted?.tag !== 'process') return null;
  const { run } = state.processes[denoted.process]!;
  return ('sent' in run && isClient(run.tag, run.on === server)) ? denoted.process : null;
};

export const replyMutants: QnxMutants = {
  'reply-to-a-send-blocked-client': {
    rule: 'qnx/reply-says-why-it-failed',
    fault: 'a Reply to a client that has not been received from is accepted',
    mechanisms: { clientOf: serving((_tag, on) => on) },
  },
  'reply-by-anyone': {
    rule: 'qnx/reply-says-why-it-failed',
    fault: 'a Reply by a process that has not received the message is accepted',
    mechanisms: { clientOf: serving((tag) => tag === 'replying') },
  },
  'reply-of-bad-buffer': {
    rule: 'qnx/reply-says-why-it-failed',
    fault: 'a Reply of what is not the server\'s blames the client\'s buffer',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const verdict = operations.Reply.step(world, call);
          return verdict.tag === 'spoiled' && verdict.error === 'EFAULT' ? { ...verdict, error: 'EDSTFAULT' } : verdict;
        },
      },
    },
  },
  'faulting-reply-frees-the-client': {
    rule: 'qnx/reply-says-why-it-failed',
    fault: 'a Reply into a bad buffer fails, and frees the client all the same',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const client = mechanisms.clientOf(world.state, call.thread, call.pid);
          const verdict = operations.Reply.step(world, call);
          if (client !== null && verdict.tag === 'spoiled') mechanisms.wake(world, client, { tag: 'error', error: 'EFAULT' });
          return verdict;
        },
      },
    },
  },
  'reply-to-nobody-succeeds': {
    rule: 'qnx/reply-says-why-it-failed',
    fault: 'a Reply to a process that does not wait returns 0',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const verdict = operations.Reply.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'ESRCH' ? returned(null) : verdict;
        },
      },
    },
  },
  'reply-leaves-the-client-blocked': {
    rule: 'qnx/reply-frees-its-client',
    fault: 'a Reply copies its bytes and leaves the client REPLY-blocked',
    operations: { Reply: { ...operations.Reply, step: (world, call) => operations.Reply.step(altered(world, { wake: () => {} }), call) } },
  },
  'reply-frees-all-clients': {
    rule: 'qnx/replies-come-in-any-order',
    fault: 'a Reply frees every client of the server',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const verdict = operations.Reply.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          world.state.processes.forEach(({ run, life }, id) => {
            if (life === 'live' && run.tag === 'replying'
              && run.on === call.thread) mechanisms.wake(world, id as never, { tag: 'replied', reply: run.sent.reply });
          });
          return verdict;
        },
      },
    },
  },
  'replies-in-order-only': {
    rule: 'qnx/replies-come-in-any-order',
    fault: 'a server with several clients can reply to the first of them only',
    mechanisms: {
      clientOf: (state, server, pid) => {
        const client = mechanisms.clientOf(state, server, pid);
        const first = state.processes.findIndex(({ run, life }) => life === 'live' && run.tag === 'replying' && run.on === server);
        return client === first ? client : null;
      },
    },
  },
  'reply-wakes-a-held-client': {
    rule: 'qnx/reply-frees-its-client',
    fault: 'a reply sets a held client going',
    mechanisms: {
      wake: (world, process, answer) => {
        mechanisms.wake(world, process, answer);
        if (answer.tag === 'replied') change(world.state.processes[process]!).held = false;
      },
    },
  },
  'client-is-told-of-an-error': {
    rule: 'qnx/reply-frees-its-client',
    fault: 'an empty reply makes the Send of the client fail',
    operations: {
      Reply: {
        ...operations.Reply,
        step: (world, call) => {
          const client = mechanisms.clientOf(world.state, call.thread, call.pid);
          const verdict = operations.Reply.step(world, call);
          if (client !== null && verdict.tag === 'returned'
            && call.message.length === 0) mechanisms.wake(world, client, { tag: 'error', error: 'EINVAL' });
          return verdict;
        },
      },
    },
  },
  'readmsg-ignores-the-offset': {
    rule: 'qnx/readmsg-reads-the-message',
    fault: 'Readmsg reads from the start of the message whatever the offset',
    operations: { Readmsg: { ...operations.Readmsg, step: (world, call) => operations.Readmsg.step(world, { ...call, offset: Math.min(call.offset, 0) }) } },
  },
  'readmsg-counts-what-was-asked': {
    rule: 'qnx/readmsg-reads-the-message',
    fault: 'Readmsg returns the size of the buffer, not how much was read',
    operations: {
      Readmsg: {
        ...operations.Readmsg,
        step: (world, call) => {
          const verdict = operations.Readmsg.step(world, call);
          return verdict.tag === 'returned' ? returned({ ...verdict.value, count: call.buffer.length }) : verdict;
        },
      },
    },
  },
  'readmsg-frees-the-client': {
    rule: 'qnx/readmsg-reads-the-message',
    fault: 'Readmsg lets the client go on',
    operations: {
      Readmsg: {
        ...operations.Readmsg,
        step: (world, call) => {
          const client = mechanisms.clientOf(world.state, call.thread, call.pid);
          const verdict = operations.Readmsg.step(world, call);
          if (client !== null && verdict.tag === 'returned') mechanisms.wake(world, client, { tag: 'replied', reply: [] });
          return verdict;
        },
      },
    },
  },
  'readmsg-of-a-queued-message': {
    rule: 'qnx/readmsg-reads-the-message',
    fault: 'Readmsg reads from the message of a client that has not been received from',
    operations: {
      Readmsg: { ...operations.Readmsg, step: (world, call) => operations.Readmsg.step(altered(world, { clientOf: serving((_tag, on) => on) }), call) },
    },
  },
  'writemsg-ignores-the-offset': {
    rule: 'qnx/writemsg-writes-the-reply',
    fault: 'Writemsg says that it wrote as much as the buffer holds from its start, whatever the offset',
    operations: { Writemsg: { ...operations.Writemsg, step: (world, call) => operations.Writemsg.step(world, { ...call, offset: 0 }) } },
  },
  'writemsg-is-a-reply': {
    rule: 'qnx/writemsg-writes-the-reply',
    fault: 'Writemsg frees the client as a Reply does',
    operations: {
      Writemsg: {
        ...operations.Writemsg,
        step: (world, call) => {
          const client = mechanisms.clientOf(world.state, call.thread, call.pid);
          const verdict = operations.Writemsg.step(world, call);
          if (client !== null && verdict.tag === 'returned') mechanisms.wake(world, client, { tag: 'replied', reply: [] });
          return verdict;
        },
      },
    },
  },
  'writemsg-beyond-the-end-fails': {
    rule: 'qnx/writemsg-writes-the-reply',
    fault: 'Writemsg beyond the end of the reply buffer is refused',
    operations: {
      Writemsg: {
        ...operations.Writemsg,
        step: (world, call) => {
          const verdict = operations.Writemsg.step(world, call);
          return verdict.tag === 'returned' && verdict.value.count === 0 && call.message.length > 0 ? raised('EINVAL') : verdict;
        },
      },
    },
  },
};
