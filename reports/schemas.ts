import { z } from 'zod';
import { protocolSchemas, requestFrame, replyFrame } from '#spec/protocol';
import { recordingLines, traceSchema } from '#spec/trace';
import { bundleOf, kernelNames } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';
import { checkReport } from '#reports/check-report';
import { compareReport, paperReport } from '#reports/report-schemas';

/** The schemas that each kernel has its own of, for its calls and answers, and those that all share. */
export const kernelSchemas = ['trace', 'protocol', 'recording'] as const;
export const sharedSchemas = ['check', 'compare', 'paper'] as const;
export const schemaNames = [...kernelSchemas, ...sharedSchemas];
export type KernelSchema = (typeof kernelSchemas)[number];
export type SharedSchema = (typeof sharedSchemas)[number];

const shared: Readonly<Record<SharedSchema, z.ZodType>> = { check: checkReport, compare: compareReport, paper: paperReport };

const asJson = (title: string, schema: z.ZodType): object =>
  ({ title, ...z.toJSONSchema(schema, { target: 'draft-2020-12', reused: 'ref' }) });

/** One schema as JSON Schema 2020-12: of one kernel, or, where none is named, of any. */
export async function schemaText(name: KernelSchema | SharedSchema, kernel?: string): Promise<string> {
  return JSON.stringify(isShared(name) ? asJson(`Portcullis ${name}`, shared[name]) : await kernelSchema(name, kernel), null, 2);
}

const isShared = (name: string): name is SharedSchema => (sharedSchemas as readonly string[]).includes(name);

async function kernelSchema(name: KernelSchema, kernel: string | undefined): Promise<object> {
  const kernels = kernel === undefined ? kernelNames() : [kernel];
  const each = await Promise.all(kernels.map(async (one) => ({ one, schema: await schemaOf(name, one) })));
  if (each.length === 1) return each[0]!.schema;
  // Each keeps an identity of its own, so that its references stay within it.
  const options = each.map(({ one, schema }) => ({ $id: `urn:portcullis:${one}:${name}`, ...schema }));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `Portcullis ${name}`, anyOf: options };
}

async function schemaOf(name: KernelSchema, kernel: string): Promise<object> {
  const bundle = await bundleOf(kernel);
  if (bundle === undefined) throw new BadInput(`there is no kernel ${oneLine(kernel)}; there are: ${kernelNames().join(', ')}`);
  const { scopes, vocabularies: { trace, wire, program } } = bundle;
  const schemas: Record<KernelSchema, () => z.ZodType> = {
    trace: () => traceSchema(trace, scopes.trace),
    protocol: () => {
      const methods = protocolSchemas(wire, program, scopes.wire);
      const shapes = Object.entries(methods).map(([method, { params, result }]) => [method, z.object({ params, result })]);
      return z.object({ request: requestFrame, reply: replyFrame, methods: z.object(Object.fromEntries(shapes)) });
    },
    recording: () => z.union(Object.values(recordingLines(scopes.wire)) as unknown as [z.ZodType, z.ZodType]),
  };
  return asJson(`Portcullis ${name} for ${kernel}`, schemas[name]());
}
