// Checks the report of a run as `pnpm verify` does, in code: node docs/examples/check-a-run.ts runs/first [registrar's key]
import { verifyRun } from '@hushgrid/lab'

const [folder, registrar] = process.argv.slice(2)
if (folder === undefined) throw new Error('expected the folder of a report, got none')
const { lines, problems } = await verifyRun(folder, registrar)
for (const line of [...lines, ...problems]) console.log(line)
process.exitCode = problems.length === 0 ? 0 : 1
