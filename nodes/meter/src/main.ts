import { enableCompileCache } from 'node:module'

// Saves half a second of a start for stripping types and compiling; Node keeps the cache in the system's temporary folder.
enableCompileCache()
const { main } = await import('./commands/meter-command.ts')
await main(process.argv)
