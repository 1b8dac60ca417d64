import type { Disposition, Name, ReceivedItem, SentItem } from '#spec/mach/vocabulary';
import type { MachCall } from '#model/mach/world';
import { Results } from '#properties/mach/laws/requests/results';

/** The library's side of an operation: how its call goes into a message, and what its reply says. */
export interface Stub {
  /** The number of the message. */
  readonly number: number;
  /** Which argument is the port it goes to. */
  readonly on: 'task' | 'target' | 'control' | 'host';
  readonly put: (call: Call) => readonly SentItem[];
  /** What the items behind the code of a reply say, as the call would have; null: there is no reply. */
  readonly get: ((results: Results) => unknown) | null;
}

/** Any call, as a stub that knows its own arguments sees it. */
type Call = Readonly<Record<string, never>>;
type Right = { readonly name: Name; readonly disposition: Disposition | 'other' };

const digits = (value: number): string =>
  [0, 8, 16, 24].map((shift) => ((value >> shift) & 0xff).toString(16).padStart(2, '0')).join('');

const word = (type: number, value: number): SentItem =>
  ({ tag: 'data', type, bits: 32, bytes: digits(value), long: false, deallocate: false });
export const int = (value: number): SentItem => word(2, value);
const bool = (value: boolean): SentItem => word(0, value ? 1 : 0);
const name = (of: Name): SentItem => ({ tag: 'name', name: of });
const rights = (names: readonly Name[], disposition: Disposition, long: boolean): SentItem =>
  ({ tag: 'rights', disposition, names, bits: 32, long, deallocate: false });
const memory = (address: number, size: number): SentItem =>
  ({ tag: 'region', type: 9, bits: 8, long: false, address, size, deallocate: false });

/** A number that stands for nothing. */
const NOTHING = 99;
const NOT_A_RIGHT = 2;

const right = ({ name: of, disposition }: Right): SentItem => (disposition === 'other' ? word(NOT_A_RIGHT, of) : rights([of], disposition, false));

const number = (table: Readonly<Record<string, number>>) => (said: string): SentItem => int(table[said] ?? NOTHING);
const nameRight = number({ send: 0, receive: 1, 'send-once': 2, 'port-set': 3, 'dead-name': 4 });
const disposition = number({
  'move-receive': 16, 'move-send': 17, 'move-send-once': 18, 'copy-send': 19, 'make-send': 20, 'make-send-once': 21,
});
const notification = number({ 'port-destroyed': 69, 'no-senders': 70, 'dead-name': 72 });
const special = number({ self: 1, exception: 3, bootstrap: 4 });
const inheritance = number({ share: 0, copy: 1, none: 2 });
const strategy = number({ none: 0, delay: 2, temporary: 3 });
const clean = number({ nothing: 0, dirty: 1, all: 2 });
const protection = (kinds: readonly string[]): SentItem =>
  int(['read', 'write', 'execute'].reduce((bits, kind, at) => bits | (kinds.includes(kind) ? 1 << at : 0), 0));

const nothing = () => [];
const noResult = () => null;
const onTask = { on: 'task', put: nothing, get: noResult } as const;
const onThread = { ...onTask, on: 'target' } as const;
const onObject = { ...onTask, on: 'control', get: null } as const;
const range = ({ address, size }: Call) => [int(address!), int(size!)];
const part = ({ offset, size }: Call) => [int(offset!), int(size!)];
const aName = (results: Results) => ({ name: results.right().name });
const anAddress = (results: Results) => ({ address: results.integer() });

/** The stubs, by the operation that each is for. Whoever asks by hand would send the very same. */
export const stubs: Readonly<Partial<Record<MachCall['operation'], Stub>>> = {
  mach_port_names: { ...onTask, number: 3200, get: (results) => ({ names: results.all(() => ({ name: results.name(), type: results.flags() })) }) },
  mach_port_type: { ...onTask, number: 3201, put: (call) => [name(call['name']!)], get: (results) => ({ type: results.flags() }) },
  mach_port_rename: { ...onTask, number: 3202, put: (call) => [name(call['name']!), name(call['to']!)] },
  mach_port_allocate_name: { ...onTask, number: 3203, put: (call) => [nameRight(call['right']!), name(call['name']!)] },
  mach_port_allocate: { ...onTask, number: 3204, put: (call) => [nameRight(call['right']!)], get: (results) => ({ name: results.name() }) },
  mach_port_destroy: { ...onTask, number: 3205, put: (call) => [name(call['name']!)] },
  mach_port_deallocate: { ...onTask, number: 3206, put: (call) => [name(call['name']!)] },
  mach_port_get_refs: {
    ...onTask, number: 3207, put: (call) => [name(call['name']!), nameRight(call['right']!)], get: (results) => ({ refs: results.integer() }),
  },
  mach_port_mod_refs: { ...onTask, number: 3208, put: (call) => [name(call['name']!), nameRight(call['right']!), int(call['delta']!)] },
  mach_port_set_qlimit: { ...onTask, number: 3210, put: (call) => [name(call['name']!), int(call['limit']!)] },
  mach_port_set_mscount: { ...onTask, number: 3211, put: (call) => [name(call['name']!), int(call['makeSend']!)] },
  mach_port_get_set_status: { ...onTask, number: 3212, put: (call) => [name(call['name']!)], get: (results) => ({ members: results.all(() => results.name()) }) },
  mach_port_move_member: { ...onTask, number: 3213, put: (call) => [name(call['member']!), name(call['set']!)] },
  mach_port_request_notification: {
    ...onTask, number: 3214, put: (call) => [name(call['name']!), notification(call['kind']!), int(call['sync']!), right(call['notify']!)],
    get: (results) => ({ previous: results.right().name }),
  },
  mach_port_insert_right: { ...onTask, number: 3215, put: (call) => [name(call['name']!), right(call['right']!)] },
  mach_port_extract_right: { ...onTask, number: 3216, put: (call) => [name(call['name']!), disposition(call['disposition']!)], get: (results) => results.right() },
  mach_port_get_receive_status: {
    ...onTask, number: 3217, put: (call) => [name(call['name']!)],
    get: (results) => ({
      set: results.name(), sequence: results.integer(), makeSend: results.integer(), queueLimit: results.integer(), messages: results.integer(),
      sendOnceRights: results.integer(), sendRights: results.boolean(), portDestroyedRequest: results.boolean(), noSendersRequest: results.boolean(),
    }),
  },
  mach_port_set_seqno: { ...onTask, number: 3218, put: (call) => [name(call['name']!), int(call['sequence']!)] },
  task_create: { ...onTask, number: 2007, put: (call) => [bool(call['inherit']!)], get: aName },
  task_terminate: { ...onTask, number: 2008 },
  task_suspend: { ...onTask, number: 2056 },
  task_resume: { ...onTask, number: 2057 },
  task_get_special_port: { ...onTask, number: 2058, put: (call) => [special(call['which']!)], get: aName },
  task_set_special_port: { ...onTask, number: 2059, put: (call) => [special(call['which']!), right(call['port']!)] },
  mach_ports_register: {
    ...onTask, number: 2033, put: (call) => {
      const { names, disposition: one } = call['ports']! as { readonly names: readonly Name[]; readonly disposition: Disposition };
      return [rights(names, one, true)];
    },
  },
  mach_ports_lookup: { ...onTask, number: 2034, get: (results) => ({ names: results.rights() }) },
  thread_create: { ...onTask, number: 2061, get: aName },
  thread_terminate: { ...onThread, number: 2016 },
  thread_suspend: { ...onThread, number: 2062 },
  thread_resume: { ...onThread, number: 2063 },
  thread_abort: { ...onThread, number: 2064 },
  thread_get_special_port: { ...onThread, number: 2067, put: (call) => [special(call['which']!)], get: aName },
  thread_set_special_port: { ...onThread, number: 2068, put: (call) => [special(call['which']!), right(call['port']!)] },
  vm_allocate: { ...onTask, number: 2021, put: (call) => [...range(call), bool(call['anywhere']!)], get: anAddress },
  vm_deallocate: { ...onTask, number: 2023, put: range },
  vm_protect: { ...onTask, number: 2024, put: (call) => [...range(call), bool(call['setMaximum']!), protection(call['protection']!)] },
  vm_inherit: { ...onTask, number: 2025, put: (call) => [...range(call), inheritance(call['inheritance']!)] },
  vm_read: { ...onTask, number: 2026, put: range, get: (results) => results.region() },
  vm_write: { ...onTask, number: 2027, put: (call) => [int(call['address']!), memory(call['data']!, call['size']!)] },
  vm_copy: { ...onTask, number: 2028, put: (call) => [int(call['source']!), int(call['size']!), int(call['destination']!)] },
  vm_region: {
    ...onTask, number: 2029, put: (call) => [int(call['address']!)],
    get: (results) => ({
      address: results.integer(), size: results.integer(), protection: results.protection(), maximum: results.protection(), inheritance: results.inheritance(),
    }),
  },
  vm_map: {
    ...onTask, number: 2089, get: anAddress,
    put: (call) => [
      ...range(call), int(call['mask']!), bool(call['anywhere']!), right(call['object']!), int(call['offset']!), bool(call['copy']!),
      protection(call['protection']!), protection(call['maximum']!), inheritance(call['inheritance']!),
    ],
  },
  vm_set_default_memory_manager: { on: 'host', number: 2041, put: (call) => [right(call['manager']!)], get: (results) => ({ previous: results.right().name }) },
  memory_object_data_unavailable: { ...onObject, number: 2039, put: part },
  memory_object_lock_request: {
    ...onObject, number: 2044,
    put: (call) => [...part(call), clean(call['clean']!), bool(call['flush']!), protection(call['lock']!), right(call['reply']!)],
  },
  memory_object_data_error: { ...onObject, number: 2090, put: (call) => [...part(call), int(call['reason']!)] },
  memory_object_destroy: { ...onObject, number: 2092, put: (call) => [int(call['reason']!)] },
  memory_object_data_supply: {
    ...onObject, number: 2093,
    put: (call) => [int(call['offset']!), memory(call['data']!, call['size']!), protection(call['lock']!), bool(call['precious']!), right(call['reply']!)],
  },
  memory_object_ready: { ...onObject, number: 2094, put: (call) => [bool(call['cacheable']!), strategy(call['strategy']!)] },
  memory_object_change_attributes: {
    ...onObject, number: 2095, put: (call) => [bool(call['cacheable']!), strategy(call['strategy']!), right(call['reply']!)],
  },
};

/** Reads the results of a reply, or what makes it no reply of that operation. */
export function resultsOf(stub: Stub, items: readonly ReceivedItem[]): unknown {
  const results = new Results(items);
  const value = stub.get!(results);
  return results.left === 0 ? value : { unread: results.left, value };
}
