import { EVALUATION_DEFAULTS } from '../file/defaults.ts'
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

/** Gives the name of a run for a person: its point and its repeat. */
export function runTitle({ repeat, ...point }: RunPoint): string {
  return `${pointTitle(point)}, repeat ${repeat + 1}`
}

/** Gives the name of a point for a person: parameters that a file need not give are left out where they are the default. */
export function pointTitle(point: Omit<RunPoint, 'repeat'>): string {
  const { contender, drive, n, degree, gamma, bits, lanes, dropout, churn, delayMs, loss } = point
  const { gamma: usualGamma, lanes: usualLanes, delayMs: usualDelay } = EVALUATION_DEFAULTS
  const parts = [
    `${contender}${bits === null ? '' : ` ${bits} bits`}${drive === 'live' ? ' live' : ''}`,
    `n = ${n}`,
    ...(degree === null ? [] : [`degree ${degree}`]),
    ...(gamma === null || gamma === usualGamma ? [] : [`γ ${gamma}`]),
    ...(lanes === usualLanes ? [] : [`lanes ${lanes}`]),
    ...(dropout === 0 ? [] : [`dropout ${dropout}`]),
    ...(churn === null ? [] : [`churn ${churn}`]),
    // Live nodes have what the machine gives them.
    ...(drive === 'live' || delayMs === usualDelay ? [] : [`delay ${delayMs} ms`]),
    ...(drive === 'live' || loss === 0 ? [] : [`loss ${loss}`])
  ]
  return parts.join(', ')
}
