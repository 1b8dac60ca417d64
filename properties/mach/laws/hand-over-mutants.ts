import { clearReceiver } from '#model/mach/ports/clear-receiver';
import { destroyPort, killPort } from '#model/mach/ports/destroy-port';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { modRefs } from '#model/mach/names/mod-refs';
import { destroyRight } from '#model/mach/rights/release';
import { entryOf, setEntry } from '#model/mach/entries';
import type { Mach } from '#model/mach/world';
import type { PortId } from '#model/mach/state';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

/** `destroyPort`, and what a fault does to a port that was handed over. */
const onHandOver = (spoil: (world: Mach, id: PortId) => void): typeof destroyPort => (world, id) => {
  const backup = world.state.ports[id]!.portDestroyed;
  destroyPort(world, id);
  if (backup !== null && world.state.ports[id]!.life === 'live') spoil(world, id);
};

/** A world in which no backup is looked at. */
const unbacked: Partial<Mach['mechanisms']> = {
  destroyPort: (world, id) => {
    const { portDestroyed } = world.state.ports[id]!;
    if (portDestroyed !== null) {
      change(world.state.ports[id]!).portDestroyed = null;
      world.mechanisms.dropSendOnce(world, portDestroyed);
    }
    killPort(world, id);
  },
};

export const handOverMutants: MachMutants = {
  'hand-over-never-happens': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a port dies with its receive right whoever is registered for it',
    mechanisms: unbacked,
  },
  'hand-over-forgets-destroyed-names': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a receive right that goes with a destroyed name is not handed over',
    mechanisms: { destroyEntry: (world, task, name) => destroyEntry(altered(world, unbacked), task, name) },
  },
  'hand-over-forgets-released-rights': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a receive right that is released by itself is not handed over',
    operations: { mach_port_mod_refs: { ...modRefs, step: (world, call) => modRefs.step(altered(world, unbacked), call) } },
  },
  'hand-over-forgets-rights-in-messages': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a receive right that is destroyed in a message is not handed over',
    mechanisms: { destroyRight: (world, right) => destroyRight(altered(world, unbacked), right) },
  },
  'port-destroyed-request-is-not-used-up': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a port-destroyed request stays registered after it has fired',
    mechanisms: {
      destroyPort: (world, id) => {
        const backup = world.state.ports[id]!.portDestroyed;
        destroyPort(world, id);
        if (backup === null || world.state.ports[id]!.life === 'dead') return;
        change(world.state.ports[id]!).portDestroyed = backup;
        change(world.state.ports[backup]!).sendOnceRights += 1;
      },
    },
  },
  'port-destroyed-takes-any-sync': {
    rule: 'mach/port-destroyed-hands-the-right-over',
    fault: 'a port-destroyed request is granted whatever its sync value',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(world, call.kind === 'port-destroyed' ? { ...call, sync: 0 } : call),
      },
    },
  },
  'hand-over-drops-the-queue': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'the queue of a port is destroyed when its right is handed over',
    mechanisms: {
      destroyPort: (world, id) => {
        const { portDestroyed } = world.state.ports[id]!;
        const port = change(world.state.ports[id]!);
        if (portDestroyed !== null) {
          const { queue } = port;
          port.queue = [];
          for (const message of queue) world.mechanisms.destroyMessage(world, message);
        }
        destroyPort(world, id);
      },
    },
  },
  'hand-over-turns-the-queue-round': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'the messages of a port that is handed over come out last first',
    mechanisms: { destroyPort: onHandOver(({ state }, id) => { change(state.ports[id]!).queue = state.ports[id]!.queue.toReversed(); }) },
  },
  'hand-over-releases-blocked-senders': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'senders blocked on a port that is handed over are released as if it had died',
    mechanisms: {
      destroyPort: onHandOver(({ state }, id) => {
        const port = change(state.ports[id]!);
        for (const thread of port.senders) change(state.threads[thread]!).run = { tag: 'answered', error: null, size: 0, given: null };
        port.senders = [];
      }),
    },
  },
  'hand-over-keeps-the-counts': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'the make-send count and the sequence number survive a hand-over',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { makeSend, sequence, portDestroyed } = world.state.ports[id]!;
        clearReceiver(world, id);
        if (portDestroyed === null) return;
        change(world.state.ports[id]!).makeSend = makeSend;
        change(world.state.ports[id]!).sequence = sequence;
      },
      destroyPort: (world, id) => {
        const { makeSend, sequence } = world.state.ports[id]!;
        destroyPort(world, id);
        change(world.state.ports[id]!).makeSend = makeSend;
        change(world.state.ports[id]!).sequence = sequence;
      },
    },
  },
  'hand-over-cancels-no-senders': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'a no-senders request does not survive a hand-over',
    mechanisms: {
      destroyPort: onHandOver((world, id) => {
        const { noSenders } = world.state.ports[id]!;
        change(world.state.ports[id]!).noSenders = null;
        if (noSenders !== null) world.mechanisms.dropSendOnce(world, noSenders);
      }),
    },
  },
  'hand-over-leaves-the-waiters': {
    rule: 'mach/hand-over-keeps-queue-and-senders',
    fault: 'threads that wait on a port that is handed over go on waiting',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { receivers, portDestroyed } = world.state.ports[id]!;
        const runs = receivers.map((thread) => world.state.threads[thread]!.run);
        clearReceiver(world, id);
        if (portDestroyed === null) return;
        change(world.state.ports[id]!).receivers = [...receivers];
        receivers.forEach((thread, at) => { change(world.state.threads[thread]!).run = runs[at]!; });
      },
    },
  },
  'dead-backup-is-as-good': {
    rule: 'mach/hand-over-needs-a-live-backup',
    fault: 'a port whose backup is dead lives on without a holder',
    mechanisms: {
      destroyPort: (world, id) => {
        const backup = world.state.ports[id]!.portDestroyed;
        if (backup === null || world.state.ports[backup]!.life === 'live') destroyPort(world, id);
      },
    },
  },
  'released-right-takes-the-send-right-along': {
    rule: 'mach/hand-over-leaves-the-send-right',
    fault: 'releasing the receive right of a combined name gives its send right up as well',
    operations: {
      mach_port_mod_refs: {
        ...modRefs,
        step: (world, call) => {
          const { state } = world;
          const verdict = modRefs.step(world, call);
          if (call.right !== 'receive' || verdict.tag !== 'returned' || call.task.tag !== 'identity') return verdict;
          const entry = entryOf(state, call.task.identity, call.name);
          if (entry?.tag === 'port' && !entry.receive) {
            setEntry(state, call.task.identity, call.name, null);
            world.mechanisms.releaseSend(world, entry.port);
          }
          return verdict;
        },
      },
    },
  },
  'released-right-makes-a-dead-name': {
    rule: 'mach/hand-over-leaves-the-send-right',
    fault: 'releasing the receive right of a combined name makes the name dead although the port lives',
    operations: {
      mach_port_mod_refs: {
        ...modRefs,
        step: (world, call) => {
          const { state } = world;
          const verdict = modRefs.step(world, call);
          if (call.right !== 'receive' || verdict.tag !== 'returned' || call.task.tag !== 'identity') return verdict;
          const entry = entryOf(state, call.task.identity, call.name);
          if (entry?.tag === 'port' && !entry.receive) {
            setEntry(state, call.task.identity, call.name, { tag: 'dead', refs: entry.sends, untouched: null });
          }
          return verdict;
        },
      },
    },
  },
};
