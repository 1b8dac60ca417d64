import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Driver, isBuilt, type Seen } from './driver.testing.js';

const built = isBuilt();
if (!built) process.stderr.write('skipped: the kernel of qnx-posix needs gcc\n');

const message = { at: 0, length: 4 };
const reply = { at: 4, length: 4 };
const buffer = { at: 0, length: 4 };

/** Kills a process from outside, as `kill -9` does, and gives the system a moment to do it. */
function killNine(pid: number): void {
  process.kill(pid, 'SIGKILL');
}

describe.skipIf(!built)('a process that is killed from outside', () => {
  let driver: Driver;
  beforeEach(() => { driver = new Driver(); });
  afterEach(() => driver.kill());

  /** Calls until the death has been seen, and gathers what else was. */
  async function afterTheDeathOf(thread: string): Promise<Record<string, Seen>> {
    const all: Record<string, Seen> = {};
    for (let i = 0; i < 200 && all[thread] === undefined; i += 1) Object.assign(all, await driver.call('getpid', { thread: 'P1' }));
    return all;
  }

  test('frees those who wait for it to receive', async () => {
    await driver.reset(3);
    const pid = await driver.pidOf('P3');
    await driver.call('Send', { thread: 'P2', pid: 'P3', message, reply });
    killNine(pid);
    expect(await afterTheDeathOf('P3')).toMatchObject({ P2: { tag: 'raised', error: 'ESRCH' }, P3: { tag: 'ended' } });
  });

  test('frees those who wait for its reply', async () => {
    await driver.reset(3);
    const pid = await driver.pidOf('P3');
    await driver.call('Send', { thread: 'P2', pid: 'P3', message, reply });
    expect(await driver.call('Receive', { thread: 'P3', pid: 0, buffer })).toMatchObject({ P3: { tag: 'returned' } });
    killNine(pid);
    expect(await afterTheDeathOf('P3')).toMatchObject({ P2: { tag: 'raised', error: 'ESRCH' }, P3: { tag: 'ended' } });
  });

  test('frees those who wait for a message of its alone, and no others', async () => {
    await driver.reset(4);
    const pid = await driver.pidOf('P3');
    await driver.call('Receive', { thread: 'P2', pid: 'P3', buffer });
    await driver.call('Receive', { thread: 'P4', pid: 0, buffer });
    killNine(pid);
    const seen = await afterTheDeathOf('P3');
    expect(seen).toMatchObject({ P2: { tag: 'raised', error: 'ESRCH' } });
    expect(seen['P4']).toBeUndefined();
  });

  test('leaves no message behind, and cannot be replied to', async () => {
    await driver.reset(4);
    const client = await driver.pidOf('P3');
    await driver.call('Send', { thread: 'P3', pid: 'P2', message, reply });
    killNine(client);
    await afterTheDeathOf('P3');
    expect(await driver.call('Creceive', { thread: 'P2', pid: 0, buffer })).toMatchObject({ P2: { error: 'ENOMSG' } });
    expect(await driver.call('Reply', { thread: 'P2', pid: client, message })).toMatchObject({ P2: { error: 'ESRCH' } });
  });

  test('takes its proxies with it', async () => {
    await driver.reset(3);
    const pid = await driver.pidOf('P3');
    const made = await driver.call('qnx_proxy_attach', { thread: 'P3', pid: 0, data: message, priority: -1 });
    const proxy = made['P3']!.value!['proxy'] as number;
    killNine(pid);
    await afterTheDeathOf('P3');
    expect(await driver.call('Trigger', { thread: 'P2', proxy })).toMatchObject({ P2: { error: 'ESRCH' } });
  });
});

/** Numbers that look drawn at random, the same every time. */
function* drawn(seed: number): Generator<number> {
  for (let state = seed; ; state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff) yield state >>> 8;
}

const servers = ['P2', 'P3', 'P4', 'P5'] as const;

/** Who is free to call, who waits for whom, and who is dead, as far as has been seen. */
class Onlooker {
  readonly free = new Set<string>(servers);
  readonly waitsOn = new Map<string, string>();
  readonly dead = new Set<string>();

  take(seen: Readonly<Record<string, Seen>>): void {
    for (const { thread, tag } of Object.values(seen)) {
      if (tag !== 'blocked') this.waitsOn.delete(thread);
      if (tag === 'returned' || tag === 'raised') this.free.add(thread);
      else this.free.delete(thread);
      if (tag === 'ended') this.dead.add(thread);
    }
  }

  /** Whoever waits for a process that is dead. */
  forgotten(): readonly string[] {
    return [...this.waitsOn].filter(([waiter, on]) => this.dead.has(on) && !this.dead.has(waiter)).map(([waiter]) => waiter);
  }
}

describe.skipIf(!built)('kill -9 at any point', () => {
  const ROUNDS = 60;
  const LENGTH = 12;

  /** A program of sends and receives, in one call of which, before, within or after it, one process is killed. */
  async function program(driver: Driver, below: (bound: number) => number): Promise<Onlooker> {
    await driver.reset(1 + servers.length);
    const onlooker = new Onlooker();
    const victim = await driver.pidOf(servers[below(servers.length)]!);
    for (let left = below(LENGTH); ; left -= 1) {
      const callers = [...onlooker.free].filter((thread) => thread !== 'P1');
      const caller = callers[below(callers.length || 1)];
      const other = servers[below(servers.length)]!;
      const receives = below(2) === 0;
      const pid = receives && below(2) === 0 ? 0 : other;
      if (caller !== undefined && pid !== 0) onlooker.waitsOn.set(caller, other);
      const call = caller === undefined ? driver.call('getpid', { thread: 'P1' })
        : driver.call(receives ? 'Receive' : 'Send', { thread: caller, pid, ...(receives ? { buffer } : { message, reply }) });
      if (left === 0) killNine(victim);
      onlooker.take(await call);
      if (left === 0) break;
    }
    for (let i = 0; i < 200 && onlooker.dead.size === 0; i += 1) onlooker.take(await driver.call('getpid', { thread: 'P1' }));
    return onlooker;
  }

  test(`never leaves anybody waiting for the dead, in ${ROUNDS} programs`, async () => {
    const driver = new Driver();
    const random = drawn(7);
    const below = (bound: number) => random.next().value! % bound;
    for (let round = 0; round < ROUNDS; round += 1) {
      const onlooker = await program(driver, below);
      expect(onlooker.dead.size).toBe(1);
      expect(onlooker.forgotten()).toEqual([]);
    }
    await driver.close();
  }, 60_000);
});

describe.skipIf(!built)('what is not a call', () => {
  test.each([
    ['{"jsonrpc": "2.0", "id": 1', 'not JSON'],
    ['{"jsonrpc":"2.0","id":1,"method":"dance","params":{}}', 'no such method'],
    ['{"jsonrpc":"2.0","id":1,"method":"step","params":{"call":{"operation":"Sing","thread":"P1"}}}', 'no such operation'],
    ['{"jsonrpc":"2.0","id":1,"method":"step","params":{"call":{"operation":"getpid","thread":"P9"}}}', 'no such process'],
    ['{"jsonrpc":"2.0","id":1,"method":"step","params":{}}', 'no such operation'],
    ['[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[', 'not JSON'],
    ['"\\ud800"', 'a request has an id'],
  ])('%s is answered with what is wrong', async (line, said) => {
    const driver = new Driver();
    await driver.reset(1);
    expect((await driver.line(line)).error?.message).toBe(said);
    await driver.close();
  });
});
