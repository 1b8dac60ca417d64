import { describe, expect, test } from 'vitest';
import type { ThreadId } from '#spec/chorus/vocabulary';
import { runInPlace, type Event, type Kernel } from '#model/kernel';
import { copy } from '#model/copy';
import { chorus, chorusos, strict, type ChorusScope } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { conditionVariableMutants } from '#properties/chorus/laws/condition-variables-are-built';
import { emptyBuffer, handOver, type Buffer } from '#properties/chorus/programs/condition-variable';
import { exec, fork, read, settle, write } from '#properties/chorus/programs/fork';
import { Program, type Doing } from '#properties/chorus/programs/program';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';

type Made = { readonly call: ChorusCall; readonly events: readonly Event[] };

/** Runs a program to its end, and says what was seen. */
function run(kernel: Kernel<ChorusState, ChorusCall>, state: ChorusState, program: Program, random: Random): readonly Made[] {
  const made: Made[] = [];
  for (let call = program.next(state, random); call !== null; call = program.next(state, random)) {
    const { events } = runInPlace(kernel, state, call, (_kind, options) => random.pick(options));
    made.push({ call, events: copy(events) });
  }
  return made;
}

const boot = (kernel: Kernel<ChorusState, ChorusCall>, scope: ChorusScope): ChorusState => kernel.boot(scope as never);

function exchange(kernel: Kernel<ChorusState, ChorusCall>, threads: number, seed: number): { buffer: Buffer; waiting: number } {
  const random = new Random(seed);
  const state = boot(kernel, { threads: [threads, 0], sites: [0, 0], priorities: [128, 100, 128] });
  const program = new Program(state);
  const buffer = emptyBuffer(1 + random.below(2));
  handOver(program, state.threads.map((_, id) => id as ThreadId), buffer, 4);
  run(kernel, state, program, random);
  return { buffer, waiting: state.threads.filter(({ run: { tag } }) => tag !== 'ready').length };
}

describe.each([['documented', chorus], ['strict', strict], ['chorusos', chorusos]] as const)('condition variables built on Chorus (%s)', (_, kernel) => {
  test.each([2, 3, 4, 6])('hand every item over, in order, between %i threads, however these take turns', (threads) => {
    for (let seed = 0; seed < 60; seed += 1) {
      const { buffer, waiting } = exchange(kernel, threads, seed);
      const producers = Math.floor(threads / 2);
      expect(waiting).toBe(0);
      expect(buffer.items).toEqual([]);
      for (let at = 0; at < producers; at += 1) {
        expect(buffer.taken.filter((item) => item.startsWith(`${at}.`))).toEqual([0, 1, 2, 3].map((item) => `${at}.${item}`));
      }
    }
  });
});

test('a signal that is lost leaves a thread waiting for ever', () => {
  const broken = mutate(chorus, conditionVariableMutants['early-signal-is-lost']!) as Kernel<ChorusState, ChorusCall>;
  const stuck = Array.from({ length: 60 }, (_, seed) => exchange(broken, 2, seed)).filter(({ waiting }) => waiting > 0);
  expect(stuck.length).toBeGreaterThan(0);
});

describe('fork and exec built on Chorus', () => {
  const [parent, child] = [0 as ThreadId, 1 as ThreadId];
  const answers = (made: readonly Made[], thread: ThreadId) => made.flatMap(({ events }) => events.filter((event) => event.thread === thread))
    .map((event) => (event.tag === 'returned' ? event.value : 'error' in event ? event.error : event.tag));

  /** One thread does something, and then another, and so on. */
  function inOrder(kernel: Kernel<ChorusState, ChorusCall>, state: ChorusState, doings: readonly (readonly [ThreadId, (program: Program) => Doing])[]) {
    return doings.map(([thread, doing]) => {
      const program = new Program(state);
      program.start(thread, doing(program));
      return answers(run(kernel, state, program, new Random(1)), thread);
    });
  }

  function* calls(...made: readonly ChorusCall[]): Generator<ChorusCall, void> {
    yield* made;
  }

  test.each(['as a whole', 'region by region'] as const)('a child has the memory of its parent as it was, but for what they share (%s)', (how) => {
    const state = boot(chorus, { threads: [1], sites: [0], handlers: 'connected', limits: { page: 2, space: 4 } });
    const seen = inOrder(chorus, state, [
      [parent, ({ look }) => settle(parent, look)],
      [parent, ({ look }) => fork(parent, look, how)],
      [parent, () => calls(write(parent, 2, 'aaaa'), write(parent, 4, 'bbbb'))],
      [child, () => calls(read(child, 0, 2), read(child, 2, 2), read(child, 4, 2), write(child, 2, 'cccc'), write(child, 4, 'dddd'))],
      [parent, () => calls(read(parent, 0, 2), read(parent, 2, 2), read(parent, 4, 2))],
    ]);
    expect(seen[3]).toEqual(['exception', { bytes: 'aaaa' }, { bytes: '2121' }, null, null]);
    expect(seen[4]).toEqual([{ bytes: '0101' }, { bytes: 'cccc' }, { bytes: 'bbbb' }]);
  });

  test('a process that becomes another keeps its identity and its ports, and nothing of its memory', () => {
    const state = boot(chorus, { threads: [2, 1], sites: [0, 0], limits: { page: 2, space: 4 } });
    const before = copy(state.actors[0]!);
    const segment = { ui: state.ports[1]!.ui, key: 1 as never };
    inOrder(chorus, state, [[parent, ({ look }) => settle(parent, look)], [parent, ({ look }) => exec(parent, look, { segment })]]);
    const { ui, key, ports, regions } = state.actors[0]!;
    expect({ ui, key, ports }).toEqual({ ui: before.ui, key: before.key, ports: before.ports });
    expect(regions.map(({ start, writable }) => [start, writable])).toEqual([[0, false], [1, true], [2, true]]);
    expect(state.threads.filter(({ life, actor }) => life === 'live' && actor === 0).length).toBe(1);
  });
});
