import { entryOf, setEntry } from '#model/mach/entries';
import { copyin } from '#model/mach/rights/copyin';
import { clearReceiver } from '#model/mach/ports/clear-receiver';
import type { Mechanisms } from '#model/mach/mechanisms';
import type { Port } from '#model/mach/state';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';
import { entryIn, faulty } from '#properties/mach/laws/faults';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A right that is taken as it should be, and counted at its port as it should not. */
const miscounting = (wanted: string, spoil: (port: Mutable<Port>) => void): Pick<Mechanisms, 'copyin'> => ({
  copyin: (world, task, name, disposition) => {
    const copied = copyin(world, task, name, disposition);
    if (disposition === wanted && copied.right.tag === 'right') spoil(change(world.state.ports[copied.right.port]!) as Mutable<Port>);
    return copied;
  },
});

export const dispositionMutants: MachMutants = {
  'moved-port-keeps-its-make-send-count': {
    rule: 'mach/move-receive-carries-the-receive-right',
    fault: 'the make-send count of a port is not reset when its receive right leaves',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { makeSend } = world.state.ports[id]!;
        clearReceiver(world, id);
        change(world.state.ports[id]!).makeSend = makeSend;
      },
    },
  },
  'moved-port-keeps-its-sequence-number': {
    rule: 'mach/move-receive-carries-the-receive-right',
    fault: 'the sequence number of a port is not reset when its receive right leaves',
    mechanisms: {
      clearReceiver: (world, id) => {
        const { sequence } = world.state.ports[id]!;
        clearReceiver(world, id);
        change(world.state.ports[id]!).sequence = sequence;
      },
    },
  },
  'moved-send-right-counts-twice': {
    rule: 'mach/move-send-carries-a-reference-away',
    fault: 'a port counts a send right more when one is moved, even the last of its name',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        const isGone = entryOf(world.state, task, name) === null;
        if (disposition === 'move-send' && isGone && copied.right.tag === 'right') change(world.state.ports[copied.right.port]!).sendRights += 1;
        return copied;
      },
    },
  },
  'copied-send-right-costs-a-reference': {
    rule: 'mach/copy-send-duplicates-the-send-right',
    fault: 'copying a send right uses up a reference of it where there are several',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        const entry = entryOf(world.state, task, name);
        if (disposition === 'copy-send' && entry?.tag === 'port' && entry.sends > 1) setEntry(world.state, task, name, { ...entry, sends: entry.sends - 1 });
        return copied;
      },
    },
  },
  'made-send-right-is-not-counted': {
    rule: 'mach/make-send-counts-on-the-port',
    fault: 'the make-send count does not grow when a send right is made',
    mechanisms: miscounting('make-send', (port) => { port.makeSend -= 1; }),
  },
  'moved-send-once-right-counts-twice': {
    rule: 'mach/move-send-once-carries-the-right',
    fault: 'a port counts a send-once right more when one is moved',
    mechanisms: miscounting('move-send-once', (port) => { port.sendOnceRights += 1; }),
  },
  'made-send-once-right-counts-as-made-send': {
    rule: 'mach/make-send-once-makes-a-new-right',
    fault: 'making a send-once right makes the make-send count grow',
    mechanisms: miscounting('make-send-once', (port) => { port.makeSend += 1; }),
  },
  'send-once-right-goes-for-a-send-right': {
    rule: 'mach/disposition-matches-the-live-right',
    fault: 'a live send-once right may be extracted as if it were a send right',
    ...faulty('mach_port_extract_right', ({ state }, call, sound) => {
      const isWrong = entryIn(state, call)?.tag === 'send-once' && (call.disposition === 'copy-send' || call.disposition === 'move-send');
      return sound(isWrong ? { disposition: 'move-send-once' } : {});
    }),
  },
};
