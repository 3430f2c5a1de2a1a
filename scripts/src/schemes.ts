import { enableCompileCache } from 'node:module'

// Stripping types and compiling take half a second of a start; the cache is Node's own, in the system's folder for such.
enableCompileCache()
const { main } = await import('./commands/schemes-command.ts')
await main(process.argv)
