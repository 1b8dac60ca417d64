import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boot } from './machine.js';
import type { Call, Program } from './program.js';
import { header, isLeftOut, message, run, titled } from './script.testing.js';

const folder = mkdtempSync(join(tmpdir(), 'portcullis-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Boots a machine whose emulator is this shell script. */
function bootScript(script: string, patienceMs: number) {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  };
  const emulator = file('emulator', `#!/bin/sh\n${script}\n`);
  const installed = { kernel: file('kernel', ''), agent: file('agent', ''), emulator };
  return boot(installed, Buffer.alloc(0), patienceMs);
}

describe('a machine', () => {
  it('is given up when nothing happens any more', async () => {
    const { report, fault } = await bootScript('printf half > report; exec sleep 60', 300);
    expect(report.toString()).toBe('half');
    expect(fault).toMatch(/^nothing happened for 0.3 s/);
  });

  it('is given up when the kernel says so', async () => {
    const script = "printf 'boot\\nstart agent: panic ../kern/debug.c\\n' > console; exec sleep 60";
    expect((await bootScript(script, 10_000)).fault).toBe('the kernel gave up\npanic ../kern/debug.c');
  });

  it('is given up when the agent says so', async () => {
    const script = "printf 'start agent: one\\nagent: task_create 0x00000006\\n' > console; exec sleep 60";
    expect((await bootScript(script, 10_000)).fault).toMatch(/^the agent gave up\none\nagent: task_create/);
  });

  it('may end badly by itself, or not begin', async () => {
    const { fault } = await bootScript('echo no memory >&2; exit 3', 10_000);
    expect(fault).toMatch(/^the emulator ended with code 3: no memory/);
    const nothing = {
      kernel: join(folder, 'kernel'),
      agent: join(folder, 'agent'),
      emulator: join(folder, 'none'),
    };
    expect((await boot(nothing, Buffer.alloc(0))).fault).toMatch(/^the emulator did not start/);
  });

  it('leaves no files', async () => {
    const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith('portcullis-gnumach-'));
    const before = mine();
    await bootScript('exit 0', 10_000);
    expect(mine().filter((name) => !before.includes(name))).toEqual([]);
  });
});

const self = { call: 0, name: 0 };
const port = { call: 1, name: 0 };

/** Leaves a waiting thread, a full queue, a port on its way in a message, and a task behind. */
const untidy: readonly Call[] = [
  { operation: 'mach_task_self', thread: 't1' },
  { operation: 'mach_port_allocate', thread: 't1', task: 'T1', right: 'receive' },
  { operation: 'mach_port_allocate', thread: 't1', task: self, right: 'receive' },
  ...[2, 3].map((id) =>
    message(
      't1',
      {
        to: header(port, 'make-send'),
        id,
        body: [
          {
            tag: 'rights',
            disposition: id === 2 ? 'move-receive' : 'make-send',
            names: [{ call: 4 - id, name: 0 }],
            bits: 32,
            long: false,
            deallocate: false,
          },
        ],
      },
      null,
    ),
  ),
  { operation: 'task_create', thread: 't1', task: 'T1', inherit: true, child: 'T3' },
  { operation: 'thread_create', thread: 't1', task: 'T3', child: 't5' },
  {
    operation: 'mach_port_insert_right',
    thread: 't3',
    task: 'T1',
    name: 90,
    right: { name: 0, disposition: 'other' } as never,
  },
  { operation: 'mach_reply_port', thread: 't3' },
  message('t4', null, { name: { call: 8, name: 0 } }),
  {
    operation: 'mach_port_insert_right',
    thread: 't3',
    task: 'T2',
    name: { call: 8, name: 0 },
    right: header({ call: 8, name: 0 }, 'make-send') as never,
  },
  /* What is no port of the kernel will not answer, so the program ends here. */
  { operation: 'mach_port_names', thread: 't3', task: { call: 8, name: 0 } },
  { operation: 'swtch', thread: 't1' },
];

describe.skipIf(isLeftOut)(titled('many programs on GNU Mach'), () => {
  const program: Program = { case: 'untidy', scope: { threads: [2, 2] }, calls: untidy };

  it('leave nothing to the next, and run the same way every time', async () => {
    const runs = await run(Array.from({ length: 300 }, () => program));
    const alone = await run([program]);
    for (const each of runs) expect(each).toEqual(alone[0]);
    expect(alone[0]!.steps).toHaveLength(untidy.length - 1);
    expect(alone[0]!.stopped).toMatch(/^the name denotes no port of the kernel/);
    expect(alone[0]!.steps.at(-1)!.events.map(({ tag, thread }) => [tag, thread])).toEqual([
      ['unsupported', 't3'],
      ['returned', 't4'],
    ]);
  });
});
