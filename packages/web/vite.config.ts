import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** One bundle a page, and what they share; nothing is inlined, since the pages' policy lets no inline script or style run. */
export default defineConfig({
  root: at('src'),
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    outDir: at('dist'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(['lab', 'supplier', 'customer', 'demo'].map(page => [page, at(`src/${page}/index.html`)]))
    }
  }
})
