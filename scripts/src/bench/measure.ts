// Timing of short pieces of work, as medians over several rounds.
import { median } from '../lab/run.ts'

/** One figure of the benchmark. */
export interface Figure {
  readonly name: string
  /** What `value` is in. */
  readonly unit: string
  readonly value: number
  /** What it is a multiple of, where it is a comparison in the same run. */
  readonly floor?: string
  readonly ratio?: number
  /** The most that the value, or the ratio where there is one, should be. */
  readonly goal?: number
  /** Rounds that the median is over. */
  readonly runs: number
  readonly note?: string
}

/** Microseconds a call takes, a value a round. */
export function microseconds(rounds: number, calls: number, work: () => void): number[] {
  for (let i = 0; i < calls / 10; i++) work()
  const out: number[] = []
  for (let round = 0; round < rounds; round++) {
    const begin = process.hrtime.bigint()
    for (let i = 0; i < calls; i++) work()
    out.push(Number(process.hrtime.bigint() - begin) / 1000 / calls)
  }
  return out
}

/** Two pieces of work in turn, round by round, so that a change of the machine's speed meets both. */
export function compared(
  rounds: number,
  calls: number,
  work: () => void,
  floor: () => void
): { value: number; floor: number; ratio: number } {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(...microseconds(1, calls, work))
    theirs.push(...microseconds(1, calls, floor))
  }
  const ratios = ours.map((value, i) => value / (theirs[i] ?? value))
  return { value: median(ours) ?? 0, floor: median(theirs) ?? 0, ratio: median(ratios) ?? 0 }
}
