/** An example: a kernel with Mach's names and nothing to do with them. Put your own in its place. */
import { refused, returned, serve, type Answer } from './portcullis.ts';

const allocatable: ReadonlySet<unknown> = new Set(['receive', 'port-set', 'dead-name']);
const spaces = new Map<unknown, Set<number>>();

/** A task is meant by itself, or by a name for its port: there are none of those here. */
function within(task: unknown, work: (names: Set<number>) => Answer): Answer {
  const names = spaces.get(task);
  return names === undefined ? refused('MACH_SEND_INVALID_DEST') : work(names);
}

await serve({
  model: 'mach',
  name: 'example',
  version: '1',

  reset: (threads) => {
    spaces.clear();
    threads.forEach((_, task) => spaces.set(`T${task + 1}`, new Set()));
  },

  operations: {
    mach_port_allocate: ({ task, right }) => within(task, (names) => {
      if (!allocatable.has(right)) return refused('KERN_INVALID_VALUE');
      let name = 1;
      while (names.has(name)) name += 1;
      names.add(name);
      return returned({ name });
    }),

    mach_port_destroy: ({ task, name }) => within(task, (names) =>
      (names.delete(name as number) ? returned() : refused('KERN_INVALID_NAME'))),
  },
});
