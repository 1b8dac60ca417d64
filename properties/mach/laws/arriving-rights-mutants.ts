import { freshName, nameOfPort } from '#model/mach/entries';
import { copyout } from '#model/mach/rights/copyout';
import { DEAD } from '#model/mach/state';
import { returned } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';
import { mistaking } from '#properties/mach/laws/faults';

export const arrivingMutants: MachMutants = {
  'send-once-right-joins-the-send-name': {
    rule: 'mach/send-once-rights-have-separate-names',
    fault: 'a send-once right that arrives gets the name under which the port is known',
    mechanisms: {
      copyout: (world, task, right) => {
        const known = right.tag === 'right' && right.kind === 'send-once' ? nameOfPort(world.state, task, right.port) : null;
        if (known === null || right.tag !== 'right') return copyout(world, task, right);
        world.mechanisms.dropSendOnce(world, right.port);
        return known;
      },
    },
  },
  'insertion-pegs-at-the-ceiling': {
    rule: 'mach/received-right-pegs-at-the-ceiling',
    fault: 'an insertion at the ceiling of references succeeds, and adds none',
    ...mistaking('mach_port_insert_right', 'KERN_UREFS_OVERFLOW', returned(null)),
  },
  'receive-right-gets-a-second-name': {
    rule: 'mach/arriving-right-finds-its-name',
    fault: 'a receive right that arrives gets a new name although the space sends to the port',
    mechanisms: {
      copyout: (world, task, right) => (right.tag === 'right' && right.kind === 'receive' && world.state.ports[right.port]!.life === 'live'
        ? freshName(world.state, task, { tag: 'port', port: right.port, receive: true, sends: 0, request: null, accepted: false })
        : copyout(world, task, right)),
    },
  },
  'null-in-a-body-arrives-as-dead': {
    rule: 'mach/null-and-dead-may-replace-rights',
    fault: 'NULL in the place of a right arrives as DEAD',
    mechanisms: {
      copyout: (world, task, right) => (right.tag === 'null' && right.kind !== null ? DEAD : copyout(world, task, right)),
    },
  },
  'right-to-a-dead-port-gets-a-dead-name': {
    rule: 'mach/right-to-a-dead-port-arrives-dead',
    fault: 'a right whose port died on the way arrives as a dead name with a reference',
    mechanisms: {
      copyout: (world, task, right) => (right.tag === 'right' && world.state.ports[right.port]!.life === 'dead'
        ? freshName(world.state, task, { tag: 'dead', refs: 1, untouched: null }) : copyout(world, task, right)),
    },
  },
};
