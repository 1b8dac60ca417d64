import { describe, expect, it } from 'vitest';
import type { Disposition } from './program.js';
import {
  arrived,
  header,
  isLeftOut,
  message,
  noSide,
  raised,
  returned,
  Script,
  side,
  titled,
} from './script.testing.js';

describe.skipIf(isLeftOut)(titled('names and rights on GNU Mach'), () => {
  it('starts with empty name spaces', async () => {
    const script = new Script(1, 1);
    script.on('t1', 'T1', 'names', {}, returned('t1', { names: [] }));
    script.on('t1', 'T2', 'names', {}, returned('t1', { names: [] }));
    await script.check();
  });

  it('allocates what can be allocated', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1', 'receive');
    const set = script.allocate('t1', 'T1', 'port-set');
    const dead = script.allocate('t1', 'T1', 'dead-name');
    for (const right of ['send', 'send-once', 'other'] as const) {
      script.on('t1', 'T1', 'allocate', { right }, raised('t1', 'KERN_INVALID_VALUE'));
    }
    script.type('t1', 'T1', port, 'receive');
    script.type('t1', 'T1', set, 'port-set');
    script.type('t1', 'T1', dead, 'dead-name');
    script.on('t1', 'T1', 'allocate_name', { right: 'receive', name: 33 }, returned('t1'));
    script.on('t1', 'T1', 'allocate_name', { right: 'receive', name: 33 }, raised('t1', 'KERN_NAME_EXISTS'));
    script.on('t1', 'T1', 'allocate_name', { right: 'send', name: 33 }, raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T1', 'allocate_name', { right: 'receive', name: 0 }, raised('t1', 'KERN_INVALID_VALUE'));
    await script.check();
  });

  it('tells what it knows of a fresh port', async () => {
    const script = new Script(1);
    const name = script.allocate('t1', 'T1');
    const fresh = {
      set: 0,
      sequence: 0,
      makeSend: 0,
      queueLimit: 5,
      messages: 0,
      sendOnceRights: 0,
      sendRights: false,
      portDestroyedRequest: false,
      noSendersRequest: false,
    };
    script.on('t1', 'T1', 'get_receive_status', { name }, returned('t1', fresh));
    script.on('t1', 'T1', 'set_qlimit', { name, limit: 16 }, returned('t1'));
    script.on('t1', 'T1', 'set_qlimit', { name, limit: 17 }, raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T1', 'set_mscount', { name, makeSend: 9 }, returned('t1'));
    script.on('t1', 'T1', 'set_seqno', { name, sequence: 8 }, returned('t1'));
    const changed = { ...fresh, makeSend: 9, sequence: 8, queueLimit: 16 };
    script.on('t1', 'T1', 'get_receive_status', { name }, returned('t1', changed));
    await script.check();
  });

  it('counts references, up to the ceiling', async () => {
    const script = new Script(1);
    const name = script.sendable('t1', 'T1');
    script.refs('t1', 'T1', name, 'send', 1);
    script.refs('t1', 'T1', name, 'receive', 1);
    script.refs('t1', 'T1', name, 'dead-name', 0);
    script.on('t1', 'T1', 'get_refs', { name, right: 'other' }, raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: 65533 }, returned('t1'));
    script.refs('t1', 'T1', name, 'send', 65534);
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: 1 }, raised('t1', 'KERN_UREFS_OVERFLOW'));
    script.on(
      't1',
      'T1',
      'insert_right',
      { name, right: header(name, 'make-send') as never },
      raised('t1', 'KERN_UREFS_OVERFLOW'),
    );
    script.on(
      't1',
      'T1',
      'mod_refs',
      { name, right: 'send', delta: -65535 },
      raised('t1', 'KERN_INVALID_VALUE'),
    );
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: -65534 }, returned('t1'));
    script.type('t1', 'T1', name, 'receive');
    script.on('t1', 'T1', 'deallocate', { name }, raised('t1', 'KERN_INVALID_RIGHT'));
    script.on('t1', 'T1', 'mod_refs', { name, right: 'receive', delta: -1 }, returned('t1'));
    script.on('t1', 'T1', 'type', { name }, raised('t1', 'KERN_INVALID_NAME'));
    await script.check();
  });

  it('renames', async () => {
    const script = new Script(1);
    const name = script.sendable('t1', 'T1');
    script.on('t1', 'T1', 'rename', { name, to: 0 }, raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T1', 'rename', { name, to: name }, raised('t1', 'KERN_NAME_EXISTS'));
    script.on('t1', 'T1', 'rename', { name: 999, to: 44 }, raised('t1', 'KERN_INVALID_NAME'));
    script.on('t1', 'T1', 'rename', { name, to: 44 }, returned('t1'));
    script.on('t1', 'T1', 'type', { name }, raised('t1', 'KERN_INVALID_NAME'));
    script.type('t1', 'T1', 44, 'send', 'receive');
    await script.check();
  });

  it('keeps members in sets', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const set = script.allocate('t1', 'T1', 'port-set');
    script.on('t1', 'T1', 'get_set_status', { name: set }, returned('t1', { members: [] }));
    script.on('t1', 'T1', 'move_member', { member: port, set: 0 }, raised('t1', 'KERN_NOT_IN_SET'));
    script.on('t1', 'T1', 'move_member', { member: port, set: port }, raised('t1', 'KERN_INVALID_RIGHT'));
    script.on('t1', 'T1', 'move_member', { member: port, set }, returned('t1'));
    script.on('t1', 'T1', 'get_set_status', { name: set }, returned('t1', { members: [port] }));
    script.on('t1', 'T1', 'get_set_status', { name: port }, raised('t1', 'KERN_INVALID_RIGHT'));
    script.call(message('t1', null, { name: port }), raised('t1', 'MACH_RCV_IN_SET'));
    script.on('t1', 'T1', 'destroy', { name: set }, returned('t1'));
    const polled = message('t1', null, { name: port }, { options: ['receive-timeout'] });
    script.call(polled, raised('t1', 'MACH_RCV_TIMED_OUT'));
    await script.check();
  });

  it('inserts every right there is', async () => {
    const script = new Script(1, 1);
    const port = script.sendable('t1', 'T1');
    const insert = (name: number, disposition: Disposition | 'other') =>
      script.on(
        't1',
        'T2',
        'insert_right',
        { name, right: { name: port, disposition } as never },
        returned('t1'),
      );
    insert(11, 'make-send-once');
    script.type('t1', 'T2', 11, 'send-once');
    insert(12, 'copy-send');
    script.type('t1', 'T2', 12, 'send');
    insert(12, 'make-send');
    insert(12, 'move-send');
    script.refs('t1', 'T2', 12, 'send', 3);
    script.type('t1', 'T1', port, 'receive');
    const again = { name: 14, right: header(port, 'make-send') as never };
    script.on('t1', 'T2', 'insert_right', again, raised('t1', 'KERN_RIGHT_EXISTS'));
    insert(12, 'move-receive');
    script.type('t1', 'T2', 12, 'send', 'receive');
    script.on('t1', 'T1', 'type', { name: port }, raised('t1', 'KERN_INVALID_NAME'));
    await script.check();
  });

  it('refuses to insert what is no right, and destroys what it had been given', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t1', 'T1');
    const notify = script.allocate('t1', 'T1');
    const insert = (name: number, disposition: Disposition | 'other', from = port) => ({
      name,
      right: { name: from, disposition } as never,
    });
    script.on('t1', 'T2', 'insert_right', insert(12, 'other'), raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T2', 'insert_right', insert(0, 'make-send'), raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T2', 'insert_right', insert(12, 'copy-send'), raised('t1', 'MACH_SEND_INVALID_RIGHT'));
    script.on(
      't1',
      'T2',
      'insert_right',
      insert(12, 'copy-send', 0),
      raised('t1', 'KERN_INVALID_CAPABILITY'),
    );
    script.on(
      't1',
      'T2',
      'insert_right',
      insert(0, 'make-send-once', notify),
      raised('t1', 'KERN_INVALID_VALUE'),
    );
    script.call(
      message('t1', null, { name: notify }),
      returned('t1', arrived({ id: 71, local: side(notify, 'send-once') })),
    );
    script.on('t1', 'T2', 'insert_right', insert(0, 'move-receive'), raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T1', 'type', { name: port }, raised('t1', 'KERN_INVALID_NAME'));
    await script.check();
  });

  it('extracts every right there is', async () => {
    const script = new Script(1, 1);
    const port = script.sendable('t2', 'T2');
    const extract = (disposition: Disposition, kind: string) => {
      const call = {
        operation: 'mach_port_extract_right',
        thread: 't1',
        task: 'T2',
        name: port,
        disposition,
      } as const;
      const answer = script.call(call);
      return { answer, kind };
    };
    const once = extract('make-send-once', 'send-once');
    const made = extract('make-send', 'send');
    const copied = extract('copy-send', 'send');
    const moved = extract('move-send', 'send');
    const receive = extract('move-receive', 'receive');
    script.type('t1', 'T1', once.answer, 'send-once');
    script.type('t1', 'T1', made.answer, 'send', 'receive');
    script.refs('t1', 'T1', made.answer, 'send', 3);
    script.on('t1', 'T2', 'type', { name: port }, raised('t1', 'KERN_INVALID_NAME'));
    const { steps } = await script.check();
    for (const { answer, kind } of [once, made, copied, moved, receive]) {
      expect(steps[answer.call]!.events[0]).toMatchObject({ tag: 'returned', value: { kind } });
    }
  });

  it('refuses to extract what is not there', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t1', 'T2');
    const dead = script.allocate('t1', 'T2', 'dead-name');
    const extract = (name: typeof port, disposition: Disposition | 'other') => ({ name, disposition });
    script.on('t1', 'T2', 'extract_right', extract(port, 'other'), raised('t1', 'KERN_INVALID_VALUE'));
    script.on('t1', 'T2', 'extract_right', extract(99, 'copy-send'), raised('t1', 'KERN_INVALID_NAME'));
    script.on('t1', 'T2', 'extract_right', extract(port, 'copy-send'), raised('t1', 'KERN_INVALID_RIGHT'));
    script.on(
      't1',
      'T2',
      'extract_right',
      extract(dead, 'copy-send'),
      returned('t1', { name: 0xffff_ffff, kind: 'send' }),
    );
    await script.check();
  });

  it('takes a right out of the very task that asks', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const self = script.call({ operation: 'mach_task_self', thread: 't1' });
    const right = script.on(
      't1',
      'T1',
      'extract_right',
      { name: self, disposition: 'copy-send' },
      returned('t1', { name: self, kind: 'send' }),
    );
    script.refs('t1', 'T1', right, 'send', 2);
    const send = script.on(
      't1',
      self,
      'extract_right',
      { name: port, disposition: 'make-send' },
      returned('t1', { name: port, kind: 'send' }),
    );
    script.type('t1', 'T1', send, 'send', 'receive');
    script.on(
      't1',
      'T1',
      'names',
      {},
      returned('t1', {
        names: [
          { name: port, type: ['send', 'receive'] },
          { name: self, type: ['send'] },
        ],
      }),
    );
    await script.check();
  });

  it('keeps dead names', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t2', 'T2');
    const name = script.give('t1', 'T2', port);
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: 2 }, returned('t1'));
    script.on('t2', 'T2', 'destroy', { name: port }, returned('t2'));
    script.on('t1', 'T1', 'names', {}, returned('t1', { names: [{ name, type: ['dead-name'] }] }));
    script.refs('t1', 'T1', name, 'dead-name', 3);
    script.refs('t1', 'T1', name, 'send', 0);
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: -1 }, raised('t1', 'KERN_INVALID_RIGHT'));
    script.call(
      message('t1', { to: header(name, 'copy-send') }, null),
      raised('t1', 'MACH_SEND_INVALID_DEST'),
    );
    script.on('t1', 'T1', 'deallocate', { name }, returned('t1'));
    script.on('t1', 'T1', 'mod_refs', { name, right: 'dead-name', delta: 65533 }, returned('t1'));
    script.refs('t1', 'T1', name, 'dead-name', 65535);
    script.on(
      't1',
      'T1',
      'mod_refs',
      { name, right: 'dead-name', delta: 1 },
      raised('t1', 'KERN_UREFS_OVERFLOW'),
    );
    await script.check();
  });

  it('calls a task by name, whatever the name denotes', async () => {
    const script = new Script(1, 1);
    const self = script.call({ operation: 'mach_task_self', thread: 't1' });
    const port = script.on('t1', self, 'allocate', { right: 'receive' });
    script.type('t1', 'T1', port, 'receive');
    script.on(
      't1',
      self,
      'names',
      {},
      returned('t1', {
        names: [
          { name: self, type: ['send'] },
          { name: port, type: ['receive'] },
        ],
      }),
    );
    script.on('t1', 77, 'allocate', { right: 'receive' }, raised('t1', 'MACH_SEND_INVALID_DEST'));
    script.on('t1', port, 'allocate', { right: 'receive' }, raised('t1', 'MACH_SEND_INVALID_DEST'));
    script.on('t1', 0, 'names', {}, raised('t1', 'MACH_SEND_INVALID_DEST'));
    const thread = script.call({ operation: 'mach_thread_self', thread: 't1' });
    script.on('t1', thread, 'allocate', { right: 'receive' }, raised('t1', 'KERN_INVALID_TASK'));
    const host = script.call({ operation: 'mach_host_self', thread: 't1' });
    script.on('t1', host, 'names', {}, raised('t1', 'KERN_INVALID_TASK'));
    script.on('t1', self, 'get_set_status', { name: port }, raised('t1', 'KERN_INVALID_RIGHT'));
    script.on('t1', self, 'destroy', { name: port }, returned('t1'));
    await script.check();
  });

  it('gives a reply port on request', async () => {
    const script = new Script(1);
    const port = script.call({ operation: 'mach_reply_port', thread: 't1' });
    script.type('t1', 'T1', port, 'receive');
    script.call(
      message('t1', { to: header(port, 'make-send-once') }, { name: port }),
      returned('t1', arrived({ remote: noSide, local: side(port, 'send-once') })),
    );
    await script.check();
  });
});
