import { setEntry } from '#model/mach/entries';
import { buryNames } from '#model/mach/ports/destroy-port';
import { releaseSendOnce } from '#model/mach/rights/release';
import { copyinHeader } from '#model/mach/messages/copyin-header';
import { sendMessage } from '#model/mach/messages/send';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

export const procedureCallMutants: MachMutants = {
  'reply-right-is-a-send-right': {
    rule: 'mach/rpc-replies-through-send-once',
    fault: 'a request takes a send right along for its reply where a send-once right was asked for',
    mechanisms: {
      copyinHeader: (...asked) => {
        const copied = copyinHeader(...asked);
        return copied.reply.tag === 'right' && copied.reply.kind === 'send-once' ? { ...copied, reply: { ...copied.reply, kind: 'send' } } : copied;
      },
    },
  },
  'server-keeps-its-reply-right': {
    rule: 'mach/rpc-replies-through-send-once',
    fault: 'a server still has its right to the reply port after it has answered',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { task } = world.state.threads[thread]!;
        const entry = world.state.tasks[task]!.names[sent.remote.name] ?? null;
        const outcome = sendMessage(world, thread, sent, ...rest);
        if (outcome.tag === 'sent' && entry?.tag === 'send-once') setEntry(world.state, task, sent.remote.name, entry);
        return outcome;
      },
    },
  },
  'dropped-request-ends-in-silence': {
    rule: 'mach/request-ends-in-one-reply-message',
    fault: 'a server that drops its reply right leaves its client waiting',
    mechanisms: {
      releaseSendOnce: (world, id) => {
        if (world.state.ports[id]!.life === 'live') world.mechanisms.dropSendOnce(world, id);
      },
    },
  },
  'dropped-request-ends-twice': {
    rule: 'mach/request-ends-in-one-reply-message',
    fault: 'a client is told twice that its request will not be answered',
    mechanisms: {
      releaseSendOnce: (world, id) => {
        const port = world.state.ports[id]!;
        if (port.life === 'live') change(port).sendOnceRights += 1;
        releaseSendOnce(world, id);
        releaseSendOnce(world, id);
      },
    },
  },
  'reply-names-survive-the-client': {
    rule: 'mach/dead-client-turns-replies-away',
    fault: 'a send-once right stays what it was when its port dies',
    mechanisms: {
      buryNames: (world, id) => {
        const kept = world.state.tasks.map(({ names }) => names.map((entry) => (entry?.tag === 'send-once' && entry.port === id ? entry : null)));
        const requests = buryNames(world, id);
        kept.forEach((names, task) => names.forEach((entry, name) => { if (entry !== null) setEntry(world.state, task as never, name as never, entry); }));
        return requests;
      },
    },
  },
  'replies-must-be-send-once': {
    rule: 'mach/replies-may-use-send-rights',
    fault: 'a send right is refused as a reply right',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { task } = world.state.threads[thread]!;
        const entry = world.state.tasks[task]!.names[sent.remote.name];
        const isSend = sent.local.name > 0 && sent.local.disposition === 'make-send' && entry?.tag === 'port' && entry.sends > 0;
        return isSend && sent.remote.disposition === 'copy-send' ? { tag: 'refused', error: 'MACH_SEND_INVALID_REPLY', touched: false } : sendMessage(world, thread, sent, ...rest);
      },
    },
  },
};
