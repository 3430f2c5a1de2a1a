import { main } from './lab/nodes-start-command.ts'

process.exitCode = await main(process.argv.slice(2))
