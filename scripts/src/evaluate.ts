import { enableCompileCache } from 'node:module'

// Stripping types and compiling take half a second of a start; the cache is Node's own, in the system's folder for such.
enableCompileCache()
const { main } = await import('./commands/evaluate-command.ts')
process.exitCode = await main(process.argv.slice(2))
