// `pnpm web:build`.
import { builtPages } from './built-pages.ts'

process.stdout.write(`${await builtPages()}\n`)
