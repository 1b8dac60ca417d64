import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Entry, Message, Port, PortId } from '#model/mach/state';
import { portName, setName, taskName, threadName } from '#properties/mach/facts';
import { changesOf, inWords, same } from '#properties/mach/laws/frame';
import { once } from '#properties/mach/laws/ledger';
import { entryInWords } from '#properties/mach/laws/expected-spaces';
import type { Paper } from '#properties/mach/laws/paper';
import { played } from '#properties/mach/laws/play';
import type { MachStep } from '#properties/mach/obligation';

/** Whether all that a step should have made of names, ports and sets is known. */
export const isPlayed = (step: MachStep): boolean => played(step)?.disturbed === false;

/** Where names, ports and sets are not what a step should have made of them. */
export const deviations = once((step): readonly string[] => {
  const paper = played(step);
  return paper === null || paper.disturbed ? [] : deviationsFrom(paper, step);
});

/** The same, from a paper of one's own. */
export const deviationsFrom = (paper: Paper, step: MachStep): readonly string[] =>
  [...wrongNames(paper, step), ...wrongPorts(paper, step), ...wrongSets(paper, step), ...wrongThreads(paper, step)];

/** Where the names of tasks are not what they should be. What the kernel named is told by what it denotes. */
export function wrongNames(paper: Paper, { before, after }: MachStep): readonly string[] {
  return before.tasks.flatMap((_, id) => {
    const task = id as TaskId;
    const expected = paper.spaces[task]!;
    const now = after.tasks[task]!.names;
    const chosen = before.tasks[task]!.names.length;
    const wrong: string[] = [];
    for (let name = 1; name < chosen; name += 1) {
      const [is, should] = [now[name] ?? null, expected[name] ?? null];
      if (!same(should, is)) wrong.push(`n${name} of ${taskName(task)} is ${entryInWords(is)} instead of ${entryInWords(should)}`);
    }
    return [...wrong, ...wrongFresh(task, expected.slice(chosen), now.slice(chosen))];
  });
}

function wrongFresh(task: TaskId, expected: readonly (Entry | null)[], now: readonly (Entry | null)[]): readonly string[] {
  const missing = expected.filter((entry) => entry !== null);
  const wrong: string[] = [];
  for (const entry of now) {
    if (entry === null) continue;
    const at = missing.findIndex((other) => same(other, entry));
    if (at < 0) wrong.push(`${taskName(task)} gained ${entryInWords(entry)}`);
    else missing.splice(at, 1);
  }
  return [...wrong, ...missing.map((entry) => `${taskName(task)} did not get ${entryInWords(entry)}`)];
}

const portFields = ['queueLimit', 'sequence', 'makeSend', 'set', 'noSenders', 'portDestroyed', 'senders', 'receivers'] as const;

export function wrongPorts(paper: Paper, { before, after }: MachStep): readonly string[] {
  const wrong: string[] = after.ports.length === paper.ports.length ? [] : [`there are ${after.ports.length} ports instead of ${paper.ports.length}`];
  paper.ports.forEach((should, id) => {
    const is = after.ports[id];
    if (is === undefined) return;
    const port = portName(id as PortId);
    if (is.life !== should.life) wrong.push(`${port} is ${is.life} instead of ${should.life}`);
    else if (is.life === 'live') wrong.push(...wrongFields(port, should, is), ...wrongQueue(port, should.queue, is.queue, before.serial));
  });
  return wrong;
}

function wrongFields(port: string, should: Port, is: Port): readonly string[] {
  return portFields.flatMap((field) => (same(is[field], should[field]) ? []
    : [`the ${field} of ${port} is ${JSON.stringify(is[field])} instead of ${JSON.stringify(should[field])}`]));
}

/** What was in a queue stays in its order; what a step put there comes after it, in whatever order. */
function wrongQueue(port: string, should: readonly Message[], is: readonly Message[], first: number): readonly string[] {
  const isOld = ({ serial }: Message) => serial < first;
  const old = is.findLastIndex(isOld) + 1;
  const kept = should.filter(isOld);
  const wrong = old === kept.length && kept.every((message, at) => same({ ...message, circular: false }, { ...is[at]!, circular: false }))
    ? [] : [`the queue of ${port} is not what it was`];
  const missing = should.filter((message) => !isOld(message)).map(contents);
  for (const message of is.slice(old)) {
    const at = missing.indexOf(contents(message));
    if (at < 0) wrong.push(`${port} was sent message ${message.id}, which is not due`);
    else missing.splice(at, 1);
  }
  return [...wrong, ...missing.map(() => `${port} was not sent a message that is due`)];
}

/** All that makes two messages the same to whoever receives them, but for the memory they carry. */
const contents = ({ id, destination, reply, complex, body, size, accepted }: Message): string =>
  JSON.stringify([
    id, destination.port, destination.kind, reply, complex, size, accepted,
    body.map((item) => (item.tag === 'region' ? item.tag : item)),
  ]);

export function wrongSets(paper: Paper, { after }: MachStep): readonly string[] {
  return paper.sets.flatMap((should, id) => (same(after.sets[id], should) ? [] : [`${setName(id as never)} is not what it should be`]));
}

/** Threads whose wait ends as it should not, or goes on; and whatever else of tasks and threads is not as it was. */
function wrongThreads(paper: Paper, step: MachStep): readonly string[] {
  const { after, call, events } = step;
  const unanswered = [...paper.answers].flatMap(([thread, error]) => {
    const event = events.find((one) => one.thread === thread);
    const { run } = after.threads[thread]!;
    const told = event?.tag === 'raised' ? event.error : run.tag === 'answered' ? run.error : null;
    return told === error ? [] : [`${threadName(thread)} was not told ${error}`];
  });
  const others = changesOf(step).filter((change) => change.what === 'task' || (change.what === 'thread'
    && !(change.field === 'run' && (paper.answers.has(change.thread) || isOwn(call, change.thread) || isHeld(paper, step, change.thread)))));
  return [...unanswered, ...others.map((change) => `${inWords(change)} changed`)];
}

const isOwn = (call: MachStep['call'], thread: ThreadId): boolean => 'thread' in call && call.thread === thread;

/** Whether a thread holds the same message, except for what has become of the name that is owed a notification. */
function isHeld(paper: Paper, { before, after }: MachStep, thread: ThreadId): boolean {
  const message = paper.held.get(thread);
  const [was, is] = [before.threads[thread]!.run, after.threads[thread]!.run];
  return message !== undefined && same({ ...was, message }, is);
}
