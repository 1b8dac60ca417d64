import { dispositionNumbers, inheritanceWords, notificationNumbers, rightWords, strategyWords, returnWords, taskPortWords, threadPortWords, typeBits } from '#model/mach/requests/numbers';
import { fromBits, toBits } from '#model/mach/memory/space';
import type { Carried, Item } from '#model/mach/state';
import type { Name, ReportedName, RightKind, TaskId, TypeFlag } from '#spec/mach/vocabulary';

/** An item that is not what an operation takes at that place. */
export const unfit = Symbol('unfit');

/** How one argument or result travels in a message: how a request's item is read, and a reply's made. */
export interface Form {
  /** What an item says; `unfit` if it is of another type, size or number. */
  readonly read: (item: Item) => unknown;
  /** The items that say it. `task`: whose names its names are. */
  readonly write: (value: never, task: TaskId) => readonly Item[];
}

const BOOLEAN = 0;
const INTEGER = 2;
const WORD_BITS = 32;
const WORD_DIGITS = 8;

/** A word of some type, lowest byte first. */
const word = (type: number, value: number): Item => {
  const bytes = [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
  return { tag: 'data', type, bits: WORD_BITS, bytes, long: false };
};

function readWord(item: Item, type: number): number | typeof unfit {
  if (item.tag !== 'data' || item.type !== type || item.bits !== WORD_BITS || item.long || item.bytes.length !== WORD_DIGITS) return unfit;
  const [low, second, third, high] = [0, 2, 4, 6].map((at) => Number.parseInt(item.bytes.slice(at, at + 2), 16));
  return low! | second! << 8 | third! << 16 | high! << 24;
}

/** A number of 32 bits, understood in some way. */
const integerAs = (type: number, meaning: (value: number) => unknown, number: (value: never) => number): Form => ({
  read: (item) => {
    const value = readWord(item, type);
    return value === unfit ? unfit : meaning(value);
  },
  write: (value) => [word(type, number(value))],
});

export const integer = integerAs(INTEGER, (value) => value >>> 0, (value: number) => value);
export const signed = integerAs(INTEGER, (value) => value, (value: number) => value);
export const boolean = integerAs(BOOLEAN, (value) => value !== 0, (value: boolean) => (value ? 1 : 0));
export const protection = integerAs(INTEGER, (value) => fromBits(value), (value: Parameters<typeof toBits>[0]) => toBits(value));

/** One of a few things that have numbers; any other number is `other`, or does not fit. */
const numbered = (numbers: Readonly<Record<string, number>>, other: unknown = 'other'): Form => {
  const words = new Map(Object.entries(numbers).map(([said, number]) => [number, said]));
  return integerAs(INTEGER, (value) => words.get(value) ?? other, (said: string) => numbers[said]!);
};

export const nameRight = numbered(rightWords);
export const disposition = numbered(dispositionNumbers);
export const notification = numbered(notificationNumbers);
export const taskPort = numbered(taskPortWords);
export const threadPort = numbered(threadPortWords);
export const inheritance = numbered(inheritanceWords);
export const strategy = numbered(strategyWords, unfit);
export const returning = numbered(returnWords, unfit);

/** A name as data. */
export const name: Form = {
  read: (item) => (item.tag === 'name' ? item.name.name : unfit),
  write: (named: Name, task) => [nameItem({ task, name: named })],
};

const nameItem = (named: ReportedName): Item => ({ tag: 'name', name: named });

const flags = (type: readonly TypeFlag[]): Item => word(INTEGER, type.reduce((all, flag) => all | typeBits[flag], 0));

/** What a name denotes, as bits. */
export const typeFlags: Form = { read: () => unfit, write: (type: readonly TypeFlag[]) => [flags(type)] };

/** The names of a space, each with what it denotes. */
export const typedNames: Form = {
  read: () => unfit,
  write: (names: readonly { readonly name: Name; readonly type: readonly TypeFlag[] }[], task) =>
    names.flatMap((each) => [nameItem({ task, name: each.name }), flags(each.type)]),
};

export const names: Form = {
  read: () => unfit,
  write: (list: readonly Name[], task) => list.map((one) => nameItem({ task, name: one })),
};

/** One right of some kinds. */
const rightOf = (...kinds: readonly RightKind[]): Form => ({
  read: (item) => (item.tag === 'rights' && !item.long && item.rights.length === 1 && kinds.includes(item.kind) ? item.rights[0]! : unfit),
  write: (right: Carried) => [{ tag: 'rights', kind: right.kind ?? kinds[0]!, rights: [right], long: false }],
});

export const sendRight = rightOf('send');
export const sendOnceRight = rightOf('send-once');
export const replyRight = rightOf('send-once', 'send');

const any = rightOf('receive', 'send', 'send-once');

/** A right of whatever kind, or a word that is none: which, the operation judges. */
export const anyRight: Form = {
  ...any,
  read: (item) => (item.tag === 'data' && !item.long && item.bits === WORD_BITS && item.bytes.length === WORD_DIGITS
    ? { disposition: 'other' } : any.read(item)),
};

/** Any number of send rights. */
export const sendRights: Form = {
  read: (item) => (item.tag === 'rights' && item.kind === 'send' ? item.rights : unfit),
  write: (rights: readonly Carried[]) => [{ tag: 'rights', kind: 'send', rights, long: true }],
};

const CHARACTERS = 8;

/** Characters, as text or as the bytes they are, in hex. */
export const characters = (as: 'text' | 'hex'): Form => ({
  read: (item) => {
    if (item.tag !== 'data' || item.type !== CHARACTERS || item.bits !== 8) return unfit;
    return as === 'hex' ? item.bytes : String.fromCharCode(...(item.bytes.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  },
  write: (bytes: string) => [{ tag: 'data', type: CHARACTERS, bits: 8, bytes, long: false }],
});

/** Memory, by reference. */
export const region: Form = {
  read: (item) => (item.tag === 'region' ? item : unfit),
  write: (item: Item) => [item],
};

/** What items say, by argument; null if they are not the ones that are due. */
export function readItems(due: Readonly<Record<string, Form>>, items: readonly Item[]): Readonly<Record<string, unknown>> | null {
  const wanted = Object.entries(due);
  if (items.length !== wanted.length) return null;
  const taken: Record<string, unknown> = {};
  for (const [at, [argument, form]] of wanted.entries()) {
    const value = form.read(items[at]!);
    if (value === unfit) return null;
    taken[argument] = value;
  }
  return taken;
}

/** The items that say what there is to be said. */
export const writeItems = (forms: Readonly<Record<string, Form>>, value: Readonly<Record<string, unknown>>, task: TaskId): readonly Item[] =>
  Object.entries(forms).flatMap(([result, form]) => (value[result] === undefined ? [] : form.write(value[result] as never, task)));
