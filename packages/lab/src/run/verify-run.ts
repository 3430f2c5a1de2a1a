// `pnpm verify`: replays a run from its report by its contender.
import { HushgridError } from '@hushgrid/primitives'
import { contenderOfRun } from '../contender/contenders.ts'
import { type RunVerdict, readRun } from '../report/run-file.ts'

/**
 * Replays a run.
 *
 * @param registrar - the registrar's key where it is known; otherwise the one in the report is trusted
 * @throws HushgridError where the folder holds no run that can be read, or one that only its supplier could check
 */
export function verifyRun(folder: string, registrar?: string): RunVerdict {
  const run = readRun(folder)
  const { replay, shown } = contenderOfRun(run.configuration.mode)
  if (!replay) throw new HushgridError(`${folder}: expected a run of the DC-net; ${shown?.notReplayed ?? 'there is nothing to replay'}`)
  return replay(folder, run, registrar)
}
