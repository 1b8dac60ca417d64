import { describe, it } from 'vitest';
import type { Name } from './program.js';
import {
  arrived,
  blocked,
  ended,
  header,
  isLeftOut,
  message,
  noSide,
  raised,
  receivedRights,
  returned,
  rights,
  Script,
  side,
  titled,
} from './script.testing.js';

/** A port whose queue is full: five messages are in it. */
function fullPort(script: Script, thread = 't1', task = 'T1'): Name {
  const port = script.sendable(thread, task);
  for (let id = 0; id < 5; id++) script.call(message(thread, { to: header(port, 'copy-send'), id }, null));
  return port;
}

const sent = { message: null };

describe.skipIf(isLeftOut)(titled('waiting on GNU Mach'), () => {
  it('wakes a receiver with the message', async () => {
    const script = new Script(2);
    const port = script.sendable('t1', 'T1');
    script.call(message('t2', null, { name: port }), blocked('t2'));
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null),
      returned('t1', sent),
      returned('t2', arrived({ local: side(port, 'send') })),
    );
    await script.check();
  });

  it('names rights in the answer of the call that waited', async () => {
    const script = new Script(1, 1);
    const inbox = script.allocate('t2', 'T2');
    const to = script.give('t1', 'T2', inbox);
    const waiting = script.call(message('t2', null, { name: inbox }), blocked('t2'));
    const port = script.allocate('t1', 'T1');
    script.call(message('t1', { to: header(to, 'copy-send'), body: [rights('make-send', port)] }, null));
    script.type('t2', 'T2', { call: waiting.call, name: 2 }, 'send');
    await script.check();
  });

  it('wakes the receiver that came last', async () => {
    const script = new Script(3);
    const port = script.sendable('t1', 'T1');
    script.call(message('t2', null, { name: port }), blocked('t2'));
    script.call(message('t3', null, { name: port }), blocked('t3'));
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null),
      returned('t1', sent),
      returned('t3', arrived({ local: side(port, 'send') })),
    );
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null),
      returned('t1', sent),
      returned('t2', arrived({ local: side(port, 'send'), sequence: 1 })),
    );
    await script.check();
  });

  it('blocks a sender on a full queue until there is room', async () => {
    const script = new Script(2);
    const port = fullPort(script);
    script.call(message('t2', { to: header(port, 'copy-send'), id: 9 }, null), blocked('t2'));
    script.call(
      message('t1', null, { name: port }),
      returned('t1', arrived({ id: 0, local: side(port, 'send') })),
      returned('t2', sent),
    );
    for (const [sequence, id] of [1, 2, 3, 4, 9].entries()) {
      script.call(
        message('t1', null, { name: port }),
        returned('t1', arrived({ id, local: side(port, 'send'), sequence: sequence + 1 })),
      );
    }
    await script.check();
  });

  it('lets as many senders go as the limit is raised by', async () => {
    const script = new Script(4);
    const port = fullPort(script);
    for (const thread of ['t2', 't3', 't4']) {
      script.call(message(thread, { to: header(port, 'copy-send') }, null), blocked(thread));
    }
    script.on(
      't1',
      'T1',
      'set_qlimit',
      { name: port, limit: 7 },
      returned('t1'),
      returned('t4', sent),
      returned('t3', sent),
    );
    await script.check();
  });

  it('does not block through a send-once right', async () => {
    const script = new Script(1);
    const port = fullPort(script);
    script.call(message('t1', { to: header(port, 'make-send-once') }, null), returned('t1', sent));
    await script.check();
  });

  it('polls with a timeout of nothing, and gives the message back', async () => {
    const script = new Script(1);
    const port = fullPort(script);
    const carried = script.allocate('t1', 'T1');
    const sending = {
      to: header(port, 'copy-send'),
      reply: header(carried, 'make-send-once'),
      body: [rights('move-receive', carried)],
    };
    const reply = { call: script.next, name: 1 };
    const receive = { call: script.next, name: 2 };
    script.call(
      message('t1', sending, null, { options: ['send-timeout'] }),
      raised('t1', 'MACH_SEND_TIMED_OUT', {
        id: 7,
        remote: side(port, 'send'),
        local: side(reply, 'send-once'),
        complex: true,
        size: 32,
        sequence: 0,
        body: [receivedRights('receive', receive)],
      }),
    );
    script.type('t1', 'T1', reply, 'send-once');
    script.type('t1', 'T1', receive, 'receive');
    script.refs('t1', 'T1', port, 'send', 2);
    await script.check();
  });

  it('expires the waits that are to expire, in that order', async () => {
    const script = new Script(4);
    const port = script.sendable('t1', 'T1');
    const full = fullPort(script);
    const waiting = { options: ['receive-timeout'], timeout: 20 } as const;
    script.call(message('t2', null, { name: port }, waiting), blocked('t2'));
    script.call(message('t3', null, { name: port }, waiting), blocked('t3'));
    const sending = { options: ['send-timeout'], timeout: 3 } as const;
    script.call(message('t4', { to: header(full, 'copy-send') }, null, sending), blocked('t4'));
    script.expire('t3', raised('t3', 'MACH_RCV_TIMED_OUT'));
    script.call(message('t3', null, { name: port }, waiting), blocked('t3'));
    script.expire('t4');
    script.expire('t2', raised('t2', 'MACH_RCV_TIMED_OUT'));
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null),
      returned('t1', sent),
      returned('t3', arrived({ local: side(port, 'send') })),
    );
    await script.check();
  });

  it('does not let waits expire while others sleep', async () => {
    const script = new Script(2);
    const port = script.sendable('t1', 'T1');
    script.call(
      message('t2', null, { name: port }, { options: ['receive-timeout'], timeout: 1 }),
      blocked('t2'),
    );
    for (let count = 0; count < 20; count++) {
      script.call(
        { operation: 'thread_switch', thread: 't1', to: 0, option: 'wait', milliseconds: 0 },
        returned('t1'),
      );
      script.call(
        { operation: 'thread_switch', thread: 't1', to: 0, option: 'wait', milliseconds: 500 },
        blocked('t1'),
      );
      script.expire('t1', returned('t1'));
    }
    script.expire('t2', raised('t2', 'MACH_RCV_TIMED_OUT'));
    await script.check();
  });

  it('tells a receiver that its port has gone', async () => {
    const script = new Script(2);
    const died = script.allocate('t1', 'T1');
    script.call(message('t2', null, { name: died }), blocked('t2'));
    script.on('t1', 'T1', 'destroy', { name: died }, returned('t1'), raised('t2', 'MACH_RCV_PORT_DIED'));
    const changed = script.allocate('t1', 'T1');
    const set = script.allocate('t1', 'T1', 'port-set');
    script.call(message('t2', null, { name: changed }), blocked('t2'));
    script.on(
      't1',
      'T1',
      'move_member',
      { member: changed, set },
      returned('t1'),
      raised('t2', 'MACH_RCV_PORT_CHANGED'),
    );
    script.call(message('t2', null, { name: set }), blocked('t2'));
    script.on('t1', 'T1', 'destroy', { name: set }, returned('t1'), raised('t2', 'MACH_RCV_PORT_DIED'));
    await script.check();
  });

  it('lets a sender go when the port dies', async () => {
    const script = new Script(2);
    const port = fullPort(script);
    script.call(message('t2', { to: header(port, 'copy-send') }, null), blocked('t2'));
    script.on('t1', 'T1', 'destroy', { name: port }, returned('t1'), returned('t2', sent));
    await script.check();
  });

  it('breaks waits off', async () => {
    const script = new Script(3);
    const port = script.allocate('t1', 'T1');
    const full = fullPort(script);
    script.call(message('t2', null, { name: port }), blocked('t2'));
    script.call(message('t3', { to: header(full, 'copy-send') }, null), blocked('t3'));
    script.call(
      { operation: 'thread_abort', thread: 't1', target: 't2' },
      returned('t1'),
      raised('t2', 'MACH_RCV_INTERRUPTED'),
    );
    const aborted = {
      id: 7,
      remote: side(full, 'send'),
      local: noSide,
      complex: false,
      size: 24,
      sequence: 0,
      body: [],
    };
    script.call(
      { operation: 'thread_abort', thread: 't1', target: 't3' },
      returned('t1'),
      raised('t3', 'MACH_SEND_INTERRUPTED', aborted),
    );
    script.refs('t1', 'T1', full, 'send', 2);
    script.call({ operation: 'thread_abort', thread: 't1', target: 't2' }, returned('t1'));
    script.call(
      { operation: 'thread_abort', thread: 't1', target: 't1' },
      raised('t1', 'KERN_INVALID_ARGUMENT'),
    );
    await script.check();
  });

  it('sends although the queue is full, and tells when the message was accepted', async () => {
    const script = new Script(1);
    const port = fullPort(script);
    const notices = script.allocate('t1', 'T1');
    const forcing = { options: ['send-notify'], notify: notices } as const;
    script.call(
      message('t1', { to: header(port, 'copy-send'), id: 9 }, null, forcing),
      raised('t1', 'MACH_SEND_WILL_NOTIFY'),
    );
    script.type('t1', 'T1', port, 'send', 'receive', 'msg-accepted-request');
    const again = message('t1', { to: header(port, 'copy-send'), id: 10 }, null, forcing);
    script.call(
      again,
      raised('t1', 'MACH_SEND_NOTIFY_IN_PROGRESS', {
        id: 10,
        remote: side(port, 'send'),
        local: noSide,
        complex: false,
        size: 24,
        sequence: 0,
        body: [],
      }),
    );
    for (let count = 0; count < 6; count++) script.call(message('t1', null, { name: port }));
    script.call(
      message('t1', null, { name: notices }),
      returned(
        't1',
        arrived({
          id: 66,
          local: side(notices, 'send-once'),
          size: 32,
          body: [{ tag: 'name', name: port }],
        }),
      ),
    );
    await script.check();
  });

  it('gives a message back that cannot be forced', async () => {
    const script = new Script(1);
    const port = fullPort(script);
    const call = message('t1', { to: header(port, 'make-send') }, null, {
      options: ['send-notify'],
      notify: 99,
    });
    script.call(
      call,
      raised('t1', 'MACH_SEND_INVALID_NOTIFY', {
        id: 7,
        remote: side(port, 'send'),
        local: noSide,
        complex: false,
        size: 24,
        sequence: 0,
        body: [],
      }),
    );
    await script.check();
  });

  it('does both halves of a call in their order', async () => {
    const script = new Script(2);
    const full = fullPort(script);
    const port = script.sendable('t1', 'T1');
    script.call(message('t2', { to: header(full, 'copy-send') }, { name: port }), blocked('t2'));
    script.call(
      message('t1', null, { name: full }),
      returned('t1', arrived({ id: 0, local: side(full, 'send') })),
    );
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null),
      returned('t1', sent),
      returned('t2', arrived({ local: side(port, 'send') })),
    );
    await script.check();
  });

  it('keeps a suspended receiver from seeing its message until it is resumed', async () => {
    const script = new Script(2);
    const port = script.sendable('t1', 'T1');
    script.call(message('t2', null, { name: port }), blocked('t2'));
    script.call({ operation: 'thread_suspend', thread: 't1', target: 't2' }, returned('t1'));
    script.call(message('t1', { to: header(port, 'copy-send') }, null), returned('t1', sent));
    script.call(
      { operation: 'thread_resume', thread: 't1', target: 't2' },
      returned('t1'),
      returned('t2', arrived({ local: side(port, 'send') })),
    );
    await script.check();
  });

  it('lets a stopped receiver take what it was handed, once it is aborted or killed', async () => {
    for (const operation of ['thread_abort', 'thread_terminate']) {
      const script = new Script(2);
      const port = script.sendable('t1', 'T1');
      const gift = script.allocate('t1', 'T1');
      script.call(message('t2', null, { name: port }), blocked('t2'));
      script.call({ operation: 'thread_suspend', thread: 't1', target: 't2' }, returned('t1'));
      const body = [rights('make-send', gift)];
      script.call(message('t1', { to: header(port, 'copy-send'), body }, null), returned('t1', sent));
      script.type('t1', 'T1', gift, 'receive');
      script.call({ operation, thread: 't1', target: 't2' }, returned('t1'));
      script.type('t1', 'T1', gift, 'send', 'receive');
      await script.check();
    }
  });

  it('takes a stopped receiver out of the line when it is aborted', async () => {
    const script = new Script(2);
    const port = script.sendable('t1', 'T1');
    script.call(message('t2', null, { name: port }), blocked('t2'));
    script.call({ operation: 'thread_suspend', thread: 't1', target: 't2' }, returned('t1'));
    script.call({ operation: 'thread_abort', thread: 't1', target: 't2' }, returned('t1'));
    script.call(message('t1', { to: header(port, 'copy-send') }, null), returned('t1', sent));
    script.call(message('t1', null, { name: port }), returned('t1', arrived({ local: side(port, 'send') })));
    const interrupted = raised('t2', 'MACH_RCV_INTERRUPTED');
    script.call({ operation: 'thread_resume', thread: 't1', target: 't2' }, returned('t1'), interrupted);
    await script.check();
  });

  it('tells of an accepted message without a name when its sender is dead', async () => {
    const script = new Script(1, 1, 1);
    const port = script.allocate('t1', 'T1');
    script.on('t1', 'T1', 'set_qlimit', { name: port, limit: 0 }, returned('t1'));
    const send = script.give('t2', 'T1', port);
    const notices = script.allocate('t2', 'T2');
    const forcing = { options: ['send-notify'], notify: notices } as const;
    const forced = raised('t2', 'MACH_SEND_WILL_NOTIFY');
    script.call(message('t2', { to: header(send, 'copy-send') }, null, forcing), forced);
    const heir = script.on('t3', 'T2', 'extract_right', { name: notices, disposition: 'move-receive' });
    script.call({ operation: 'task_terminate', thread: 't1', task: 'T2' }, returned('t1'));
    script.call(message('t1', null, { name: port }), returned('t1', arrived({ local: side(port, 'send') })));
    const body = [{ tag: 'name', name: 0 }];
    const notice = arrived({ id: 66, local: side(heir, 'send-once'), size: 32, body });
    script.call(message('t3', null, { name: heir }), returned('t3', notice));
    await script.check();
  });

  it('waits in thread_switch whatever the hint names', async () => {
    const script = new Script(1);
    const set = script.allocate('t1', 'T1', 'port-set');
    for (const to of [0, set, 5555]) {
      const call = { operation: 'thread_switch', thread: 't1', to, option: 'wait', milliseconds: 50 } as const;
      script.call(call, blocked('t1'));
      script.expire('t1', returned('t1'));
    }
    await script.check();
  });

  it('ends a wait with its thread', async () => {
    const script = new Script(2, 1);
    const port = script.allocate('t3', 'T2');
    script.call(message('t3', null, { name: port }), blocked('t3'));
    script.call({ operation: 'thread_terminate', thread: 't1', target: 't3' }, returned('t1'));
    script.call(
      { operation: 'thread_terminate', thread: 't1', target: 't3' },
      raised('t1', 'MACH_SEND_INVALID_DEST'),
    );
    script.call({ operation: 'thread_terminate', thread: 't2', target: 't2' }, ended('t2'));
    await script.check();
  });
});
