import type { ReceivedItem, ReceivedMessage, TaskId } from '#spec/mach/vocabulary';
import { implementing, type Mach } from '#model/mach/world';
import type { Carried, Item, Message } from '#model/mach/state';

/** Gives a message that could not be sent back to its sender: the header is not turned round. */
export const pseudoReceive = implementing(
  [
    'mach/pseudo-receive-returns-contents', 'mach/pseudo-receive-keeps-copy-in-effects',
    'mach/circular-message-waits-for-room-first',
  ],
  (world: Mach<'address'>, task: TaskId, message: Message): ReceivedMessage => {
    const { copyout } = world.mechanisms;
    const { destination, reply, id, complex, size, body } = message;
    const remote = { name: copyout(world, task, { tag: 'right', ...destination }), kind: destination.kind };
    const local = { name: copyout(world, task, reply), kind: reply.kind };
    return { id, remote, local, complex, size, sequence: 0, body: body.map((item) => copyoutItem(world, task, item)) };
  },
);

/** An item as its receiver finds it: rights have become names of its space. */
export function copyoutItem(world: Mach<'address'>, task: TaskId, item: Item): ReceivedItem {
  if (item.tag === 'region') return world.mechanisms.copyoutRegion(world, task, item);
  if (item.tag !== 'rights') return item;
  const { kind, long } = item;
  const names = item.rights.map((right: Carried) => world.mechanisms.copyout(world, task, right));
  return { tag: 'rights', kind, names, long };
}
