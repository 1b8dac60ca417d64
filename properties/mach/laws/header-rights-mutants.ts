import { entryOf } from '#model/mach/entries';
import { sendMessage } from '#model/mach/messages/send';
import { destroyMessage } from '#model/mach/messages/destroy-message';
import type { MachMutants } from '#properties/mach/obligation';
import { altered } from '#properties/mach/laws/altered';

export const headerMutants: MachMutants = {
  'receive-right-may-be-the-reply': {
    rule: 'mach/header-takes-send-dispositions',
    fault: 'a reply by move-receive is taken for one by make-send-once',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { local } = sent;
        const reply = local.disposition === 'move-receive' ? { ...local, disposition: 'make-send-once' as const } : local;
        return sendMessage(world, thread, { ...sent, local: reply }, ...rest);
      },
    },
  },
  'dead-destination-swallows-messages': {
    rule: 'mach/destination-is-alive-at-copy-in',
    fault: 'a message to a dead name is sent to nowhere, and that is no error',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const isDead = entryOf(world.state, world.state.threads[thread]!.task, sent.remote.name)?.tag === 'dead';
        const verdict = sendMessage(world, thread, sent, ...rest);
        return isDead && verdict.tag === 'refused' && verdict.error === 'MACH_SEND_INVALID_DEST' ? { tag: 'sent' } : verdict;
      },
    },
  },
  'move-and-copy-need-two-references': {
    rule: 'mach/header-rights-are-taken-together',
    fault: 'destination by move-send and reply by copy-send of one name need two references',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { remote, local } = sent;
        const entry = entryOf(world.state, world.state.threads[thread]!.task, remote.name);
        const isShared = remote.name === local.name && remote.disposition === 'move-send' && local.disposition === 'copy-send';
        return isShared && entry?.tag === 'port' && entry.sends === 1
          ? { tag: 'refused', error: 'MACH_SEND_INVALID_DEST', touched: false } : sendMessage(world, thread, sent, ...rest);
      },
    },
  },
  'bad-destination-is-blamed-on-the-reply': {
    rule: 'mach/bad-header-names-one-right',
    fault: 'an unknown destination is reported as a bad reply',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const verdict = sendMessage(world, thread, sent, ...rest);
        return verdict.tag === 'refused' && verdict.error === 'MACH_SEND_INVALID_DEST' ? { ...verdict, error: 'MACH_SEND_INVALID_REPLY' } : verdict;
      },
    },
  },
  'failed-body-is-given-back': {
    rule: 'mach/body-failure-destroys-rights-taken',
    fault: 'the rights of a message whose body fails return to its sender',
    mechanisms: {
      sendMessage: (world, thread, ...rest) => sendMessage(altered(world, {
        destroyMessage: (inner, message) => {
          inner.mechanisms.pseudoReceive(inner as typeof world, inner.state.threads[thread]!.task, message);
        },
      }), thread, ...rest),
    },
  },
  'failed-body-fires-nothing': {
    rule: 'mach/body-failure-fires-send-once',
    fault: 'send-once rights of a message whose body fails go without a word',
    mechanisms: {
      sendMessage: (world, thread, ...rest) => sendMessage(altered(world, {
        destroyMessage: (inner, message) => destroyMessage(altered(inner, {
          releaseSendOnce: (innermost, port) => innermost.mechanisms.dropSendOnce(innermost, port),
        }), message),
      }), thread, ...rest),
    },
  },
};
