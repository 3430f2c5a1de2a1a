// Runs of the whole command `pnpm nodes:start`, as a person starts it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type LoadVerdict, othersText, stateFolder } from '@hushgrid/lab'
import { HushgridError } from '@hushgrid/primitives'

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url))

export interface CommandRun {
  /** Time from the command to the line of the first exact total, ms. */
  readonly firstTotalMs: number
  readonly exact: number
  readonly lost: number
  readonly slots: number
  /** Resident memory of all processes together, bytes. */
  readonly rssBytes: number
  readonly cpuMs: number
  /** What disturbed it, in words; undefined where nothing did. */
  readonly disturbed: string | undefined
}

/** Runs `pnpm nodes:start` over readings of that seed, and gives its measurements. */
export async function runCommandOnce(seed: string, members: number, slots: number): Promise<CommandRun> {
  const folder = stateFolder('bench')
  const report = join(folder.path, 'run')
  try {
    const begin = performance.now()
    const args = ['nodes:start', '--n', String(members), '--slots', String(slots), '--seed', seed, '--no-web', '--json', '--report', report]
    const child = spawn('pnpm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    const end = (): void => void child.kill()
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    let firstTotalMs = Number.NaN
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{')) continue
      const event = JSON.parse(line) as { type: string; row?: { exact: boolean } }
      if (Number.isNaN(firstTotalMs) && event.row?.exact) firstTotalMs = performance.now() - begin
    }
    const { summary, memory, load } = JSON.parse(readFileSync(join(report, 'run.json'), 'utf8')) as {
      summary: { slots: number; exact: number; lost: number; medianCpuMs: number }
      memory: { rssBytes: number }
      load: LoadVerdict
    }
    return {
      firstTotalMs,
      slots: summary.slots,
      exact: summary.exact,
      lost: summary.lost,
      rssBytes: memory.rssBytes,
      cpuMs: summary.medianCpuMs,
      // A crowd of meters may be late by its own weight; what others took is no part of its figures.
      disturbed: othersText(load.cores)
    }
  } catch (cause) {
    throw new HushgridError(`pnpm nodes:start --n ${members}: expected a report (${cause instanceof Error ? cause.message : cause})`)
  } finally {
    folder.remove()
  }
}
