import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./commands/demo-command.ts')
process.exitCode = await main(process.argv.slice(2))
