import { encodeName, headerBytes, isReference, Items, typeNumbers } from './items.js';
import { placed, placedMessage, unplaced } from './memory.js';
import { isMemoryCall, pagerWords, type Word } from './memory-operations.js';
import { type Request, requests, type Trap, traps } from './operations.js';
import type { Plan } from './plan.js';
import {
  type Call, callerOf, isMessage, isTime, type MessageCall, type Name, type PlainCall, type Program,
} from './program.js';
import { deadlines, isNap } from './schedule.js';
import { complexBit, emptyMessage, encodeMessage, optionWord, receiveBit, sendBit } from './sent.js';
import { Unsupported } from './unsupported.js';
import { Window } from './window.js';
import { Words } from './words.js';

/** Numbers shared with the agent. */
const kinds = { trap: 1, message: 2, request: 3, time: 4 } as const;
const flags = { name: 1, takesTime: 2, waits: 4 } as const;
const hows = { agent: 0, thread: 1, threadReceives: 2 } as const;
const yields = { nothing: 0, value: 2, list: 3 } as const;
const sorts = { none: 0, task: 1, thread: 2, name: 3, reference: 4 } as const;

const taskLimit = 64;
const threadLimit = 64;
const callLimit = 0xffff;
/** The agent has room for a little more. */
const recordLimit = 255 * 1024;

/** A program as the agent reads it, and how to read what the agent reports. */
export interface Compiled {
  readonly record: Buffer;
  readonly plans: readonly Plan[];
  /** The first call that cannot be made, which is therefore not in the record. */
  readonly cut?: { readonly thread: string; readonly why: string };
}

/** `t3` is number 2. */
function index(identity: string, limit: number): number {
  const number = Number(identity.slice(1));
  if (!(number >= 1 && number <= limit)) throw new Unsupported(`there is no room for a ${identity}`);
  return number - 1;
}

const threadIndex = (identity: string): number => index(identity, threadLimit);

function recordHeader(kind: number, thread: string, body: Words): Buffer {
  const words = body.length / 4 + 1;
  if (words > 0xffff) throw new Unsupported('a call of this size');
  return new Words().word(kind | threadIndex(thread) << 8 | words << 16).bytes(body.take()).take();
}

/** Which of these names are references, as bits. */
const referenceBits = (names: readonly Name[]): number =>
  names.reduce<number>((bits, name, at) => bits | (isReference(name) ? 1 << at : 0), 0);

function compileTrap(call: PlainCall, trap: Trap, deadline: number): Buffer {
  const plain = trap.arguments(call);
  /* The length of a sleep is the last argument; the agent makes one out of the deadline. */
  const taken = deadline === 0 ? plain : [...plain.slice(0, -1), deadline];
  const waits = deadline === 0 ? 0 : flags.waits;
  const flag = (trap.result === 'name' ? flags.name : 0) | (isNap(call) ? flags.takesTime : 0) | waits;
  const body = new Words()
    .word(trap.number | taken.length << 8 | referenceBits(taken) << 16 | flag << 24)
    .words(taken.map(encodeName));
  return recordHeader(kinds.trap, call.thread, body);
}

const zero: Name = 0;

function checkMemory({ send }: MessageCall, window: Window | null): void {
  const refers = send !== null && send.body.some(({ tag }) => tag === 'region');
  if (refers && window === null) throw new Unsupported('memory where a program has none');
}

function compileMessage(call: MessageCall, deadline: number): Buffer {
  const { items, size } = call.send === null ? emptyMessage() : encodeMessage(call.send);
  const from = call.receive?.name ?? zero;
  const halves = (call.send === null ? 0 : sendBit) | (call.receive === null ? 0 : receiveBit);
  const options = optionWord(call.options) | halves;
  const body = new Words()
    .words([options, size, call.receive?.size ?? 0, encodeName(from), 0, deadline, encodeName(call.notify)])
    .word(referenceBits([from, call.notify]) | items.mentions.length << 16)
    .word(items.bytes.length).words(items.mentions).bytes(items.bytes);
  return recordHeader(kinds.message, call.thread, body);
}

const isIdentity = (target: string | Name): target is string => typeof target === 'string';

function targetWords(request: Request, target: string | Name): { sort: number; word: number } {
  if (!isIdentity(target)) {
    return { sort: isReference(target) ? sorts.reference : sorts.name, word: encodeName(target) };
  }
  return request.on === 'task'
    ? { sort: sorts.task, word: index(target, taskLimit) }
    : { sort: sorts.thread, word: threadIndex(target) };
}

function howToSend(request: Request, target: string | Name): number {
  if (request.receiver === 'caller') return hows.threadReceives;
  return request.sender === 'anyone' && isIdentity(target) ? hows.agent : hows.thread;
}

function childWords(request: Request, call: PlainCall): { sort: number; word: number } {
  if (request.makes === undefined) return { sort: sorts.none, word: 0 };
  return request.makes === 'task'
    ? { sort: sorts.task, word: index(call.child!, taskLimit) }
    : { sort: sorts.thread, word: threadIndex(call.child!) };
}

/** Rights in the body of a request make it complex; the agent need not look for them. */
const carriesRights = (call: PlainCall): boolean =>
  call.ports !== undefined || [call.notify, call.port, call.right, call.object, call.reply].some((right) =>
    typeof right === 'object' && right.disposition !== 'other');

const isComplex = (call: PlainCall, { region, refers = false }: Pick<Request, 'region' | 'refers'>): boolean =>
  refers || region !== undefined || carriesRights(call);

function compileRequest(call: PlainCall, request: Request): Buffer {
  const target = (request.on === 'task' ? call.task : call.target)!;
  const items = request.items(call, new Items(headerBytes));
  const size = items.bytes.length;
  request.region?.(call, items);
  const { bytes, mentions } = items;
  const child = childWords(request, call);
  const to = targetWords(request, target);
  const body = new Words()
    .word(howToSend(request, target) | yields[request.yields] << 8 | child.sort << 16 | to.sort << 24)
    .words([to.word, child.word, request.id])
    .word((isComplex(call, request) ? 1 : 0) | mentions.length << 16)
    .word(size | (bytes.length - size) << 16).words(mentions).bytes(bytes);
  return recordHeader(kinds.request, call.thread, body);
}

/** What a pager says: a message of the thread's to the port it names. */
function compileWord(call: PlainCall, { id, items: write }: Word): Buffer {
  const items = new Items(0).word(typeNumbers['copy-send'] | (isComplex(call, {}) ? complexBit : 0)).word(0)
    .name(call.control!).word(0).word(0).word(id);
  write(call, items);
  const { bytes, mentions, end } = items;
  const body = new Words()
    .words([sendBit, end, 0, 0, 0, 0, 0]).word(mentions.length << 16).word(bytes.length).words(mentions).bytes(bytes);
  return recordHeader(kinds.message, call.thread, body);
}

/** The record of a call, and how its answer is read. */
function compileCall(call: Call, deadline: number, window: Window | null): [Buffer, Plan] {
  if (isTime(call)) return [recordHeader(kinds.time, call.waiting, new Words()), { sort: 'time' }];
  if (isMessage(call)) {
    checkMemory(call, window);
    const there = window === null ? call : placedMessage(call, window);
    return [compileMessage(there, deadline), { sort: 'message', call, window }];
  }
  if (!isMemoryCall(call.operation)) return compilePlain(call as PlainCall, deadline);
  if (window === null) throw new Unsupported('memory where a program has none');
  return compileMemory(call as PlainCall, window);
}

function compileMemory(call: PlainCall, window: Window): [Buffer, Plan] {
  const there = placed(call, window);
  const word = pagerWords[call.operation];
  if (word !== undefined) return [compileWord(there, word), { sort: 'word' }];
  const [record, plan] = compilePlain(there, 0);
  if (plan.sort !== 'request') return [record, plan];
  return [record, { ...plan, answer: (reply) => unplaced(plan.answer(reply), window) }];
}

function compilePlain(plain: PlainCall, deadline: number): [Buffer, Plan] {
  const trap = traps[plain.operation];
  if (trap !== undefined) return [compileTrap(plain, trap, deadline), { sort: 'trap', result: trap.result }];
  const request = requests[plain.operation];
  if (request === undefined) throw new Unsupported(`no operation is called ${plain.operation}`);
  return [compileRequest(plain, request), { sort: 'request', answer: request.answer }];
}

/** How many threads there may be at the start is limited too. */
function checkScope(threads: readonly number[]): void {
  const count = threads.reduce((sum, number) => sum + number, 0);
  if (threads.length > taskLimit || count > threadLimit) {
    throw new Unsupported(`more than ${taskLimit} tasks or ${threadLimit} threads`);
  }
}

function programHeader(threads: readonly number[], calls: number, window: Window | null): Words {
  const words = new Words().word(threads.length | calls << 16).word(window?.base ?? 0);
  for (let at = 0; at < threads.length; at += 2) words.word(threads[at]! | (threads[at + 1] ?? 0) << 16);
  return words;
}

const windowOf = ({ memory }: Program['scope']): Window | null => (memory === undefined ? null : new Window(memory));

/** Translates the calls one by one, up to the first that cannot be made. */
function compileCalls({ calls, scope }: Program) {
  checkScope(scope.threads);
  const window = windowOf(scope);
  const planned = deadlines(calls);
  const records = new Words();
  const plans: Plan[] = [];
  for (const [at, call] of calls.entries()) {
    try {
      const [record, plan] = compileCall(call, planned[at]!, window);
      const isTooLong = at === callLimit || records.length + record.length > recordLimit;
      if (isTooLong) throw new Unsupported('a program this long');
      records.bytes(record);
      plans.push(plan);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      return { records, plans, cut: { thread: callerOf(call), why: error.message } };
    }
  }
  return { records, plans };
}

export function compile(program: Program): Compiled {
  const { records, plans, ...cut } = compileCalls(program);
  const content = programHeader(program.scope.threads, plans.length, windowOf(program.scope)).bytes(records.take()).take();
  return { record: new Words().word(content.length).bytes(content).take(), plans, ...cut };
}
