import type { Name, TaskId } from '#spec/mach/vocabulary';
import { copyinHeader } from '#model/mach/messages/copyin-header';
import { copyout } from '#model/mach/rights/copyout';
import { buryNames } from '#model/mach/ports/destroy-port';
import { sendMessage } from '#model/mach/messages/send';
import { setEntry } from '#model/mach/entries';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

export const proxyMutants: MachMutants = {
  'proxy-keeps-the-right-to-answer': {
    rule: 'mach/supervisor-may-forward-to-workers',
    fault: 'a reply right that is passed on stays with the one who passed it on',
    mechanisms: {
      copyinHeader: (world, task, sent, cancel) => {
        const header = copyinHeader(world, task, sent, cancel);
        const { reply } = header;
        if (sent.local.disposition === 'move-send-once' && reply.tag === 'right') {
          setEntry(world.state, task, sent.local.name, { tag: 'send-once', port: reply.port, request: null });
          change(world.state.ports[reply.port]!).sendOnceRights += 1;
        }
        return header;
      },
    },
  },
  'answers-come-back-to-the-proxy': {
    rule: 'mach/supervisor-may-forward-to-workers',
    fault: 'a request that is passed on leads back to a port of the one who passed it on',
    mechanisms: {
      copyinHeader: (world, task, sent, cancel) => {
        const header = copyinHeader(world, task, sent, cancel);
        const own = world.state.tasks[task]!.names.find((entry) => entry?.tag === 'port' && entry.receive);
        if (sent.local.disposition !== 'move-send-once' || header.reply.tag !== 'right' || own?.tag !== 'port') return header;
        change(world.state.ports[header.reply.port]!).sendOnceRights -= 1;
        change(world.state.ports[own.port]!).sendOnceRights += 1;
        return { ...header, reply: { ...header.reply, port: own.port } };
      },
    },
  },
  'new-service-takes-the-dead-name': {
    rule: 'mach/client-may-look-up-again',
    fault: 'a right that arrives takes the name of one that has died',
    mechanisms: {
      copyout: (world, task, right) => {
        const { state } = world;
        const dead = state.tasks[task]!.names.findIndex((entry) => entry?.tag === 'dead') as Name;
        const known = right.tag === 'right' && state.tasks[task]!.names.some((entry) => entry?.tag === 'port' && entry.port === right.port);
        if (right.tag !== 'right' || right.kind !== 'send' || known || dead < 0 || state.ports[right.port]!.life === 'dead') return copyout(world, task, right);
        setEntry(state, task, dead, { tag: 'port', port: right.port, receive: false, sends: 1, request: null, accepted: false });
        return dead;
      },
    },
  },
  'client-is-not-told-of-its-servers-end': {
    rule: 'mach/client-may-look-up-again',
    fault: 'clients that asked to be told of the end of their server are told nothing',
    mechanisms: {
      buryNames: (world, port) => {
        for (const { notify } of buryNames(world, port)) world.mechanisms.dropSendOnce(world as never, notify);
        return [];
      },
    },
  },
  'message-by-a-dead-name-is-lost': {
    rule: 'mach/client-may-look-up-again',
    fault: 'a message sent by a dead name is taken and lost',
    mechanisms: {
      sendMessage: (world, thread, sent, cancelAt, patience) => {
        const { task } = world.state.threads[thread]!;
        const dead = world.state.tasks[task as TaskId]!.names[sent.remote.name]?.tag === 'dead';
        return dead && sent.body.length === 0 ? { tag: 'sent' } : sendMessage(world, thread, sent, cancelAt, patience);
      },
    },
  },
};
