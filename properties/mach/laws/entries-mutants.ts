import type { Name } from '#spec/mach/vocabulary';
import { entryOf, nameOfPort, setEntry } from '#model/mach/entries';
import { copyin } from '#model/mach/rights/copyin';
import { copyout } from '#model/mach/rights/copyout';
import { buryNames } from '#model/mach/ports/destroy-port';
import type { MachMutants } from '#properties/mach/obligation';
import { afterwards, during, entryIn, faulty, taskOf } from '#properties/mach/laws/faults';

export const entryMutants: MachMutants = {
  'known-send-right-adds-no-reference': {
    rule: 'mach/acquired-send-right-adds-a-reference',
    fault: 'a send right that arrives under a known name adds no reference to it',
    mechanisms: {
      copyout: (world, task, right) => {
        const known = right.tag === 'right' && right.kind === 'send' ? nameOfPort(world.state, task, right.port) : null;
        const before = known === null ? null : entryOf(world.state, task, known);
        const name = copyout(world, task, right);
        if (before?.tag === 'port' && before.sends > 0 && name === known) setEntry(world.state, task, name, before);
        return name;
      },
    },
  },
  'receive-right-resets-the-send-references': {
    rule: 'mach/acquired-receive-right-joins-the-send-name',
    fault: 'a receive right that joins a send name leaves it one reference',
    mechanisms: {
      copyout: (world, task, right) => {
        const name = copyout(world, task, right);
        const entry = entryOf(world.state, task, name);
        if (right.kind === 'receive' && entry?.tag === 'port' && entry.sends > 1) setEntry(world.state, task, name, { ...entry, sends: 1 });
        return name;
      },
    },
  },
  'send-once-rights-coalesce': {
    rule: 'mach/acquired-send-once-right-is-fresh',
    fault: 'a send-once right gets the name of another one to the same port',
    mechanisms: {
      copyout: (world, task, right) => {
        const known = right.tag === 'right' && right.kind === 'send-once'
          ? world.state.tasks[task]!.names.findIndex((entry) => entry?.tag === 'send-once' && entry.port === right.port) : -1;
        return known > 0 ? known as Name : copyout(world, task, right);
      },
    },
  },
  'mod-refs-takes-one-send-reference': {
    rule: 'mach/mod-refs-moves-send-references',
    fault: 'mod_refs takes one send reference where several are to go',
    ...faulty('mach_port_mod_refs', ({ state }, call, sound) => {
      const entry = entryIn(state, call);
      const some = call.right === 'send' && call.delta < -1 && entry?.tag === 'port' && entry.sends + call.delta > 0;
      return sound(some ? { delta: -1 } : {});
    }),
  },
  'mod-refs-forgets-a-dead-reference': {
    rule: 'mach/mod-refs-destroys-the-receive-right',
    fault: 'send references under a name whose receive right goes come to one dead reference',
    ...afterwards('mach_port_mod_refs', (state, call) => {
      const entry = entryIn(state, call);
      if (call.right === 'receive' && entry?.tag === 'dead') setEntry(state, taskOf(call)!, call.name, { ...entry, refs: 1 });
    }),
  },
  'mod-refs-drops-a-send-once-right': {
    rule: 'mach/mod-refs-destroys-the-send-once-right',
    fault: 'a send-once right that goes by mod_refs makes no notification',
    ...during('mach_port_mod_refs', { releaseSendOnce: (world, port) => world.mechanisms.dropSendOnce(world, port) }),
  },
  'mod-refs-leaves-the-set': {
    rule: 'mach/mod-refs-destroys-the-port-set',
    fault: 'a set whose name goes by mod_refs keeps its members',
    ...during('mach_port_mod_refs', { destroySet: () => {} }),
  },
  'mod-refs-frees-a-dead-name': {
    rule: 'mach/mod-refs-moves-dead-references',
    fault: 'any decrease frees a dead name',
    ...afterwards('mach_port_mod_refs', (state, call) => {
      if (call.right === 'dead-name' && call.delta < 0 && entryIn(state, call)?.tag === 'dead') setEntry(state, taskOf(call)!, call.name, null);
    }),
  },
  'move-receive-takes-send-references': {
    rule: 'mach/move-receive-leaves-send-references',
    fault: 'a receive right that leaves takes all send references but one along',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        const entry = entryOf(world.state, task, name);
        if (disposition === 'move-receive' && entry?.tag === 'port') setEntry(world.state, task, name, { ...entry, sends: 1 });
        return copied;
      },
    },
  },
  'move-send-takes-two-references': {
    rule: 'mach/move-send-takes-one-reference',
    fault: 'move-send takes two references where there are more',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        const entry = entryOf(world.state, task, name);
        if (disposition === 'move-send' && entry?.tag === 'port' && entry.sends > 1) setEntry(world.state, task, name, { ...entry, sends: entry.sends - 1 });
        return copied;
      },
    },
  },
  'copy-send-takes-a-dead-reference': {
    rule: 'mach/copy-send-leaves-the-entry',
    fault: 'copy-send of a dead name uses up a reference',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const entry = entryOf(world.state, task, name);
        return copyin(world, task, name, entry?.tag === 'dead' && disposition === 'copy-send' ? 'move-send' : disposition);
      },
    },
  },
  'make-send-gives-its-maker-a-reference': {
    rule: 'mach/making-a-right-leaves-the-entry',
    fault: 'making a send right adds a reference to a name that sends too',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        const entry = entryOf(world.state, task, name);
        if (disposition === 'make-send' && entry?.tag === 'port' && entry.sends > 0) setEntry(world.state, task, name, { ...entry, sends: entry.sends + 1 });
        return copied;
      },
    },
  },
  'move-send-once-keeps-the-name': {
    rule: 'mach/move-send-once-frees-the-name',
    fault: 'a send-once right that is moved stays under its name',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const entry = entryOf(world.state, task, name);
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'move-send-once' && entry?.tag === 'send-once') setEntry(world.state, task, name, entry);
        return copied;
      },
    },
  },
  'dead-names-have-one-reference': {
    rule: 'mach/port-death-leaves-dead-names',
    fault: 'a name whose port dies has one reference, however many it had',
    mechanisms: {
      buryNames: (world, port) => {
        const names = world.state.tasks.flatMap((task, id) => task.names.flatMap((entry, name) =>
          (entry?.tag === 'port' && entry.port === port ? [[id, name] as const] : [])));
        const requests = buryNames(world, port);
        for (const [task, name] of names) setEntry(world.state, task as never, name as Name, { tag: 'dead', refs: 1, untouched: null });
        return requests;
      },
    },
  },
  'freed-name-is-not-reported': {
    rule: 'mach/freed-name-yields-port-deleted',
    fault: 'nobody is told when a watched name is freed by taking its right out',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (copied.deleted !== null) world.mechanisms.dropSendOnce(world, copied.deleted);
        return { ...copied, deleted: null };
      },
    },
  },
};

