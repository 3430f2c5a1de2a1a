import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'topology/test/**/*.test.ts',
      'nodes/*/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
      'test/**/*.test.ts'
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000
  }
})
