import { busyText } from '@hushgrid/scenarios'
import { lostByContender } from '../results/costs.ts'
import type { ComparedRun } from '../results/result.ts'
import type { ComparisonProgress } from './comparison.ts'

/** Shows progress on standard error: in a line that is written over on a terminal, in plain lines elsewhere. */
export function terminalProgress(): ComparisonProgress & { close(): void } {
  const terminal = process.stderr.isTTY === true
  let shown = ''
  const clear = (): void => {
    if (terminal && shown !== '') process.stderr.write('\r\u001B[K')
    shown = ''
  }
  const line = (text: string): void => {
    clear()
    process.stderr.write(`${text}\n`)
  }
  return {
    note: line,
    warn: text => line(`warning: ${text}`),
    begun: ({ number, of, what, left }) => {
      const time = left === undefined ? '' : `, about ${inWords(left)} left`
      const text = `${number}/${of} ${what} …${time}`
      clear()
      shown = text
      process.stderr.write(terminal ? text : `${text}\n`)
    },
    done: run => line(`${nameOf(run)}: ${summary(run)}`),
    close: clear
  }
}

function nameOf({ mode, bits, n }: ComparedRun): string {
  return `${mode}${bits === null ? '' : ` ${bits} bits`}, n = ${n}`
}

function summary({ slots, setup }: ComparedRun): string {
  const exact = slots.filter(slot => slot.exact).length
  const lost = slots.filter(lostByContender).length
  const busy = slots.filter(slot => slot.busy).length
  return `${exact} of ${slots.length} slots exact${lost > 0 ? `, ${lost} lost` : ''}${busyText(busy)}, set up in ${(setup.ms / 1000).toFixed(1)} s`
}

function inWords(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
