import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests run on the sources: the `portcullis-source` condition makes `#model/…` resolve to TypeScript. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { conditions: ['portcullis-source'] },
  ssr: { resolve: { conditions: ['portcullis-source'] } },
  test: {
    include: ['{spec,model,properties,traces,reports,cli,bench,implementations}/**/*.test.ts'],
    testTimeout: 60_000,
  },
});
