import { makeCurrent } from '#model/chorus/messages/current';
import { enabledPorts, nextPort, serveWaiting, take } from '#model/chorus/messages/receive';
import { change, returned as answered, spoiled } from '#model/operation';
import { actorAt, portAt } from '#properties/chorus/facts';
import { afterwards, altered, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const receivingMutants: ChorusMutants = {
  'port-of-no-own-is-the-default-port': {
    rule: 'chorus/receive-takes-own-ports',
    fault: 'a receive from a port that the actor has not is one from its default port',
    operations: misread('ipcReceive', (state, call) => (call.from.tag === 'port' && portAt(state, actorAt(state, call.thread), call.from.port) === null
      ? { ...call, from: { tag: 'default' } } : call)),
  },
  'newest-message-comes-first': {
    rule: 'chorus/single-port-receives-the-oldest',
    fault: 'a receive takes the newest message of a port',
    mechanisms: {
      take: (world, thread, port, room) => {
        const row = change(world.state.ports[port]!);
        row.queue = [...row.queue.slice(-1), ...row.queue.slice(0, -1)];
        return take(world, thread, port, room);
      },
    },
  },
  'any-takes-the-worst-port': {
    rule: 'chorus/best-enabled-port-is-served-first',
    fault: 'a receive from any enabled port serves the one with the highest number first',
    mechanisms: {
      nextPort: (world, thread, port) => {
        if (port !== 'any') return nextPort(world, thread, port);
        const waiting = enabledPorts(world.state, thread).filter((id) => world.state.ports[id]!.queue.length > 0);
        return waiting.toSorted((a, b) => world.state.ports[b]!.priority! - world.state.ports[a]!.priority!)[0] ?? null;
      },
    },
  },
  'any-takes-from-disabled-ports': {
    rule: 'chorus/disabled-ports-are-passed-over',
    fault: 'a receive from any enabled port takes from a disabled one where no other has anything',
    mechanisms: {
      nextPort: (world, thread, port) => nextPort(world, thread, port)
        ?? (port !== 'any' ? null : world.state.actors[actorAt(world.state, thread)]!.ports.find((id) => id !== null
          && world.state.ports[id]!.queue.length > 0) ?? null),
    },
  },
  'waiting-for-any-is-waiting-for-all': {
    rule: 'chorus/disabled-ports-are-passed-over',
    fault: 'a thread that waits for any enabled port gets a message of a disabled one',
    mechanisms: {
      serveWaiting: (world, port) => {
        const row = change(world.state.ports[port]!);
        const { priority } = row;
        row.priority ??= 0;
        serveWaiting(world, port);
        row.priority = priority;
      },
    },
  },
  'room-is-overlooked': {
    rule: 'chorus/body-is-copied-up-to-the-room',
    fault: 'a body is copied whole, whatever room there is',
    mechanisms: { take: (world, thread, port, room) => take(world, thread, port, room === null ? null : 1_000_000) },
  },
  'body-never-stays': {
    rule: 'chorus/body-is-copied-up-to-the-room',
    fault: 'a body that was to stay with the system is dropped',
    mechanisms: {
      take: (world, thread, port, room) => {
        const value = take(world, thread, port, room);
        const { current } = world.state.threads[thread]!;
        if (current !== null) change(world.state.threads[thread]!).current = { ...current, kept: false };
        return value;
      },
    },
  },
  'body-is-fetched-again': {
    rule: 'chorus/body-is-fetched-once',
    fault: 'a body stays with the system after it was fetched',
    operations: afterwards('ipcGetData', ({ state }, { thread }) => {
      const { current } = state.threads[thread]!;
      if (current !== null) change(state.threads[thread]!).current = { ...current, kept: true };
    }),
  },
  'poll-waits': {
    rule: 'chorus/receive-waits-as-asked',
    fault: 'a receive that polls waits',
    operations: misread('ipcReceive', (_state, call) => ({ ...call, delay: call.delay ?? 5, ...(call.delay === 0 ? { delay: 1 } : {}) })),
  },
  'waiting-ends-without-an-error': {
    rule: 'chorus/receive-waits-as-asked',
    fault: 'a receive that has waited long enough ends with K_ENOPORT',
    operations: afterwards('timeout', (world, { waiting }) => {
      const { run } = world.state.threads[waiting]!;
      if (run.tag === 'answered' && run.error === 'K_ETIMEOUT') world.mechanisms.answer(world, waiting, 'K_ENOPORT');
    }),
  },
  'no-port-although-there-is-one': {
    rule: 'chorus/no-enabled-port',
    fault: 'a receive from any enabled port is told K_ENOPORT where the ports have no messages',
    operations: around('ipcReceive', (world, call, step) => {
      const verdict = step(world, call);
      return call.from.tag === 'any' && verdict.tag === 'raised' && verdict.error === 'K_ETIMEOUT' ? spoiled('K_ENOPORT', null) as never : verdict;
    }),
  },
  'message-wakes-nobody': {
    rule: 'chorus/message-wakes-one-thread',
    fault: 'a message that comes does not wake the threads that wait for any enabled port',
    mechanisms: {
      serveWaiting: (world, port) => {
        const row = change(world.state.ports[port]!);
        const { priority } = row;
        row.priority = null;
        serveWaiting(world, port);
        row.priority = priority;
      },
    },
  },
  'enabling-wakes-nobody': {
    rule: 'chorus/message-wakes-one-thread',
    fault: 'enabling a port that has messages does not wake who waits for any',
    operations: around('portEnable', (world, call, step) => step(altered(world, { serveWaiting: () => undefined }), call)),
  },
  'last-comes-first': {
    rule: 'chorus/waiting-threads-go-by-priority',
    fault: 'of several waiting threads the one of the worst priority gets the message',
    mechanisms: {
      serveWaiting: (world, port) => {
        const priorities = world.state.threads.map(({ priority }) => priority);
        for (const thread of world.state.threads) change(thread).priority = 255 - thread.priority;
        serveWaiting(world, port);
        priorities.forEach((priority, id) => { change(world.state.threads[id]!).priority = priority; });
      },
    },
  },
  'count-misses-direct-receipts': {
    rule: 'chorus/sequence-counts-receipts',
    fault: 'a message that wakes a thread is not counted',
    mechanisms: {
      serveWaiting: (world, port) => {
        const { received } = world.state.ports[port]!;
        serveWaiting(world, port);
        change(world.state.ports[port]!).received = received;
      },
    },
  },
  'sequence-begins-at-zero': {
    rule: 'chorus/sequence-counts-receipts',
    fault: 'the first message of a port is numbered 0',
    mechanisms: {
      take: (world, thread, port, room) => {
        const value = take(world, thread, port, room);
        return value.tag === 'received' ? { ...value, sequence: value.sequence - 1 } : value;
      },
    },
  },
  'first-message-stays-current': {
    rule: 'chorus/new-message-supplants-the-current',
    fault: 'a thread that has a current message keeps it when it receives another',
    mechanisms: { makeCurrent: (world, id, current) => { if (world.state.threads[id]!.current === null) makeCurrent(world, id, current); } },
  },
  'supplanted-request-hangs-its-client': {
    rule: 'chorus/dropped-request-may-fail-its-client',
    fault: 'a supplanted request is closed, and its client is not told',
    mechanisms: {
      makeCurrent: (world, id, current) => {
        const transaction = world.state.threads[id]!.current?.message.transaction ?? null;
        if (transaction !== null && world.state.transactions[transaction]!.life === 'open') change(world.state.transactions[transaction]!).life = 'closed';
        change(world.state.threads[id]!).current = current;
      },
    },
  },
  'nothing-can-be-saved': {
    rule: 'chorus/needs-a-current-message',
    fault: 'ipcGetData without a current message gives an empty body',
    operations: around('ipcGetData', (world, call, step) => (world.state.threads[call.thread]!.current === null ? answered({ size: 0, body: '' })
      : step(world, call))),
  },
  'reply-to-nothing': {
    rule: 'chorus/needs-a-current-message',
    fault: 'ipcReply without a current message succeeds',
    operations: around('ipcReply', (world, call, step) => (world.state.threads[call.thread]!.current === null ? answered(null) : step(world, call))),
  },
  'saving-keeps-the-current-message': {
    rule: 'chorus/save-and-restore',
    fault: 'a message that is restored is still saved',
    operations: around('ipcRestore', (world, call, step) => {
      const actor = world.state.actors[actorAt(world.state, call.thread)]!;
      const message = actor.saved[call.saved] ?? null;
      const verdict = step(world, call);
      if (verdict.tag === 'returned') change(actor.saved)[call.saved] = message;
      return verdict;
    }),
  },
  'restored-message-has-lost-its-body': {
    rule: 'chorus/save-and-restore',
    fault: 'the body of a saved message is no longer with the system',
    operations: around('ipcSave', (world, call, step) => {
      const thread = change(world.state.threads[call.thread]!);
      if (thread.current !== null) thread.current = { ...thread.current, kept: false };
      return step(world, call);
    }),
  },
  'one-saved-message-too-many': {
    rule: 'chorus/saved-messages-are-limited',
    fault: 'an actor may save one message more than it may',
    operations: around('ipcSave', (world, call, step) => {
      const limits = change(world.state.limits);
      limits.saved += 1;
      const verdict = step(world, call);
      limits.saved -= 1;
      return verdict;
    }),
  },
  'failed-save-loses-the-message': {
    rule: 'chorus/saved-messages-are-limited',
    fault: 'a message that cannot be saved is no longer current',
    operations: around('ipcSave', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag === 'raised') change(world.state.threads[call.thread]!).current = null;
      return verdict;
    }),
  },
  'anything-is-restored': {
    rule: 'chorus/restore-takes-saved-messages',
    fault: 'ipcRestore of what was not saved succeeds',
    operations: around('ipcRestore', (world, call, step) => {
      const { saved } = world.state.actors[actorAt(world.state, call.thread)]!;
      return (saved[call.saved] ?? null) === null ? answered(null) : step(world, call);
    }),
  },
};

