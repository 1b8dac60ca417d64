import { mappingAt, memoryOf } from '#model/mach/memory/space';
import { load, perform, store, touchByte } from '#model/mach/memory/touch';
import { raiseException } from '#model/mach/memory/exception';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const access = 'mach/access-is-judged-by-the-map';

export const touchMutants: MachMutants = {
  'stores-need-no-permission': {
    rule: access,
    fault: 'a thread writes what it may only read',
    mechanisms: {
      touchByte: (world, thread, touch) => {
        const { task } = world.state.threads[thread]!;
        const mapping = mappingAt(world.state, task, Math.floor(touch.address / memoryOf(world.state).pageSize));
        if (mapping === null || mapping.current === 0) return touchByte(world, thread, touch);
        return { tag: 'done', byte: world.mechanisms.perform(world, mapping, touch) };
      },
    },
  },
  'loads-of-nothing-give-zero': {
    rule: access,
    fault: 'a thread reads zeros where nothing is mapped',
    operations: {
      load: {
        ...load,
        step: (world, call) => {
          const page = Math.floor(call.address / memoryOf(world.state).pageSize);
          const mapping = mappingAt(world.state, world.state.threads[call.thread]!.task, page);
          return mapping === null ? { tag: 'returned', value: { byte: '00' } } : load.step(world, call);
        },
      },
    },
  },
  'stores-hit-the-first-byte': {
    rule: access,
    fault: 'a byte is written to the beginning of its page',
    operations: {
      store: {
        ...store,
        step: (world, call) => store.step(altered(world, {
          perform: (inner, mapping, touch) => perform(inner, mapping, { ...touch, address: touch.address - touch.address % memoryOf(inner.state).pageSize }),
        }), call),
      },
    },
  },
  'holes-are-protection-faults': {
    rule: access,
    fault: 'a touch of what is not mapped is reported as a protection failure',
    mechanisms: {
      raiseException: (world, thread, level, fault, touch) =>
        raiseException(world, thread, level, fault === 'KERN_INVALID_ADDRESS' ? 'KERN_PROTECTION_FAILURE' : fault, touch),
    },
  },
  'loads-write-back': {
    rule: access,
    fault: 'reading a byte clears it',
    mechanisms: {
      perform: (world, mapping, touch) => {
        const byte = perform(world, mapping, touch);
        if (touch.tag === 'load' && byte !== '00') perform(world, mapping, { tag: 'store', address: touch.address, byte: '00' });
        return byte;
      },
    },
  },
};
