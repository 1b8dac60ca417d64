import { describe, expect, it } from 'vitest';
import { successors, outcomes, type AnyCall, type Event } from '#model/kernel';
import { machNetwork } from '#model/mach-network/kernel';
import type { MachNetworkState } from '#model/mach-network/state';
import { threadOn } from '#model/network/nodes';

const scope = {
  nodes: [{ threads: [1] }, { threads: [1] }, { threads: [1] }],
  introduced: [{ receiver: { node: 1, task: 0 }, senders: [{ node: 0, task: 0 }, { node: 2, task: 0 }] }],
};

/** A network that goes step by step. */
class Play {
  state: MachNetworkState;
  events: readonly Event[] = [];
  constructor(extra: object = {}) { this.state = machNetwork.boot({ ...scope, ...extra } as never); }

  do(call: object): Event | undefined {
    const [first] = successors(machNetwork, this.state, call as AnyCall);
    this.state = first!.state as MachNetworkState;
    this.events = first!.events;
    return this.events.at(-1);
  }

  on(node: number, operation: string, call: object): unknown {
    const event = this.do({ operation, node, thread: threadOn(node, 0), ...call });
    return event !== undefined && 'value' in event ? event.value : event;
  }

  /** Servers run and packets arrive until nothing is left to do. */
  rest(): void {
    for (let i = 0; i < 100; i += 1) {
      if (this.state.wire.packets.length > 0) this.do({ operation: 'packet_arrives', packet: 0 });
      else {
        const node = this.state.nodes.findIndex(({ up, kernel, manager }) => up
          && kernel.ports.some(({ set, queue }) => set !== null && queue.length > 0 && kernel.tasks[manager.task]!.names.some((entry) => entry?.tag === 'set' && entry.set === set)));
        if (node < 0) return;
        this.do({ operation: 'netmsgserver_runs', node });
      }
    }
    throw new Error('it never comes to rest');
  }
}

const message = (remote: number, over: object = {}) => ({
  options: [], receive: null, timeout: 0, notify: 0,
  send: { id: 7, remote: { name: remote, disposition: 'copy-send' }, local: { name: 0, disposition: null }, complex: false, body: [], size: null, ...over },
});
const receive = (name: number) => ({ options: ['receive-timeout'], send: null, receive: { name, size: 9999 }, timeout: 0, notify: 0 });

describe('network message servers', () => {
  it('carry a message to the real port', () => {
    const play = new Play();
    play.on(0, 'mach_msg', message(1));
    play.rest();
    expect(play.on(1, 'mach_msg', receive(1))).toMatchObject({ message: { id: 7, local: { name: 1, kind: 'send' } } });
    expect(play.state.nodes[0]!.manager.outgoing).toEqual([]);
  });

  it('carry an answer back through a send-once right', () => {
    const play = new Play();
    const { name } = play.on(0, 'mach_reply_port', {}) as { name: number };
    play.on(0, 'mach_msg', message(1, { local: { name, disposition: 'make-send-once' } }));
    play.rest();
    const got = play.on(1, 'mach_msg', receive(1)) as { message: { remote: { name: number; kind: string } } };
    expect(got.message.remote.kind).toBe('send-once');
    play.on(1, 'mach_msg', message(got.message.remote.name, { id: 8, remote: { name: got.message.remote.name, disposition: 'move-send-once' } }));
    play.rest();
    expect(play.on(0, 'mach_msg', receive(name))).toMatchObject({ message: { id: 8, local: { kind: 'send-once' } } });
    expect(play.state.nodes[1]!.manager.entries.filter(({ id }) => id.receiver === 0)).toEqual([]);
  });

  it('tell the sender of a send-once right that was let go elsewhere', () => {
    const play = new Play();
    const { name } = play.on(0, 'mach_reply_port', {}) as { name: number };
    play.on(0, 'mach_msg', message(1, { local: { name, disposition: 'make-send-once' } }));
    play.rest();
    const got = play.on(1, 'mach_msg', receive(1)) as { message: { remote: { name: number } } };
    play.on(1, 'mach_port_deallocate', { task: { tag: 'identity', identity: 0 }, name: got.message.remote.name });
    play.rest();
    expect(play.on(0, 'mach_msg', receive(name))).toMatchObject({ message: { id: 71, size: 24, body: [] } });
  });

  it('move a receive right, and what was sent follows it', () => {
    const play = new Play({ introduced: [...scope.introduced, { receiver: { node: 2, task: 0 }, senders: [{ node: 1, task: 0 }] }] });
    play.on(0, 'mach_msg', message(1, { id: 1 }));
    play.rest();
    const rights = { tag: 'rights', disposition: 'move-receive', names: [1], bits: 32, long: false, deallocate: false };
    play.on(1, 'mach_msg', message(2, { complex: true, body: [rights] }));
    play.rest();
    const got = play.on(2, 'mach_msg', receive(2)) as { message: { body: { names: number[] }[] } };
    expect(got.message.body[0]!.names).toEqual([1]);
    expect(play.on(2, 'mach_msg', receive(1))).toMatchObject({ message: { id: 1 } });
    play.on(0, 'mach_msg', message(1, { id: 2 }));
    play.rest();
    expect(play.on(2, 'mach_msg', receive(1))).toMatchObject({ message: { id: 2 } });
  });

  it('find a service by its name', () => {
    const play = new Play();
    const self = { tag: 'identity', identity: 0 };
    const boot = (node: number) => (play.on(node, 'task_get_special_port', { task: self, which: 'bootstrap' }) as { name: number }).name;
    const text = (bytes: string) => ({ tag: 'data', type: 8, bits: 8, bytes, long: false, deallocate: false });
    const home = boot(1);
    const body = [text('61'), { tag: 'rights', disposition: 'make-send', names: [0, 1], bits: 32, long: false, deallocate: false }];
    play.on(1, 'mach_msg', message(home, { id: 1040, complex: true, body }));
    play.rest();
    const { name } = play.on(2, 'mach_reply_port', {}) as { name: number };
    const local = { name, disposition: 'make-send-once' };
    play.on(2, 'mach_msg', message(boot(2), { id: 1041, body: [text('2a'), text('61')], local }));
    play.rest();
    const got = play.on(2, 'mach_msg', receive(name)) as { message: { body: { names: number[]; bytes: string }[] } };
    expect(got.message.body[0]!.bytes).toBe('00000000');
    expect(got.message.body[1]!.names).toEqual([1]);
  });

  it('declare the ports of a crashed machine dead, and those of no other', () => {
    const play = new Play();
    play.do({ operation: 'node_crashes', node: 1 });
    for (let i = 0; i < 3; i += 1) { play.do({ operation: 'checkup', node: 0 }); play.rest(); }
    const self = { tag: 'identity', identity: 0 };
    expect(play.on(0, 'mach_port_type', { task: self, name: 1 })).toEqual({ type: ['dead-name'] });
    expect(play.on(2, 'mach_port_type', { task: self, name: 1 })).toEqual({ type: ['send'] });
    play.do({ operation: 'node_reboots', node: 1 });
    expect(play.state.nodes[1]!.manager.clock).toBeGreaterThan(0);
  });

  it('start anew without what they knew', () => {
    const play = new Play();
    play.do({ operation: 'netmsgserver_restarts', node: 0 });
    expect(play.on(0, 'mach_port_type', { task: { tag: 'identity', identity: 0 }, name: 1 })).toEqual({ type: ['dead-name'] });
    play.rest();
  });

  it('is the same under either executor', () => {
    const play = new Play();
    play.on(0, 'mach_msg', message(1));
    for (const call of [{ operation: 'netmsgserver_runs', node: 0 }, { operation: 'checkup', node: 0 }, { operation: 'netmsgserver_restarts', node: 1 }]) {
      const [slow] = outcomes(machNetwork, play.state, call);
      const [fast] = successors(machNetwork, play.state, call);
      expect(slow!.state).toEqual(fast!.state);
      play.do(call);
    }
  });
});
