import { describe, expect, it } from 'vitest';
import type { Name } from './program.js';
import {
  arrived,
  blocked,
  ended,
  header,
  isLeftOut,
  message,
  raised,
  returned,
  Script,
  side,
  titled,
} from './script.testing.js';

/** A call about a thread, by `t1`. */
const on = (operation: string, target: string) => ({ operation, thread: 't1', target });

const ofTask = (which: 'self' | 'exception' | 'bootstrap' | 'other') => ({
  operation: 'task_get_special_port',
  thread: 't1',
  task: 'T1',
  which,
});
const ofThread = (which: 'self' | 'exception' | 'other') => ({
  operation: 'thread_get_special_port',
  thread: 't1',
  target: 't2',
  which,
});

const yielding = (to: Name, option: 'none' | 'depress' | 'wait' | 'other', milliseconds: number) => ({
  operation: 'thread_switch',
  thread: 't1',
  to,
  option,
  milliseconds,
});

const unsupported = (thread: string, why: string) => ({ tag: 'unsupported', thread, why }) as const;

describe.skipIf(isLeftOut)(titled('tasks and threads on GNU Mach'), () => {
  it('counts how often a thread was suspended', async () => {
    const script = new Script(2);
    script.call(on('thread_resume', 't2'), raised('t1', 'KERN_FAILURE'));
    script.call(on('thread_suspend', 't2'), returned('t1'));
    script.call(on('thread_suspend', 't2'), returned('t1'));
    script.call(on('thread_abort', 't2'), returned('t1'));
    script.call(on('thread_resume', 't2'), returned('t1'));
    script.call(on('thread_resume', 't2'), returned('t1'));
    script.call(on('thread_resume', 't2'), raised('t1', 'KERN_FAILURE'));
    script.call({ operation: 'swtch', thread: 't2' }, returned('t2'));
    await script.check();
  });

  it('stops a thread that suspends itself until it is resumed', async () => {
    const script = new Script(2, 1);
    script.call({ operation: 'thread_suspend', thread: 't2', target: 't2' }, blocked('t2'));
    script.on('t1', 'T1', 'names', {}, returned('t1', { names: [] }));
    script.call({ operation: 'thread_resume', thread: 't3', target: 't2' }, returned('t3'), returned('t2'));
    const self = script.call({ operation: 'mach_thread_self', thread: 't2' });
    script.call({ operation: 'thread_suspend', thread: 't2', target: self }, blocked('t2'));
    script.on('t1', 'T1', 'names', {}, returned('t1', { names: [{ name: self, type: ['send'] }] }));
    script.call({ operation: 'thread_resume', thread: 't1', target: self }, returned('t1'), returned('t2'));
    await script.check();
  });

  it('stops a whole task', async () => {
    const script = new Script(2, 1);
    script.call({ operation: 'task_suspend', thread: 't1', task: 'T1' }, blocked('t1'));
    script.call({ operation: 'task_suspend', thread: 't3', task: 'T1' }, returned('t3'));
    script.call({ operation: 'task_resume', thread: 't3', task: 'T1' }, returned('t3'));
    script.call({ operation: 'task_resume', thread: 't3', task: 'T1' }, returned('t3'), returned('t1'));
    script.call({ operation: 'task_resume', thread: 't3', task: 'T1' }, raised('t3', 'KERN_FAILURE'));
    script.call({ operation: 'swtch', thread: 't2' }, returned('t2'));
    await script.check();
  });

  it('does not let a suspended thread call', async () => {
    const script = new Script(2);
    script.call({ operation: 'thread_suspend', thread: 't1', target: 't2' }, returned('t1'));
    script.call({ operation: 'swtch', thread: 't2' }, unsupported('t2', 'the thread is suspended'));
    await expect(script.check()).rejects.toThrow('the thread is suspended');
  });

  it('ends tasks, its own among them', async () => {
    const script = new Script(2, 2);
    const port = script.sendable('t3', 'T2');
    const name = script.give('t1', 'T2', port);
    script.call(message('t4', null, { name: port }), blocked('t4'));
    script.call({ operation: 'task_terminate', thread: 't3', task: 'T2' }, ended('t3'));
    script.type('t1', 'T1', name, 'dead-name');
    script.call(
      { operation: 'task_terminate', thread: 't1', task: 'T2' },
      raised('t1', 'MACH_SEND_INVALID_DEST'),
    );
    script.on('t1', 'T2', 'allocate', { right: 'receive' }, raised('t1', 'MACH_SEND_INVALID_DEST'));
    script.on(
      't1',
      'T2',
      'extract_right',
      { name: port, disposition: 'make-send' },
      raised('t1', 'MACH_SEND_INVALID_DEST'),
    );
    script.on('t1', 'T1', 'names', {}, returned('t1', { names: [{ name, type: ['dead-name'] }] }));
    script.call(
      { operation: 'thread_resume', thread: 't1', target: 't4' },
      raised('t1', 'MACH_SEND_INVALID_DEST'),
    );
    await script.check();
  });

  it('ends another task with many threads', async () => {
    const script = new Script(1, 12);
    script.call({ operation: 'task_terminate', thread: 't1', task: 'T2' }, returned('t1'));
    script.call({ operation: 'task_terminate', thread: 't1', task: 'T1' }, ended('t1'));
    await script.check();
  });

  it('reaches a task whose name has as many references as there can be', async () => {
    const script = new Script(1, 1);
    const name = script.call({
      operation: 'task_create',
      thread: 't1',
      task: 'T1',
      inherit: false,
      child: 'T3',
    });
    const port = script.allocate('t1', 'T1');
    script.on('t1', 'T1', 'mod_refs', { name, right: 'send', delta: 65533 }, returned('t1'));
    script.on(
      't1',
      'T3',
      'insert_right',
      { name: 5, right: header(port, 'make-send') as never },
      returned('t1'),
    );
    script.on('t1', 'T1', 'rename', { name, to: 77 }, returned('t1'));
    script.on(
      't1',
      'T3',
      'insert_right',
      { name: 6, right: header(port, 'make-send-once') as never },
      returned('t1'),
    );
    script.refs('t1', 'T1', 77, 'send', 65534);
    await script.check();
  });

  it('makes tasks that share nothing but what the template passes on', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const self = script.call({ operation: 'mach_task_self', thread: 't1' });
    script.call(
      {
        operation: 'task_set_special_port',
        thread: 't1',
        task: 'T1',
        which: 'bootstrap',
        port: header(port, 'copy-send') as never,
      },
      returned('t1'),
    );
    script.call(
      {
        operation: 'mach_ports_register',
        thread: 't1',
        task: 'T1',
        ports: { names: [port], disposition: 'make-send' },
      },
      returned('t1'),
    );
    for (const [child, inherit] of [
      ['T2', true],
      ['T3', false],
    ] as const) {
      const name = script.call({ operation: 'task_create', thread: 't1', task: 'T1', inherit, child });
      script.type('t1', 'T1', name, 'send');
      script.on('t1', child, 'names', {}, returned('t1', { names: [] }));
      script.call(
        { operation: 'task_get_special_port', thread: 't1', task: child, which: 'bootstrap' },
        returned('t1', { name: port }),
      );
      script.call(
        { operation: 'mach_ports_lookup', thread: 't1', task: name },
        returned('t1', { names: [port, 0, 0, 0] }),
      );
    }
    script.call({ operation: 'task_create', thread: 't1', task: self, inherit: true, child: 'T4' });
    script.on('t1', 'T4', 'allocate', { right: 'receive' }, returned('t1', { name: 1 }));
    await script.check();
  });

  it('makes threads that call like any other', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const self = script.call({ operation: 'mach_task_self', thread: 't1' });
    const thread = script.call({ operation: 'thread_create', thread: 't1', task: 'T1', child: 't2' });
    const named = script.call({ operation: 'thread_create', thread: 't1', task: self, child: 't3' });
    script.call({ operation: 'thread_resume', thread: 't1', target: thread }, returned('t1'));
    script.call({ operation: 'thread_resume', thread: 't1', target: 't2' }, raised('t1', 'KERN_FAILURE'));
    script.call({ operation: 'mach_thread_self', thread: 't2' }, returned('t2', { name: thread }));
    script.call({ operation: 'thread_resume', thread: 't2', target: 't3' }, returned('t2'));
    script.call({ operation: 'mach_thread_self', thread: 't3' }, returned('t3', { name: named }));
    script.call(message('t3', null, { name: port }), blocked('t3'));
    script.call(
      message('t2', { to: header(port, 'copy-send') }, null),
      returned('t2', { message: null }),
      returned('t3', arrived({ local: side(port, 'send') })),
    );
    script.call({ operation: 'task_create', thread: 't1', task: 'T1', inherit: true, child: 'T2' });
    script.call({ operation: 'thread_create', thread: 't1', task: 'T2', child: 't4' });
    script.call({ operation: 'thread_resume', thread: 't1', target: 't4' }, returned('t1'));
    script.call({ operation: 'mach_task_self', thread: 't4' }, returned('t4', { name: 1 }));
    await script.check();
  });

  it('makes threads in tasks of their own memory, which can only be handled', async () => {
    const script = new Script(1);
    script.call({ operation: 'task_create', thread: 't1', task: 'T1', inherit: false, child: 'T2' });
    script.call({ operation: 'thread_create', thread: 't1', task: 'T2', child: 't2' });
    script.call(on('thread_resume', 't2'), returned('t1'));
    script.call(on('thread_resume', 't2'), raised('t1', 'KERN_FAILURE'));
    script.call(on('thread_abort', 't2'), returned('t1'));
    script.call(on('thread_suspend', 't2'), returned('t1'));
    script.call({ operation: 'task_create', thread: 't1', task: 'T2', inherit: true, child: 'T3' });
    script.call({ operation: 'thread_create', thread: 't1', task: 'T3', child: 't3' });
    script.call({ operation: 'thread_resume', thread: 't1', target: 't3' }, returned('t1'));
    script.call({ operation: 'thread_terminate', thread: 't1', target: 't3' }, returned('t1'));
    await script.check();
  });

  it('keeps special ports', async () => {
    const script = new Script(1);
    const port = script.sendable('t1', 'T1');
    const set = (which: 'self' | 'exception' | 'other') =>
      ({
        operation: 'task_set_special_port',
        thread: 't1',
        task: 'T1',
        which,
        port: header(port, 'make-send') as never,
      }) as const;
    script.call(ofTask('exception'), returned('t1', { name: 0 }));
    script.call(ofTask('bootstrap'), returned('t1', { name: 0 }));
    script.call(ofTask('other'), raised('t1', 'KERN_INVALID_ARGUMENT'));
    script.call(set('other'), raised('t1', 'KERN_INVALID_ARGUMENT'));
    script.call(set('exception'), returned('t1'));
    script.call(ofTask('exception'), returned('t1', { name: port }));
    script.call(set('self'), returned('t1'));
    script.call({ operation: 'mach_task_self', thread: 't1' }, returned('t1', { name: port }));
    script.on('t1', 'T1', 'allocate', { right: 'receive' });
    await script.check();
  });

  it('keeps the special ports of threads', async () => {
    const script = new Script(2);
    const port = script.sendable('t1', 'T1');
    const set = (which: 'self' | 'exception' | 'other') =>
      ({
        operation: 'thread_set_special_port',
        thread: 't1',
        target: 't2',
        which,
        port: header(port, 'copy-send') as never,
      }) as const;
    script.call(ofThread('exception'), returned('t1', { name: 0 }));
    script.call(ofThread('other'), raised('t1', 'KERN_INVALID_ARGUMENT'));
    script.call(set('exception'), returned('t1'));
    script.call(ofThread('exception'), returned('t1', { name: port }));
    script.call(set('self'), returned('t1'));
    script.call({ operation: 'mach_thread_self', thread: 't2' }, returned('t2', { name: port }));
    script.call({ operation: 'thread_suspend', thread: 't1', target: 't2' }, returned('t1'));
    await script.check();
  });

  it('registers ports', async () => {
    const script = new Script(1);
    const ports = Array.from({ length: 5 }, () => script.sendable('t1', 'T1'));
    const register = (count: number) => ({
      operation: 'mach_ports_register',
      thread: 't1',
      task: 'T1',
      ports: { names: ports.slice(0, count), disposition: 'copy-send' as const },
    });
    const lookup = { operation: 'mach_ports_lookup', thread: 't1', task: 'T1' };
    script.call(lookup, returned('t1', { names: [0, 0, 0, 0] }));
    script.call(register(5), raised('t1', 'KERN_INVALID_ARGUMENT'));
    script.call(register(4), returned('t1'));
    const got = script.call(lookup, returned('t1', { names: ports.slice(0, 4) }));
    script.refs('t1', 'T1', { call: got.call, name: 2 }, 'send', 2);
    script.call(register(1), returned('t1'));
    script.call(lookup, returned('t1', { names: [ports[0]!, 0, 0, 0] }));
    script.call(register(0), returned('t1'));
    script.call(lookup, returned('t1', { names: [0, 0, 0, 0] }));
    await script.check();
  });

  it('gives up the processor', async () => {
    const script = new Script(2);
    script.call({ operation: 'swtch', thread: 't1' }, returned('t1'));
    script.call({ operation: 'swtch_pri', thread: 't1', priority: 5 }, returned('t1'));
    const thread = script.call({ operation: 'mach_thread_self', thread: 't2' });
    for (const option of ['none', 'depress'] as const) {
      for (const milliseconds of [0, 10_000_000])
        script.call(yielding(thread, option, milliseconds), returned('t1'));
    }
    const set = script.allocate('t1', 'T1', 'port-set');
    for (const to of [0, thread, set, 99]) {
      script.call(yielding(to, 'wait', 0), returned('t1'));
      script.call(yielding(to, 'wait', 10_000_000), blocked('t1'));
      script.call({ operation: 'swtch', thread: 't2' }, returned('t2'));
      script.expire('t1', returned('t1'));
    }
    script.call(yielding(0, 'wait', 5), blocked('t1'));
    script.call({ operation: 'thread_abort', thread: 't2', target: 't1' }, returned('t2'), returned('t1'));
    script.call(yielding(99, 'none', 0), returned('t1'));
    script.call(yielding(0, 'other', 0), raised('t1', 'KERN_INVALID_ARGUMENT'));
    await script.check();
  });
});
