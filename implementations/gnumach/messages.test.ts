import { describe, it } from 'vitest';
import type { SentItem } from './program.js';
import {
  arrived,
  data,
  header,
  isLeftOut,
  message,
  none,
  raised,
  receivedRights,
  returned,
  rights,
  Script,
  side,
  titled,
} from './script.testing.js';

const polling = { options: ['receive-timeout'] } as const;

describe.skipIf(isLeftOut)(titled('messages on GNU Mach'), () => {
  it('does nothing when asked for nothing', async () => {
    const script = new Script(1);
    script.call(message('t1', null, null), returned('t1', { message: null }));
    await script.check();
  });

  it('carries data, in short and long form', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const long: SentItem = {
      tag: 'data',
      type: 2,
      bits: 32,
      bytes: '0102030405060708',
      long: true,
      deallocate: false,
    };
    const body = [data('c0ffee'), long];
    script.call(
      message('t1', { to: header(port, 'copy-send'), body, id: -5 }, { name: port }),
      returned(
        't1',
        arrived({
          id: -5,
          local: side(port, 'send'),
          size: 24 + 8 + 12 + 8,
          body: [
            { tag: 'data', type: 9, bits: 8, bytes: 'c0ffee', long: false },
            { tag: 'data', type: 2, bits: 32, bytes: '0102030405060708', long: true },
          ],
        }),
      ),
    );
    await script.check();
  });

  it('numbers messages per port and shows which port they came from', async () => {
    const script = new Script(1);
    const first = script.sendable('t1', 'T1');
    const second = script.sendable('t1', 'T1');
    const set = script.allocate('t1', 'T1', 'port-set');
    for (const member of [first, second])
      script.on('t1', 'T1', 'move_member', { member, set }, returned('t1'));
    for (const port of [second, first, second]) {
      script.call(message('t1', { to: header(port, 'copy-send') }, null), returned('t1', { message: null }));
    }
    for (const [port, sequence] of [
      [second, 0],
      [first, 0],
      [second, 1],
    ] as const) {
      script.call(
        message('t1', null, { name: set }),
        returned('t1', arrived({ local: side(port, 'send'), sequence })),
      );
    }
    script.call(message('t1', null, { name: set }, polling), raised('t1', 'MACH_RCV_TIMED_OUT'));
    await script.check();
  });

  it('carries every right', async () => {
    const script = new Script(1, 1);
    const inbox = script.allocate('t2', 'T2');
    const to = script.give('t1', 'T2', inbox);
    const port = script.sendable('t1', 'T1');
    const send = (...body: SentItem[]) =>
      script.call(
        message('t1', { to: header(to, 'copy-send'), body }, null),
        returned('t1', { message: null }),
      );
    send(rights('copy-send', port), rights('make-send', port, port), rights('make-send-once', port));
    send(rights('move-send', port), rights('move-receive', port));
    script.on('t1', 'T1', 'type', { name: port }, raised('t1', 'KERN_INVALID_NAME'));
    const place = script.call(message('t2', null, { name: inbox }));
    const sent = { call: place.call, name: 2 };
    const once = { call: place.call, name: 5 };
    script.refs('t2', 'T2', sent, 'send', 3);
    script.type('t2', 'T2', once, 'send-once');
    script.call(
      message('t2', null, { name: inbox }),
      returned(
        't2',
        arrived({
          local: side(inbox, 'send'),
          complex: true,
          sequence: 1,
          size: 40,
          body: [receivedRights('send', sent), receivedRights('receive', sent)],
        }),
      ),
    );
    script.refs('t2', 'T2', sent, 'send', 4);
    script.type('t2', 'T2', sent, 'send', 'receive');
    await script.check();
  });

  it('carries arrays of rights, null and dead among them', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const dead = script.allocate('t1', 'T1', 'dead-name');
    const names = [0, port, 0xffff_ffff, dead];
    const item: SentItem = {
      tag: 'rights',
      disposition: 'copy-send',
      names,
      bits: 32,
      long: true,
      deallocate: false,
    };
    script.call(
      message('t1', { to: header(port, 'copy-send'), body: [item] }, { name: port }),
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          complex: true,
          size: 24 + 12 + 16,
          body: [{ tag: 'rights', kind: 'send', names: [0, port, 0xffff_ffff, 0xffff_ffff], long: true }],
        }),
      ),
    );
    const empty = message(
      't1',
      { to: header(port, 'copy-send'), body: [rights('copy-send')] },
      { name: port },
    );
    script.call(
      empty,
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          complex: true,
          size: 28,
          sequence: 1,
          body: [receivedRights('send')],
        }),
      ),
    );
    await script.check();
  });

  it('takes the complex bit away from a message without rights', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const sending = { to: header(port, 'copy-send'), body: [data('01020304')], complex: true };
    script.call(
      message('t1', sending, { name: port }),
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          size: 32,
          body: [{ tag: 'data', type: 9, bits: 8, bytes: '01020304', long: false }],
        }),
      ),
    );
    await script.check();
  });

  it('carries names for bytes in a simple message', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const uninterpreted = (disposition: string, ...names: (typeof port)[]) => ({
      tag: 'uninterpreted',
      disposition,
      names,
      long: false,
    });
    const sending = {
      to: header(port, 'copy-send'),
      complex: false,
      body: [rights('make-send', port, 99), rights('move-receive', 5)],
    };
    script.call(
      message('t1', sending, { name: port }),
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          size: 44,
          body: [uninterpreted('make-send', port, 99), uninterpreted('move-receive', 5)],
        }),
      ),
    );
    script.call(
      message('t1', { ...sending, size: 36 }, { name: port }),
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          size: 36,
          sequence: 1,
          body: [uninterpreted('make-send', port, 99)],
        }),
      ),
    );
    await script.check();
  });

  it('carries reply rights, whatever they denote', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const to = header(port, 'copy-send');
    const answer = { local: side(port, 'send') };
    script.call(
      message('t1', { to, reply: header(port, 'make-send') }, { name: port }),
      returned('t1', arrived({ ...answer, remote: side(port, 'send') })),
    );
    const once = script.call(message('t1', { to, reply: header(port, 'make-send-once') }, { name: port }));
    script.type('t1', 'T1', once, 'send-once');
    script.call(
      message('t1', { to, reply: header(0, 'copy-send') }, { name: port }),
      returned('t1', arrived({ ...answer, sequence: 2, remote: side(0, 'send') })),
    );
    script.call(
      message('t1', { to, reply: header(0xffff_ffff, 'make-send-once') }, { name: port }),
      returned('t1', arrived({ ...answer, sequence: 3, remote: side(0xffff_ffff, 'send-once') })),
    );
    await script.check();
  });

  it('refuses bad headers and does nothing', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const send = (error: string, ...[sending]: [Parameters<typeof message>[1]]) =>
      script.call(message('t1', sending, null), raised('t1', error));
    send('MACH_SEND_INVALID_HEADER', { to: { name: port, disposition: null } });
    send('MACH_SEND_INVALID_HEADER', { to: header(port, 'move-receive') });
    send('MACH_SEND_INVALID_HEADER', { to: header(port, 'make-send'), reply: header(port, 'move-receive') });
    send('MACH_SEND_INVALID_HEADER', {
      to: header(port, 'make-send'),
      reply: { name: 0xffff_ffff, disposition: null },
    });
    send('MACH_SEND_INVALID_DEST', { to: header(port, 'copy-send') });
    send('MACH_SEND_INVALID_DEST', { to: header(0, 'copy-send') });
    send('MACH_SEND_INVALID_DEST', { to: header(99, 'copy-send') });
    send('MACH_SEND_INVALID_REPLY', { to: header(port, 'make-send'), reply: header(99, 'copy-send') });
    send('MACH_SEND_MSG_TOO_SMALL', { to: header(port, 'make-send'), size: 20 });
    send('MACH_SEND_MSG_TOO_SMALL', { to: header(port, 'make-send'), size: 26 });
    script.call(message('t1', null, { name: port }, polling), raised('t1', 'MACH_RCV_TIMED_OUT'));
    await script.check();
  });

  it('destroys what it had taken of a message with a bad body', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const notices = script.allocate('t1', 'T1');
    const bad = (error: string, body: SentItem[], size: number | null = null) => {
      const sending = { to: header(port, 'copy-send'), reply: header(notices, 'make-send-once'), body, size };
      script.call(message('t1', { ...sending, complex: true }, null), raised('t1', error));
      script.call(message('t1', null, { name: notices }));
    };
    bad('MACH_SEND_INVALID_RIGHT', [rights('copy-send', 99)]);
    bad('MACH_SEND_INVALID_TYPE', [{ ...rights('copy-send', port), bits: 16 }]);
    bad('MACH_SEND_INVALID_TYPE', [{ ...data('01020304'), deallocate: true }]);
    bad('MACH_SEND_MSG_TOO_SMALL', [rights('copy-send', port)], 28);
    script.refs('t1', 'T1', port, 'send', 1);
    script.on(
      't1',
      'T1',
      'get_receive_status',
      { name: notices },
      returned('t1', {
        set: 0,
        sequence: 4,
        makeSend: 0,
        queueLimit: 5,
        messages: 0,
        sendOnceRights: 0,
        sendRights: false,
        portDestroyedRequest: false,
        noSendersRequest: false,
      }),
    );
    await script.check();
  });

  it('destroys a message that is too large, and tells its header', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const notices = script.allocate('t1', 'T1');
    const sending = {
      to: header(port, 'copy-send'),
      reply: header(notices, 'make-send-once'),
      body: [rights('make-send', port)],
    };
    script.call(message('t1', sending, null), returned('t1', { message: null }));
    script.call(
      message('t1', null, { name: port, size: 28 }),
      raised('t1', 'MACH_RCV_TOO_LARGE', {
        tag: 'destroyed',
        header: {
          id: 7,
          remote: side(0, 'send-once'),
          local: side(port, 'send'),
          complex: true,
          size: 32,
          sequence: 0,
        },
      }),
    );
    script.call(
      message('t1', null, { name: notices }),
      returned('t1', arrived({ id: 71, local: side(notices, 'send-once') })),
    );
    await script.check();
  });

  it('keeps a message that is too large, when asked to', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    script.call(message('t1', { to: header(port, 'copy-send'), body: [data('0102030405')] }, null));
    script.call(
      message('t1', null, { name: port, size: 32 }, { options: ['receive-large'] }),
      raised('t1', 'MACH_RCV_TOO_LARGE', { tag: 'kept', size: 36 }),
    );
    script.call(
      message('t1', null, { name: port, size: 36 }, { options: ['receive-large'] }),
      returned(
        't1',
        arrived({
          local: side(port, 'send'),
          size: 36,
          body: [{ tag: 'data', type: 9, bits: 8, bytes: '0102030405', long: false }],
        }),
      ),
    );
    await script.check();
  });

  it('refuses to receive where nothing can be received', async () => {
    const script = new Script(1, 1);
    const send = script.give('t1', 'T2', script.allocate('t2', 'T2'));
    const dead = script.allocate('t1', 'T1', 'dead-name');
    for (const name of [0, 99, 0xffff_ffff, send, dead]) {
      script.call(message('t1', null, { name }), raised('t1', 'MACH_RCV_INVALID_NAME'));
    }
    await script.check();
  });

  it('asks for word of the death of a reply right as it is received', async () => {
    const script = new Script(1, 1);
    const inbox = script.allocate('t2', 'T2');
    const notices = script.allocate('t2', 'T2');
    const to = script.give('t1', 'T2', inbox);
    const reply = script.allocate('t1', 'T1');
    const sending = { to: header(to, 'copy-send'), reply: header(reply, 'make-send-once') };
    script.call(message('t1', sending, null));
    const got = script.call(
      message('t2', null, { name: inbox }, { options: ['receive-notify'], notify: notices }),
    );
    script.type('t2', 'T2', got, 'send-once', 'dead-name-request');
    script.on('t1', 'T1', 'destroy', { name: reply }, returned('t1'));
    script.call(
      message('t2', null, { name: notices }),
      returned(
        't2',
        arrived({
          id: 72,
          local: side(notices, 'send-once'),
          size: 32,
          body: [{ tag: 'name', name: got }],
        }),
      ),
    );
    script.refs('t2', 'T2', got, 'dead-name', 2);
    await script.check();
  });

  it('destroys a message received with a bad notify port, and tells its header', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const sending = { to: header(port, 'copy-send'), reply: header(port, 'make-send-once') };
    script.call(message('t1', sending, null));
    const seen = {
      id: 7,
      remote: side(0, 'send-once'),
      local: side(port, 'send'),
      complex: false,
      size: 24,
      sequence: 0,
    };
    script.call(
      message('t1', null, { name: port }, { options: ['receive-notify'], notify: 99 }),
      raised('t1', 'MACH_RCV_INVALID_NOTIFY', seen),
    );
    script.call(
      message('t1', null, { name: port }),
      returned('t1', arrived({ id: 71, local: side(port, 'send-once'), sequence: 1 })),
    );
    await script.check();
  });

  it('looks at the notify port of send-cancel before anything else is done', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null, { options: ['send-cancel'], notify: 99 }),
      raised('t1', 'MACH_SEND_INVALID_NOTIFY'),
    );
    script.call(
      message('t1', { to: header(port, 'copy-send') }, null, { options: ['send-cancel'], notify: port }),
      returned('t1', { message: null }),
    );
    await script.check();
  });

  it('answers a request it does not know', async () => {
    const script = new Script(1);
    const self = script.call({ operation: 'mach_task_self', thread: 't1' });
    const port = script.allocate('t1', 'T1');
    const sending = { to: header(self, 'copy-send'), reply: header(port, 'make-send-once'), id: 55 };
    script.call(
      message('t1', sending, { name: port }),
      returned(
        't1',
        arrived({
          id: 155,
          local: side(port, 'send-once'),
          size: 32,
          body: [{ tag: 'code', code: 'MIG_BAD_ID' }],
        }),
      ),
    );
    await script.check();
  });

  it('destroys a circle of receive rights', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const sending = { to: header(port, 'copy-send'), reply: none, body: [rights('move-receive', port)] };
    script.call(message('t1', sending, null), returned('t1', { message: null }));
    script.type('t1', 'T1', port, 'dead-name');
    await script.check();
  });
});
