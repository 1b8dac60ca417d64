import { describe, it } from 'vitest';
import type { Name, PlainCall } from './program.js';
import {
  arrived,
  blocked,
  header,
  isLeftOut,
  message,
  raised,
  receivedRights,
  returned,
  rights,
  Script,
  side,
  titled,
} from './script.testing.js';

type Kind = NonNullable<PlainCall['kind']>;

/** Asks for a notification on `name` to be sent to `notify`, both in the task of `thread`. */
const request = (kind: Kind, name: Name, notify: Name, sync = 0) => ({
  name,
  kind,
  sync,
  notify: header(notify, 'make-send-once') as never,
});

const cancel = (kind: Kind, name: Name, sync = 0) => request(kind, name, 0, sync);

const noticeOf = (id: number, port: Name, size: number, ...body: object[]) => ({
  id,
  local: side(port, 'send-once'),
  size,
  body,
});
const deadName = (port: Name, name: Name) => noticeOf(72, port, 32, { tag: 'name', name });
const portDeleted = (port: Name, name: Name) => noticeOf(65, port, 32, { tag: 'name', name });
const noSenders = (port: Name, count: number) => noticeOf(70, port, 32, { tag: 'count', count });
const sendOnce = (port: Name) => noticeOf(71, port, 24);

describe.skipIf(isLeftOut)(titled('notifications on GNU Mach'), () => {
  it('tells of a dead name', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t2', 'T2');
    const name = script.give('t1', 'T2', port);
    const notify = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('dead-name', name, notify),
      returned('t1', { previous: 0 }),
    );
    script.type('t1', 'T1', name, 'send', 'dead-name-request');
    script.on('t2', 'T2', 'destroy', { name: port }, returned('t2'));
    script.call(message('t1', null, { name: notify }), returned('t1', arrived(deadName(notify, name))));
    script.refs('t1', 'T1', name, 'dead-name', 2);
    await script.check();
  });

  it('tells that a name with a request is gone', async () => {
    const script = new Script(1, 1);
    const name = script.give('t1', 'T2', script.allocate('t2', 'T2'));
    const notify = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('dead-name', name, notify),
      returned('t1', { previous: 0 }),
    );
    script.on('t1', 'T1', 'deallocate', { name }, returned('t1'));
    script.call(message('t1', null, { name: notify }), returned('t1', arrived(portDeleted(notify, name))));
    await script.check();
  });

  it('gives back the request that was there before', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const notify = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('no-senders', port, notify, 1),
      returned('t1', { previous: 0 }),
    );
    const previous = script.on('t1', 'T1', 'request_notification', cancel('no-senders', port));
    script.type('t1', 'T1', previous, 'send-once');
    script.on('t1', 'T1', 'deallocate', { name: previous }, returned('t1'));
    script.call(message('t1', null, { name: notify }), returned('t1', arrived(sendOnce(notify))));
    await script.check();
  });

  it('tells that nobody can send any more', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t2', 'T2');
    const notify = script.allocate('t2', 'T2');
    const name = script.give('t1', 'T2', port);
    script.on(
      't2',
      'T2',
      'request_notification',
      request('no-senders', port, notify),
      returned('t2', { previous: 0 }),
    );
    script.call(message('t2', null, { name: notify }), blocked('t2'));
    script.on(
      't1',
      'T1',
      'deallocate',
      { name },
      returned('t1'),
      returned('t2', arrived(noSenders(notify, 1))),
    );
    await script.check();
  });

  it('tells it at once when it is so already', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const notify = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('no-senders', port, notify, 0),
      returned('t1', { previous: 0 }),
    );
    script.call(message('t1', null, { name: notify }), returned('t1', arrived(noSenders(notify, 0))));
    await script.check();
  });

  it('tells of a send-once right that was never used', async () => {
    const script = new Script(1, 1);
    const port = script.allocate('t2', 'T2');
    script.on('t1', 'T2', 'extract_right', { name: port, disposition: 'make-send-once' });
    script.call({ operation: 'task_terminate', thread: 't2', task: 'T1' }, returned('t2'));
    script.call(message('t2', null, { name: port }), returned('t2', arrived(sendOnce(port))));
    await script.check();
  });

  it('hands a port over when its task ends, with what is queued', async () => {
    const script = new Script(1, 1, 1);
    const port = script.sendable('t2', 'T2');
    const name = script.give('t3', 'T2', port);
    const backup = script.allocate('t1', 'T1');
    const notify = script.on('t2', 'T1', 'extract_right', { name: backup, disposition: 'make-send-once' });
    script.on(
      't2',
      'T2',
      'request_notification',
      {
        name: port,
        kind: 'port-destroyed',
        sync: 0,
        notify: header(notify, 'move-send-once') as never,
      },
      returned('t2', { previous: 0 }),
    );
    script.call(
      message('t3', { to: header(name, 'copy-send'), id: 41 }, null),
      returned('t3', { message: null }),
    );
    script.call(message('t1', null, { name: backup }), blocked('t1'));
    const handed = { call: script.next - 1, name: 2 };
    script.call(
      { operation: 'task_terminate', thread: 't3', task: 'T2' },
      returned('t3'),
      returned(
        't1',
        arrived({
          ...noticeOf(69, backup, 32, receivedRights('receive', handed)),
          complex: true,
        }),
      ),
    );
    script.call(
      message('t1', null, { name: handed }),
      returned('t1', arrived({ id: 41, local: side(handed, 'send') })),
    );
    script.call(
      message('t3', { to: header(name, 'copy-send'), id: 42 }, { name: 0 }),
      raised('t3', 'MACH_RCV_INVALID_NAME'),
    );
    script.call(
      message('t1', null, { name: handed }),
      returned('t1', arrived({ id: 42, local: side(handed, 'send'), sequence: 1 })),
    );
    await script.check();
  });

  it('refuses requests that make no sense, and uses their send-once right up', async () => {
    const script = new Script(1);
    const port = script.allocate('t1', 'T1');
    const set = script.allocate('t1', 'T1', 'port-set');
    const dead = script.allocate('t1', 'T1', 'dead-name');
    const notify = script.allocate('t1', 'T1');
    const refuse = (error: string, arguments_: ReturnType<typeof request>) =>
      script.on('t1', 'T1', 'request_notification', arguments_, raised('t1', error));
    refuse('KERN_INVALID_VALUE', request('other', port, notify));
    refuse('KERN_INVALID_VALUE', request('port-destroyed', port, notify, 1));
    refuse('KERN_INVALID_NAME', request('no-senders', 99, notify));
    refuse('KERN_INVALID_RIGHT', request('no-senders', dead, notify));
    refuse('KERN_INVALID_RIGHT', request('dead-name', set, notify));
    refuse('KERN_INVALID_ARGUMENT', request('dead-name', dead, notify));
    refuse('MACH_SEND_INVALID_RIGHT', request('dead-name', port, set));
    refuse('KERN_INVALID_CAPABILITY', request('dead-name', port, 0xffff_ffff));
    for (let sequence = 0; sequence < 6; sequence++) {
      script.call(
        message('t1', null, { name: notify }),
        returned('t1', arrived({ ...sendOnce(notify), sequence })),
      );
    }
    script.on(
      't1',
      'T1',
      'request_notification',
      request('dead-name', dead, notify, 1),
      returned('t1', { previous: 0 }),
    );
    script.call(
      message('t1', null, { name: notify }),
      returned('t1', arrived({ ...deadName(notify, dead), sequence: 6 })),
    );
    script.refs('t1', 'T1', dead, 'dead-name', 2);
    await script.check();
  });

  it('leaves a dead name where a send right should survive: a known defect of this kernel', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const backup = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('port-destroyed', port, backup),
      returned('t1', { previous: 0 }),
    );
    script.on('t1', 'T1', 'mod_refs', { name: port, right: 'receive', delta: -1 }, returned('t1'));
    script.type('t1', 'T1', port, 'dead-name');
    await script.check();
  });

  it('hands a port over out of a message that is destroyed', async () => {
    const script = new Script(1);
    const carrier = script.sendable('t1', 'T1');
    const port = script.sendable('t1', 'T1');
    const backup = script.allocate('t1', 'T1');
    script.on(
      't1',
      'T1',
      'request_notification',
      request('port-destroyed', port, backup),
      returned('t1', { previous: 0 }),
    );
    const body = [rights('move-receive', port)];
    script.call(
      message('t1', { to: header(carrier, 'copy-send'), body }, null),
      returned('t1', { message: null }),
    );
    script.on('t1', 'T1', 'destroy', { name: carrier }, returned('t1'));
    script.call(
      message('t1', null, { name: backup }),
      returned(
        't1',
        arrived({
          ...noticeOf(69, backup, 32, receivedRights('receive', port)),
          complex: true,
        }),
      ),
    );
    script.type('t1', 'T1', port, 'send', 'receive');
    await script.check();
  });
});
