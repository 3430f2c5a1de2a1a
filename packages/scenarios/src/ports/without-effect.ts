/** An operation, or its part for one meter, that has no effect. */
export interface WithoutEffect {
  /** Moment in slots from 0. */
  readonly at: number
  /** Name of the operation. */
  readonly operation: string
  /** Meter that it is about; undefined where it is about none, or finds none. */
  readonly about: number | undefined
  readonly why: string
}

/** Writes "leave of meter 6 at 5 had no effect: it has left". */
export function withoutEffectText({ operation, about, at, why }: WithoutEffect): string {
  return `${operation}${about === undefined ? '' : ` of meter ${about}`} at ${at} had no effect: ${why}`
}
