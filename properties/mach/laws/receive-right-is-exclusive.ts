import type { MachLaws, MachMutants } from '#properties/mach/obligation';
import { isLive, livePorts, messagesIn, portName, receiversOf, rightsIn } from '#properties/mach/facts';
import { entryOf, setEntry } from '#model/mach/entries';
import { copyin } from '#model/mach/rights/copyin';
import { waitForRoom } from '#model/mach/messages/send';
import { destroyPort } from '#model/mach/ports/destroy-port';

export const receiveRightLaws = {
  'mach/receive-right-is-exclusive': {
    always: (state) => livePorts(state).flatMap((port) => {
      const holders = receiversOf(state, port);
      return holders.length > 1 ? [`${portName(port)} is received by ${holders.join(' and ')}`] : [];
    }),
    sometimes: {
      'a receive right is in transit': ({ after }) =>
        [...messagesIn(after)].some(([message]) => [...rightsIn(message)].some(({ kind }) => kind === 'receive')),
      'a waiting sender keeps a receive right': ({ after }) =>
        [...messagesIn(after)].some(([message, { at }]) =>
          at === 'sender' && [...rightsIn(message)].some(({ kind }) => kind === 'receive')),
    },
  },

  'mach/port-dies-with-its-receive-right': {
    always: (state) => livePorts(state).flatMap((port) =>
      (receiversOf(state, port).length === 0 ? [`${portName(port)} lives, and nobody receives from it`] : [])),
    step: ({ before, after }) => livePorts(before).flatMap((port) =>
      (!isLive(after, port) && receiversOf(after, port).length > 0 ? [`${portName(port)} died, yet its receive right is held`] : [])),
    sometimes: {
      'a port dies': ({ before, after }) => livePorts(before).some((port) => !isLive(after, port)),
    },
  },
} satisfies MachLaws;

export const receiveRightMutants: MachMutants = {
  'copy-in-keeps-the-receive-right': {
    rule: 'mach/receive-right-is-exclusive',
    fault: 'copy-in copies the receive right instead of moving it',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const entry = entryOf(world.state, task, name);
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'move-receive') setEntry(world.state, task, name, entry);
        return copied;
      },
    },
  },
  'waiting-sender-keeps-its-receive-right': {
    rule: 'mach/receive-right-is-exclusive',
    fault: 'a sender that has to wait keeps the receive right it sent',
    mechanisms: {
      waitForRoom: (world, thread, message, patience) => {
        const { task } = world.state.threads[thread]!;
        for (const { port, kind } of rightsIn(message)) {
          if (kind === 'receive') {
            setEntry(world.state, task, world.state.tasks[task]!.names.length as never,
              { tag: 'port', port, receive: true, sends: 0, request: null, accepted: false });
          }
        }
        return waitForRoom(world, thread, message, patience);
      },
    },
  },
  'port-outlives-its-receive-right': {
    rule: 'mach/port-dies-with-its-receive-right',
    fault: 'a port goes on living, with its queue, when its receive right goes and there is no backup',
    mechanisms: {
      destroyPort: (world, id) => {
        if (world.state.ports[id]!.portDestroyed !== null) destroyPort(world, id);
      },
    },
  },
};
