// `pnpm web:build`.
import { buildPages, PagesNotBuiltError } from './built-pages.ts'

try {
  process.stdout.write(`${await buildPages()}\n`)
} catch (cause) {
  if (!(cause instanceof PagesNotBuiltError)) throw cause
  process.stderr.write(`${cause.message}\n`)
  process.exitCode = 1
}
