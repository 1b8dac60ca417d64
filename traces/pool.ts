import { Worker } from 'node:worker_threads';

/** Work that comes in pieces, each of which can be done anywhere. */
export interface Job<Task, Result> {
  /** The next piece; undefined when there is no more. */
  readonly next: () => Task | undefined;
  readonly done: (task: Task, result: Result) => void;
  /** A piece that came to nothing: it threw, its worker died, or it took too long. */
  readonly failed: (task: Task, why: string) => void;
}

export interface PoolOptions {
  readonly workers: number;
  /** Ends the work early, with what has been done. */
  readonly signal?: AbortSignal | undefined;
  /** How long one piece may take. */
  readonly seconds: number;
}

/** What a worker answers a task with. */
export type Answer = { readonly result: unknown } | { readonly error: string };

/** Hands the pieces of a job to workers, one after the other to each, until there are no more. */
export async function inPool<Task, Result>(script: URL, job: Job<Task, Result>, { workers, signal, seconds }: PoolOptions): Promise<void> {
  const end = new AbortController();
  const stopped = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
  const work = async (): Promise<void> => {
    let worker: Worker | null = null;
    try {
      for (let task = job.next(); task !== undefined && !stopped.aborted; task = job.next()) {
        worker ??= new Worker(script);
        const answer = await ask(worker, task, stopped, seconds);
        if (answer === 'stopped') return;
        if ('result' in answer) job.done(task, answer.result as Result);
        else job.failed(task, answer.error);
        if ('lost' in answer) {
          void worker.terminate();
          worker = null;
        }
      }
    } catch (error) {
      end.abort();
      throw error;
    } finally {
      await worker?.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, workers) }, work));
}

/** A worker that did not answer is lost: another takes its place. */
type Asked = Answer | { readonly error: string; readonly lost: true } | 'stopped';

function ask(worker: Worker, task: unknown, signal: AbortSignal, seconds: number): Promise<Asked> {
  return new Promise((resolve) => {
    const lost = (error: string): void => settle({ error, lost: true });
    const heard = {
      message: (answer: Answer): void => settle(answer),
      messageerror: (error: Error): void => lost(String(error)),
      error: (error: Error): void => lost(String(error)),
      exit: (code: number): void => lost(`the worker ended with ${code}`),
    };
    const timer = setTimeout(() => lost(`gave no answer in ${seconds} s`), seconds * 1000);
    const stop = (): void => settle('stopped');
    const settle = (asked: Asked): void => {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(heard)) worker.removeListener(event, listener);
      signal.removeEventListener('abort', stop);
      resolve(asked);
    };
    for (const [event, listener] of Object.entries(heard)) worker.on(event, listener);
    signal.addEventListener('abort', stop);
    worker.postMessage(task);
  });
}
