import type { Li } from '#spec/chorus/vocabulary';
import { attach } from '#model/chorus/actors/new-actor';
import { siteOfPort } from '#model/chorus/naming/identifiers';
import { implementing, type Chorus } from '#model/chorus/world';
import type { ActorId, Message, PortId } from '#model/chorus/state';
import { change } from '#model/operation';

/** A message that leaves its site takes its body along. */
const unpacked = ({ state, mechanisms }: Pick<Chorus, 'state' | 'mechanisms'>, message: Message): Message =>
  ({ ...message, body: mechanisms.bodyOf(state, message), parcel: null });

/**
 * Attaches a port to another actor. Its identifier, its groups and, if that is asked for, its queue go with
 * it; that it was enabled and what it was known as in the actor it leaves do not.
 */
export const migrate = implementing(
  [
    'chorus/migrated-port-keeps-its-identifier', 'chorus/migration-with-messages-keeps-the-queue',
    'chorus/migrated-port-is-disabled', 'chorus/migration-counts-anew', 'chorus/port-has-one-actor', 'chorus/locations-are-hints',
  ],
  (world: Chorus<'failed call'>, port: PortId, to: ActorId, messages: boolean): Li => {
    const { state, mechanisms } = world;
    if (!messages) mechanisms.emptyQueue(world, port);
    mechanisms.detach(world, port);
    const moved = change(state.ports[port]!);
    moved.priority = null;
    moved.received = 0;
    if (state.actors[to]!.site !== state.actors[moved.actor]!.site) moved.queue = moved.queue.map((message) => unpacked(world, message));
    const left = siteOfPort(state, port);
    const li = attach(state, port, to);
    if (siteOfPort(state, port) !== left) mechanisms.learn(world, left, moved.ui, siteOfPort(state, port));
    return li;
  },
);
