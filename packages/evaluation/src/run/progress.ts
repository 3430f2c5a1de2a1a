import { ProgressLine, roughly } from '@hushgrid/comparison'
import { runTitle } from '../plan/run-name.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { EvaluationProgress } from './evaluate.ts'

/** Shows the progress of an evaluation on standard error. */
export function terminalProgress(): EvaluationProgress & { note(text: string): void; close(): void } {
  const progress = new ProgressLine()
  return {
    note: text => progress.line(text),
    warn: text => progress.line(`warning: ${text}`),
    begun: ({ number, of, what, left }) => progress.show(`${number}/${of} ${what} …, about ${roughly(left)} left`),
    done: ({ point }, run, tookMs) => progress.line(`${runTitle(point)}: ${summary(run)}, ${(tookMs / 1000).toFixed(1)} s`),
    failed: ({ point }, reason) => progress.line(`${runTitle(point)} failed: ${reason}`),
    close: () => progress.close()
  }
}

function summary({ slots }: EvaluatedRun): string {
  const totals = slots.filter(({ outcome }) => outcome === 'total')
  const wrong = totals.filter(({ exact }) => exact === false).length
  const lost = slots.length - totals.length
  return `${totals.length} of ${slots.length} slots with a total${wrong > 0 ? `, ${wrong} of them wrong` : ''}${lost > 0 ? `, ${lost} lost` : ''}`
}
