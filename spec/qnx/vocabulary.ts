import type { z } from 'zod';
import type { Form } from '#spec/vocabulary';
import { leafSchemas } from '#spec/qnx/vocabulary/leaves';
import { memoryVocabulary } from '#spec/qnx/vocabulary/memory';
import { messageVocabulary } from '#spec/qnx/vocabulary/messages';
import { networkVocabulary } from '#spec/qnx/vocabulary/network';
import { processVocabulary } from '#spec/qnx/vocabulary/processes';
import { proxyVocabulary } from '#spec/qnx/vocabulary/proxies';
import { schedulingVocabulary } from '#spec/qnx/vocabulary/scheduling';
import { signalVocabulary } from '#spec/qnx/vocabulary/signals';

export type { Pid, ProcessId } from '#spec/qnx/vocabulary/leaves';
export { policies, type Policy } from '#spec/qnx/vocabulary/scheduling';
export { images, type Image } from '#spec/qnx/vocabulary/processes';
export { actions, processFlags, signals, type Action, type ProcessFlag, type Signal } from '#spec/qnx/vocabulary/signals';

/** QNX 4's calls in one form. The caller is the process: each has one thread of control. */
export function qnxVocabulary(form: Form) {
  const leaf = leafSchemas(form);
  return {
    ...messageVocabulary(leaf),
    ...proxyVocabulary(leaf),
    ...signalVocabulary(leaf),
    ...processVocabulary(leaf),
    ...memoryVocabulary(leaf),
    ...schedulingVocabulary(leaf),
    ...networkVocabulary(leaf),
  } as const;
}

type Shapes = ReturnType<typeof qnxVocabulary>;
export type QnxOperationName = keyof Shapes;

type Deep<T> = T extends number | string | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? readonly Deep<Item>[]
  : { readonly [K in keyof T]: Deep<T[K]> };

/** The arguments of an operation, in the model's form. */
export type QnxArguments<Op extends QnxOperationName> = Arguments<z.infer<Shapes[Op]['takes']>>;

/** An object without fields is not one with any. */
type Arguments<T> = string extends keyof T ? object : Deep<T>;

export type QnxReturns<Op extends QnxOperationName> = Deep<z.infer<Shapes[Op]['returns']>>;
export type QnxRaises<Op extends QnxOperationName> = Shapes[Op]['raises'][number];
export type QnxSpoils<Op extends QnxOperationName> = Shapes[Op] extends { spoils: infer Table }
  ? { [Error in keyof Table]: { error: Error; value: Table[Error] extends z.ZodType<infer V> ? Deep<V> : never } }[keyof Table]
  : never;
export type QnxBlocks<Op extends QnxOperationName> = Shapes[Op] extends { blocks: true } ? true : false;

/** A stretch of an address space. */
export interface Part { readonly at: number; readonly length: number }
