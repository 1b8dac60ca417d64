import { z } from 'zod';
import { protocolSchemas, requestFrame, replyFrame } from '#spec/protocol';
import { recordingLines, traceSchema } from '#spec/trace';
import { bundleOf } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { checkReport } from '#reports/check-report';

/** The schemas this package publishes. */
export const schemaNames = ['trace', 'protocol', 'recording', 'check'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** One schema for one kernel, as JSON Schema 2020-12. */
export async function schemaText(name: SchemaName, kernel: string): Promise<string> {
  const bundle = await bundleOf(kernel);
  if (bundle === undefined) throw new BadInput(`there is no kernel ${kernel}`);
  const { trace, wire, program } = bundle.vocabularies;
  const schema: Record<SchemaName, () => z.ZodType> = {
    trace: () => traceSchema(trace),
    protocol: () => {
      const methods = protocolSchemas(wire, program);
      const shapes = Object.entries(methods).map(([method, { params, result }]) => [method, z.object({ params, result })]);
      return z.object({ request: requestFrame, reply: replyFrame, methods: z.object(Object.fromEntries(shapes)) });
    },
    recording: () => z.union(Object.values(recordingLines) as unknown as [z.ZodType, z.ZodType]),
    check: () => checkReport,
  };
  const json = z.toJSONSchema(schema[name](), { target: 'draft-2020-12', reused: 'ref' });
  return JSON.stringify({ title: `Portcullis ${name}${name === 'check' ? '' : ` for ${kernel}`}`, ...json }, null, 2);
}
