// A program that runs an evaluation whose runs are stand-ins: `node evaluate-stand-in.ts FOLDER SEED CONTENDER…`.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const [{ evaluationPlan }, { runEvaluation }] = await Promise.all([
  import('../../src/plan/plan.ts'),
  import('../../src/run/run-evaluation.ts')
])
const [folder = '', seed = '', ...contenders] = process.argv.slice(2)
const standIn = new URL('./stand-in-run.ts', import.meta.url)
const fields = {
  name: 'stand-in',
  about: 'Runs nothing.',
  contenders,
  n: [6, 7],
  repeats: 2,
  slots: 2,
  changes: false,
  exhibits: 'security' as const
}
process.exitCode = await runEvaluation(evaluationPlan(fields, seed), {
  ...{ command: 'node evaluate-stand-in.ts', out: folder, jobs: 2, repeatDisturbed: 0 },
  modules: { simulated: standIn, live: standIn }
})
