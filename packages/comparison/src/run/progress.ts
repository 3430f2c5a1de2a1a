import { busyText } from '@hushgrid/scenarios'
import { lostByContender } from '../results/costs.ts'
import type { ComparedRun } from '../results/result.ts'
import type { ComparisonProgress } from './comparison.ts'
import { ProgressLine, roughly } from './progress-line.ts'

/** Shows progress on standard error. */
export function terminalProgress(): ComparisonProgress & { close(): void } {
  const progress = new ProgressLine()
  return {
    note: text => progress.line(text),
    warn: text => progress.line(`warning: ${text}`),
    begun: ({ number, of, what, left }) => {
      const time = left === undefined ? '' : `, about ${roughly(left)} left`
      progress.show(`${number}/${of} ${what} …${time}`)
    },
    done: run => progress.line(`${nameOf(run)}: ${summary(run)}`),
    close: () => progress.close()
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
