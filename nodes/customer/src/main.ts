import { enableCompileCache } from 'node:module'

// Caches compiled code in Node's own system folder, since stripping types and compiling take half a second of a start.
enableCompileCache()
const { main } = await import('./commands/customer-command.ts')
await main(process.argv)
