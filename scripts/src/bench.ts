import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { computationFigures } from './bench/computation.ts'
import { doubleMaskFigures } from './bench/double-mask.ts'
import type { Figure } from './bench/measure.ts'
import { paillierFigures } from './bench/paillier.ts'
import { simulationFigures } from './bench/simulation.ts'
import { compareSlots } from './bench/slot-over-sockets.ts'
import { type CommandRun, runCommandOnce } from './bench/whole-command.ts'
import { machine } from './lab/report.ts'
import { median } from './lab/run.ts'

const PARTS = ['computation', 'double-mask', 'paillier', 'simulation', 'sockets', 'start', 'town'] as const
type Part = (typeof PARTS)[number]

/** Sizes of a full run, and of one that only shows that nothing has rotted. */
const FULL = {
  rounds: 9,
  maskedMembers: 50,
  maskedSlots: 96,
  paillierBits: [2048, 3072],
  socketMembers: 50,
  socketSlots: 12,
  socketRounds: 3,
  startMembers: 50,
  startRuns: 5,
  townMembers: 500,
  townSlots: 20,
  simulatedMembers: 1000,
  simulatedSlots: 5,
  simulatedRounds: 5,
  changedMembers: [50, 200, 800]
}
const TINY = {
  rounds: 2,
  maskedMembers: 24,
  maskedSlots: 3,
  paillierBits: [512],
  socketMembers: 6,
  socketSlots: 2,
  socketRounds: 1,
  startMembers: 6,
  startRuns: 1,
  townMembers: 8,
  townSlots: 2,
  simulatedMembers: 30,
  simulatedSlots: 1,
  simulatedRounds: 1,
  changedMembers: [50]
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

async function measure(part: Part, sizes: typeof FULL): Promise<Figure[]> {
  switch (part) {
    case 'computation':
      return computationFigures(sizes.rounds)
    case 'double-mask':
      return doubleMaskFigures(sizes.maskedMembers, sizes.maskedSlots, sizes.rounds)
    case 'paillier':
      return paillierFigures(sizes.rounds, sizes.paillierBits)
    case 'simulation':
      return simulationFigures(sizes.simulatedMembers, sizes.simulatedSlots, sizes.simulatedRounds, sizes.changedMembers)
    case 'sockets': {
      const {
        members,
        ours,
        bare,
        ratio,
        sizes: bytes,
        rounds,
        slots,
        exact
      } = await compareSlots(sizes.socketMembers, sizes.socketSlots, sizes.socketRounds)
      return [
        {
          name: `CPU of a slot over sockets, n = ${members}, all nodes`,
          unit: 'ms',
          value: ours,
          floor: `bare gossipsub, ${bare.toFixed(0)} ms`,
          ratio,
          goal: 1.5,
          runs: rounds,
          note: `${slots} slots a round, ${exact} of ${rounds * (slots + 3)} exact; ${bytes.submission} B a submission, ${bytes.total} B a total`
        }
      ]
    }
    case 'start': {
      const runs: CommandRun[] = []
      for (let i = 0; i < sizes.startRuns; i++) runs.push(await runCommandOnce(sizes.startMembers, 1))
      const value = (median(runs.map(run => run.firstTotalMs)) ?? Number.NaN) / 1000
      return [
        { name: `from the command to the first exact total, n = ${sizes.startMembers}`, unit: 's', value, goal: 4, runs: runs.length }
      ]
    }
    case 'town': {
      const run = await runCommandOnce(sizes.townMembers, sizes.townSlots)
      const n = `n = ${sizes.townMembers}`
      return [
        { name: `from the command to the first exact total, ${n}`, unit: 's', value: run.firstTotalMs / 1000, goal: 30, runs: 1 },
        { name: `memory of all processes, ${n}`, unit: 'MB', value: run.rssBytes / 1e6, goal: 700, runs: 1 },
        { name: `slots that were not exact, ${n}`, unit: `of ${run.slots}`, value: run.slots - run.exact, goal: 0, runs: 1 },
        { name: `CPU of a slot, ${n}, all nodes`, unit: 'ms', value: run.cpuMs, runs: 1 }
      ]
    }
  }
}

/** Two decimals, or two digits where that would say too little. */
const short = (value: number): string => (value !== 0 && value < 0.1 ? value.toPrecision(2) : value.toFixed(2))

function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, ratio, floor, goal, runs }) => {
    const held = goal === undefined ? '' : (ratio ?? value) <= goal ? `goal ${+short(goal)}: met` : `goal ${+short(goal)}: MISSED`
    return [
      name,
      `${value < 10 ? short(value) : value.toFixed(0)} ${unit}`,
      ratio === undefined ? '' : `${short(ratio)} × ${floor}`,
      held,
      `${runs} run${runs === 1 ? '' : 's'}`
    ]
  })
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}

await runCommand(
  new Command('pnpm bench')
    .description('Measure what the protocol costs, each figure beside a floor or a goal; prints a table and writes JSON.')
    .option('--only <parts>', `some of ${PARTS.join(', ')}, joined by commas`)
    .option('--tiny', 'smallest sizes: shows that everything still runs, the figures mean nothing')
    .option('--out <file>', 'where the JSON goes (default: bench-results/<time>.json)')
    .addHelpText('after', '\nExamples:\n  pnpm bench\n  pnpm bench --only computation\n  pnpm bench --only sockets,start --out before.json')
    .action(async (options: { only?: string; tiny?: boolean; out?: string }) => {
      const parts = (options.only?.split(',') ?? [...PARTS]).map(part => {
        if (!PARTS.includes(part as Part)) throw new InvalidArgumentError('--only', `parts of ${PARTS.join(', ')}`, JSON.stringify(part))
        return part as Part
      })
      const figures: Figure[] = []
      for (const part of parts) {
        say(`measuring ${part} …`)
        figures.push(...(await measure(part, options.tiny ? TINY : FULL)))
      }
      const time = new Date().toISOString()
      const out = options.out ?? join('bench-results', `${time.slice(0, 19).replaceAll(':', '')}.json`)
      mkdirSync(dirname(out), { recursive: true })
      writeFileSync(
        out,
        `${JSON.stringify({ format: 'hushgrid-bench/1', time, machine: machine(), tiny: options.tiny === true, figures }, undefined, 2)}\n`
      )
      process.stdout.write(`${table(figures)}\n\nwritten to ${out}\n`)
    })
)
