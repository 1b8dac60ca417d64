import { z } from 'zod';
import { leaves, type Form, type Leaf } from '#spec/vocabulary';

declare const sort: unique symbol;
/** A process as the harness knows it: whatever its pid, and never another one's. */
export type ProcessId = number & { readonly [sort]: 'process' };
/** What processes, proxies and virtual circuits are called by: one space for all three. 0 is none, any, or oneself. */
export type Pid = number & { readonly [sort]: 'pid' };

/** Types follow the model's form; the other forms are for validation only. */
const mark = <Value>(schema: z.ZodType, leaf: Leaf): z.ZodType<Value> =>
  schema.register(leaves, leaf) as z.ZodType<Value>;

/** The leaves in one form. A process is `P1`, and Proc `P0`; a pid in a trace is `p3`, `p0` the pid 0. */
export function leafSchemas(form: Form) {
  const handle = () => (form === 'model' ? z.int().min(0) : z.string().regex(/^P[0-9]+$/));
  const number = () => z.int().min(0).max(0x7fff_ffff);
  const pid = {
    model: number,
    trace: () => z.string().regex(/^p[0-9]+$/),
    /** A process that the harness knows goes by its handle, whatever its pid; all else by its number. */
    wire: () => z.union([z.string().regex(/^P[0-9]+$/), number()]),
    program: () => z.union([
      z.string().regex(/^P[0-9]+$/), number(),
      /** The pid that stands at place `name` (from 0) in the answer to call `call` (from 0) of this program. */
      z.object({ call: z.int().min(0), name: z.int().min(0) }),
    ]),
  }[form];
  const given = { model: number, trace: pid, wire: number, program: number }[form];
  return {
    process: () => mark<ProcessId>(handle(), { sort: 'process' }),
    /** A pid as an argument. */
    pid: () => mark<Pid>(pid(), { sort: 'pid' }),
    /** A pid in an answer: on the wire always the implementation's own number. */
    givenPid: () => mark<Pid>(given(), { sort: 'given-pid' }),
    /** What something of another node is called there: of no meaning here. */
    farPid: () => mark<Pid>({ model: number, trace: pid, wire: number, program: number }[form](), { sort: 'far-pid' }),
  };
}

export type Leaves = ReturnType<typeof leafSchemas>;

/** Bytes as the small numbers they are. */
export const bytes = () => z.array(z.int().min(0).max(255));

/** A stretch of the caller's address space. */
export const part = () => z.object({ at: z.int().min(0).max(0xffff), length: z.int().min(0).max(0xffff) });
export const parts = () => z.array(part());

export const none = z.null();
