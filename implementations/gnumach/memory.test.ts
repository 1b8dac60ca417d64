import { describe, expect, it } from 'vitest';
import type { Inheritance, Name, PlainCall, Protection } from './program.js';
import { ended, isLeftOut, raised, returned, Script, titled } from './script.testing.js';
import { Window } from './window.js';

const pageSize = 4;
const space = { pageSize, pageCount: 8 };

/** A program about memory, with pages of four bytes. */
class MemoryScript extends Script {
  override memory = space;

  vm(thread: string, task: string | Name, operation: string, rest: Partial<PlainCall>, ...events: Parameters<Script['call']>[1][]) {
    return this.call({ operation: `vm_${operation}`, thread, task, ...rest }, ...events);
  }

  /** Pages from `page` on, for the caller's own task. */
  have(thread: string, task: string, page: number, pages = 1): void {
    this.vm(thread, task, 'allocate', { address: page * pageSize, size: pages * pageSize, anywhere: false },
      returned(thread, { address: page * pageSize }));
  }

  store(thread: string, address: number, byte: string): void {
    this.call({ operation: 'store', thread, address, byte }, returned(thread));
  }

  load(thread: string, address: number, byte: string): void {
    this.call({ operation: 'load', thread, address }, returned(thread, { byte }));
  }

  inherit(thread: string, task: string, page: number, inheritance: Inheritance): void {
    this.vm(thread, task, 'inherit', { address: page * pageSize, size: pageSize, inheritance }, returned(thread));
  }

  protect(thread: string, task: string, page: number, protection: readonly Protection[]): void {
    this.vm(thread, task, 'protect', { address: page * pageSize, size: pageSize, setMaximum: false, protection }, returned(thread));
  }

  /** A child of `task` with one thread, which may call from now on. */
  child(thread: string, task: string, child: string, member: string): void {
    this.call({ operation: 'task_create', thread, task, inherit: true, child });
    this.call({ operation: 'thread_create', thread, task: child, child: member });
    this.call({ operation: 'thread_resume', thread, target: member }, returned(thread));
  }
}

describe('the window of a program in a real address space', () => {
  const window = new Window(space);

  it('keeps pages apart and goes back', () => {
    for (let address = 0; address <= space.pageCount * pageSize; address += 1) {
      expect(window.programAddress(window.address(address))).toBe(address);
    }
    expect(window.address(space.pageCount * pageSize)).toBe(0xc000_0000);
  });

  it('lets a page begin and end with one of the machine', () => {
    const base = window.address(0);
    expect([1, 2, 3, 4].map((address) => window.address(address) - base)).toEqual([1, 4094, 4095, 4096]);
  });

  it('lets every range touch as many pages there as here', () => {
    for (let address = 0; address < 8; address += 1) {
      for (let size = 1; size < 12; size += 1) {
        const there = Math.ceil(window.size({ address, size }) / 4096);
        expect(there, `${size} bytes from ${address}`).toBe(Math.ceil(size / pageSize));
      }
    }
  });

  it('leaves alone what it does not know', () => {
    expect(window.programAddress(0x1000)).toBe(0x1000);
    expect(window.range({ address: 0, size: 0 })).toEqual({ address: 0, size: 0 });
  });
});

describe.skipIf(isLeftOut)(titled('memory on GNU Mach'), () => {
  it('is zeros until it is written, byte by byte', async () => {
    const script = new MemoryScript(1);
    script.have('t1', 'T1', 2, 2);
    for (const address of [8, 11, 12, 15]) script.load('t1', address, '00');
    for (const [at, address] of [8, 11, 12, 15].entries()) script.store('t1', address, `a${at}`);
    for (const [at, address] of [8, 11, 12, 15].entries()) script.load('t1', address, `a${at}`);
    await script.check();
  });

  it('has an end, and a beginning before which nothing is shown', async () => {
    const script = new MemoryScript(1);
    script.vm('t1', 'T1', 'region', { address: 0 }, raised('t1', 'KERN_NO_SPACE'));
    script.vm('t1', 'T1', 'allocate', { address: 28, size: 8, anywhere: false }, raised('t1', 'KERN_INVALID_ADDRESS'));
    script.vm('t1', 'T1', 'allocate', { address: 0, size: 36, anywhere: true }, raised('t1', 'KERN_NO_SPACE'));
    script.have('t1', 'T1', 0, 8);
    script.vm('t1', 'T1', 'region', { address: 31 }, returned('t1', {
      address: 0, size: 32, protection: ['read', 'write'], maximum: ['read', 'write', 'execute'], inheritance: 'copy',
    }));
    await script.check();
  });

  it('is the end of a task that touches what is not there', async () => {
    const script = new MemoryScript(1, 1);
    script.call({ operation: 'load', thread: 't1', address: 3 }, ended('t1'));
    script.vm('t2', 'T1', 'allocate', { address: 0, size: 4, anywhere: true }, raised('t2', 'MACH_SEND_INVALID_DEST'));
    await script.check();
  });

  it('is inherited as it is marked', async () => {
    const script = new MemoryScript(1);
    script.have('t1', 'T1', 0, 3);
    script.inherit('t1', 'T1', 0, 'share');
    script.inherit('t1', 'T1', 2, 'none');
    script.store('t1', 1, '11');
    script.store('t1', 5, '22');
    script.child('t1', 'T1', 'T2', 't2');
    script.load('t2', 1, '11');
    script.load('t2', 5, '22');
    script.store('t1', 1, '33');
    script.store('t1', 5, '44');
    script.load('t2', 1, '33');
    script.load('t2', 5, '22');
    script.store('t2', 0, '55');
    script.load('t1', 0, '55');
    script.call({ operation: 'load', thread: 't2', address: 9 }, ended('t2'));
    await script.check();
  });

  it('goes from task to task by reading and writing', async () => {
    const script = new MemoryScript(1, 1);
    script.have('t1', 'T1', 0);
    script.have('t2', 'T2', 4);
    script.store('t2', 17, '99');
    script.vm('t1', 'T2', 'read', { address: 16, size: 4 }, returned('t1', { address: 4, size: 4 }));
    script.store('t2', 17, '00');
    script.load('t1', 5, '99');
    script.vm('t1', 'T2', 'write', { address: 16, size: 4, data: 4 }, returned('t1'));
    script.load('t2', 17, '99');
    await script.check();
  });

  it('cannot be written where it cannot be read', async () => {
    const script = new MemoryScript(1);
    script.have('t1', 'T1', 0);
    script.protect('t1', 'T1', 0, ['write']);
    script.call({ operation: 'store', thread: 't1', address: 0, byte: '01' }, ended('t1'));
    await script.check();
  });

  it('stays to be seen when it was shared after it was copied', async () => {
    const script = new MemoryScript(1);
    script.have('t1', 'T1', 0);
    script.store('t1', 1, '77');
    script.vm('t1', 'T1', 'read', { address: 0, size: 4 }, returned('t1', { address: 4, size: 4 }));
    script.inherit('t1', 'T1', 0, 'share');
    script.child('t1', 'T1', 'T2', 't2');
    script.load('t1', 1, '77');
    script.vm('t1', 'T1', 'deallocate', { address: 0, size: 4 }, returned('t1'));
    script.vm('t1', 'T1', 'region', { address: 0 }, returned('t1', {
      address: 4, size: 4, protection: ['read', 'write'], maximum: ['read', 'write', 'execute'], inheritance: 'copy',
    }));
    script.load('t1', 1, '77');
    await script.check();
  });
});
