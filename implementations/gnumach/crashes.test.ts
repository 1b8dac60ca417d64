import { describe, expect, it } from 'vitest';
import type { Call, NameRight, Program } from './program.js';
import { blocked, header, isLeftOut, message, returned, run, titled } from './script.testing.js';

const allocate = (right: NameRight): Call => ({
  operation: 'mach_port_allocate',
  thread: 't1',
  task: 'T1',
  right,
});
const self: Call = { operation: 'mach_task_self', thread: 't1' };
const first = { call: 0, name: 0 };
const second = { call: 1, name: 0 };
const sendable: Call = {
  operation: 'mach_port_insert_right',
  thread: 't1',
  task: 'T1',
  name: first,
  right: header(first, 'make-send') as never,
};
/** The call of a client: a request, and then the reply, with no options. */
const request = (reply: typeof first) =>
  message('t1', { to: header(first, 'copy-send'), reply: header(reply, 'make-send-once') }, { name: reply });

const program = (...calls: Call[]): Program => ({ case: 'crash', scope: { threads: [2] }, calls });
const harmless = program({ operation: 'swtch', thread: 't1' });

/** Programs that need no privilege and stop the kernel in the shortcut it has for calls of clients. */
const crashes: Readonly<Record<string, Program>> = {
  'sending to the port one receives from, while another thread waits there': program(
    allocate('receive'),
    sendable,
    message('t2', null, { name: first }),
    request(first),
  ),
  'a send right for the reply port': program(self, request(first)),
  'a port set for the reply port': program(self, allocate('port-set'), request(second)),
  'a kernel port asked with a reply port where a sender waits although there is no message': program(
    self,
    allocate('receive'),
    { operation: 'mach_port_set_qlimit', thread: 't1', task: 'T1', name: second, limit: 0 },
    message('t2', { to: header(second, 'make-send') }, null),
    request(second),
  ),
  'a dead name for the reply port': program(self, allocate('dead-name'), request(second)),
};

describe.skipIf(isLeftOut)(titled('a breakdown of GNU Mach'), () => {
  it.each(Object.entries(crashes))('stops the program at hand and no other: %s', async (_what, crash) => {
    const [before, broken, after] = await run([harmless, crash, harmless]);
    expect(before).toEqual({ steps: [{ events: [returned('t1')] }] });
    expect(broken!.steps).toHaveLength(crash.calls.length - 1);
    expect(broken!.stopped).toMatch(/^the kernel gave up\n.*Assertion .* failed/s);
    expect(after).toEqual(before);
  });

  it('keeps what was seen before', async () => {
    const [broken] = await run([
      crashes['sending to the port one receives from, while another thread waits there']!,
    ]);
    expect(broken!.steps[2]).toEqual({ events: [blocked('t2')] });
  });
});
