import type { RunPoint } from '../record/run.ts'

/** Gives the name of a run's file, which says its point; the same for ever, so that a run is found again. */
export function runName(point: RunPoint): string {
  const { contender, drive, n, degree, gamma, bits, lanes, dropout, churn, delayMs, loss, repeat } = point
  const parts = [
    contender,
    drive,
    `n${n}`,
    ...(degree === null ? [] : [`degree${degree}`]),
    ...(gamma === null ? [] : [`gamma${gamma}`]),
    ...(bits === null ? [] : [`bits${bits}`]),
    `lanes${lanes}`,
    `dropout${dropout}`,
    ...(churn === null ? [] : [`churn-${churn.replaceAll(/[^a-zA-Z0-9.-]+/g, '-')}`]),
    ...(drive === 'live' ? [] : [`delay${delayMs}`, `loss${loss}`]),
    `repeat${repeat}`
  ]
  return parts.join('_')
}

/** Gives the name of a run for a person, with what tells it from its neighbours in the plan. */
export function runTitle({ contender, drive, n, degree, bits, lanes, dropout, churn, repeat }: RunPoint): string {
  const parts = [
    `${contender}${bits === null ? '' : ` ${bits} bits`}${drive === 'live' ? ' live' : ''}`,
    `n = ${n}`,
    ...(degree === null ? [] : [`degree ${degree}`]),
    ...(lanes === 2 ? [] : [`lanes ${lanes}`]),
    ...(dropout === 0 ? [] : [`dropout ${dropout}`]),
    ...(churn === null ? [] : [`churn ${churn}`]),
    `repeat ${repeat + 1}`
  ]
  return parts.join(', ')
}
