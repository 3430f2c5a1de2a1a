import { enableCompileCache } from 'node:module'

// Stripping types and compiling take half a second of a start; the cache is Node's own, in the system's folder for such.
enableCompileCache()
const { watchOutput } = await import('@hushgrid/runtime')
const { main } = await import('./commands/topology-command.ts')
watchOutput()
process.exitCode = main(process.argv.slice(2), { out: text => process.stdout.write(text), err: text => process.stderr.write(text) })
