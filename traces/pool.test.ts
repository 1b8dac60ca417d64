import { describe, expect, test } from 'vitest';
import { inPool } from '#traces/pool';

const script = new URL('fixtures/worker.mjs', import.meta.url);

/** What becomes of tasks, in the order in which they end. */
async function outcomes(tasks: readonly string[], workers: number, signal?: AbortSignal): Promise<readonly string[]> {
  const left = [...tasks];
  const ended: string[] = [];
  await inPool<string, string>(script, {
    next: () => left.shift(),
    done: (_task, result) => { ended.push(result); },
    failed: (task, why) => { ended.push(`${task}: ${why}`); },
  }, { workers, seconds: 1, signal });
  return ended;
}

describe('a pool of workers', () => {
  test.each([1, 2, 5])('with %i of them does all tasks', async (workers) => {
    const tasks = Array.from({ length: 7 }, (_, at) => `task ${at}`);
    expect([...await outcomes(tasks, workers)].sort()).toEqual(tasks.map((task) => `${task} is done`));
  });

  test.each([
    ['loop', 'gave no answer in 1 s'],
    ['silence', 'gave no answer in 1 s'],
    ['exit', 'the worker ended with 7'],
    ['throw', 'out of cheese'],
    ['fail', 'cannot'],
  ])('goes on after a task that makes a worker %s', async (task, why) => {
    const [first, ...others] = await outcomes([task, 'next', 'last'], 1);
    expect(first).toContain(why);
    expect(others).toEqual(['next is done', 'last is done']);
  });

  test('ends when it is told to, whatever its workers do', async () => {
    const end = new AbortController();
    setTimeout(() => end.abort(), 200);
    const start = performance.now();
    expect(await outcomes(['silence', 'next'], 1, end.signal)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(900);
  });

  test('fails when whoever takes the results does', async () => {
    const left = ['one', 'silence'];
    await expect(inPool(script, {
      next: () => left.shift(),
      done: () => { throw new Error('no room'); },
      failed: () => {},
    }, { workers: 2, seconds: 5 })).rejects.toThrow('no room');
  });
});
