import { amendReal, entryNamed } from '#model/mach-network/entries';
import { unblockAll } from '#model/mach-network/proxies';
import { furnish } from '#model/mach-network/furnish';
import { ask, self, serverOf, serving, tellAll, type ReceivedMessage, type Servers } from '#model/mach-network/world';
import type { Event } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import { newTask, newThread } from '#model/mach/tasks/new-task';
import { request } from '#model/network/world';
import type { NodeId } from '#model/network/wire';
import { change, ModelError, returned } from '#model/operation';

const ANY_SIZE = 0xffff_ffff;
const MSG_ACCEPTED = 66;
const DEAD_NAME = 72;

interface OnNode { readonly node: NodeId }

/** The server takes one message from its port set, and does what it asks for. */
export const serverRuns = {
  implements: ['mach-network/message-passes-through-two-servers', 'mach-network/remote-port-has-one-proxy', 'mach-network/tasks-are-controlled-through-proxies'],
  step(world: Servers, { node }: OnNode) {
    requireUp(world, node);
    const { set, service, notify } = serverOf(world, node);
    const heard = ask(world, node, 'mach_msg', {
      options: ['receive-timeout'], send: null, receive: { name: set.name, size: ANY_SIZE }, timeout: 0, notify: set.name,
    });
    const message = messageOf(heard);
    if (message === null) return returned(null);
    const { mechanisms } = world;
    const { name } = message.local;
    const entry = entryNamed(world, node, name);
    if (name === service.name) mechanisms.serveNames(world, node, message);
    else if (name === notify.name) mechanisms.heed(world, node, message);
    else if (entry?.tag === 'proxy') mechanisms.forwardMessage(world, node, entry, message);
    return returned(null);
  },
};

/** What was received, though perhaps not all of its memory could be. */
function messageOf(heard: Event): ReceivedMessage | null {
  const value = (heard as { readonly value?: unknown }).value as { readonly message?: ReceivedMessage | null } & Partial<ReceivedMessage> | null | undefined;
  if (value === null || value === undefined) return null;
  return 'message' in value ? value.message ?? null : value as ReceivedMessage;
}

/** What the kernel tells the server: a port of this node has died, or has room again. */
export const heed = serving(
  ['mach-network/port-death-is-told-at-once', 'mach-network/unblock-restarts-senders'],
  (world: Servers, node: NodeId, { id, body }: ReceivedMessage): void => {
    const item = body[0];
    if (item?.tag !== 'name') return;
    const entry = entryNamed(world, node, item.name.name);
    if (entry?.tag !== 'real') return;
    if (id === DEAD_NAME) return world.mechanisms.bury(world, node, entry);
    if (id !== MSG_ACCEPTED) return;
    amendReal(world, node, entry, { full: false, waiting: [] });
    unblockAll(world, node, entry.id.public, entry.waiting);
  },
);

/** Time for a checkup. */
export const checkup = {
  implements: ['mach-network/silent-port-is-declared-dead', 'mach-network/unblock-restarts-senders', 'mach-network/no-senders-waits-for-remote-holders'],
  step(world: Servers, { node }: OnNode) {
    requireUp(world, node);
    world.mechanisms.checkUp(world, node);
    return returned(null);
  },
};

/** The server's task ends, and another is started. It knows nothing of what the first one knew. */
export const serverRestarts = {
  implements: ['mach-network/restarted-server-loses-its-proxies', 'mach-network/restarted-server-is-checked-upon'],
  step(world: Servers, { node }: OnNode) {
    requireUp(world, node);
    const before = serverOf(world, node);
    ask(world, node, 'task_terminate', self(world, node));
    const { kernel } = world.state.nodes[node]!;
    const task = newTask(kernel, null);
    const thread = newThread(kernel, task, 0);
    const after = furnish(kernel, task, thread, before, (operation, call) =>
      request(mach, world as never, node, { operation, thread, ...call } as never)!);
    Object.assign(change(world.state.nodes[node]!), { manager: after });
    tellAll(world, node, { tag: 'restarted' });
    return returned(null);
  },
};

function requireUp(world: Servers, node: NodeId): void {
  if (world.state.nodes[node]?.up !== true) throw new ModelError('the node is not up');
}

/** A machine that has come up again says so. */
export const nodeHasStarted = serving(
  ['mach-network/restarted-server-is-checked-upon'],
  (world: Servers, node: NodeId): void => tellAll(world, node, { tag: 'restarted' }),
);

