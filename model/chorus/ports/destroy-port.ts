import { implementing, type Chorus } from '#model/chorus/world';
import type { ChorusState, PortId } from '#model/chorus/state';
import { change } from '#model/operation';

/** Takes a port out of its actor, and tells the threads that wait for a message from it. */
export const detach = implementing(
  ['chorus/waiting-on-a-port-that-goes', 'chorus/waiting-on-a-port-that-moves'],
  (world: Chorus, port: PortId): void => {
    const { state, mechanisms } = world;
    const { actor, li } = state.ports[port]!;
    change(state.actors[actor]!.ports)[li] = null;
    for (const thread of waitingOn(state, port)) mechanisms.answer(world, thread, 'K_ENOPORT');
  },
);

export const waitingOn = (state: ChorusState, port: PortId) =>
  state.actors[state.ports[port]!.actor]!.waiting.filter((thread) => {
    const { run } = state.threads[thread]!;
    return run.tag === 'receiving' && run.from.tag === 'port' && run.from.port === port;
  });

/** Destroys what is queued. Calls that wait there will not be answered. */
export const emptyQueue = implementing(
  ['chorus/deleted-port-aborts-queued-calls', 'chorus/migration-without-messages-destroys-the-queue'],
  (world: Chorus<'failed call'>, port: PortId): void => {
    const { state, mechanisms } = world;
    const { queue, actor } = state.ports[port]!;
    change(state.ports[port]!).queue = [];
    for (const message of queue) mechanisms.failRequest(world, message, state.actors[actor]!.site);
  },
);

/** A port is no more: nor is what was queued there, and no group has it. */
export const destroyPort = implementing(
  ['chorus/deleted-port-is-gone', 'chorus/groups-hold-live-ports', 'chorus/deleted-port-aborts-queued-calls'],
  (world: Chorus<'failed call'>, port: PortId): void => {
    const { state, mechanisms } = world;
    mechanisms.detach(world, port);
    change(state.ports[port]!).life = 'dead';
    change(state.ports[port]!).priority = null;
    mechanisms.leaveGroups(world, port);
    mechanisms.emptyQueue(world, port);
  },
);

export const leaveGroups = implementing(
  ['chorus/groups-hold-live-ports'],
  ({ state }: Pick<Chorus, 'state'>, port: PortId): void => {
    for (const group of state.groups) {
      if (group.members.includes(port)) change(group).members = group.members.filter((other) => other !== port);
    }
  },
);
