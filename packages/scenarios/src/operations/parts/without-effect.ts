import type { WithoutEffect } from '../../ports/without-effect.ts'
import type { StepKind } from './operation.ts'

/** Step of a plan that reports an operation without effect at its moment. */
export interface WithoutEffectStep extends WithoutEffect {
  readonly do: 'without-effect'
}

const reported = ({ do: _, ...operation }: WithoutEffectStep): WithoutEffect => operation

export const withoutEffect: StepKind<WithoutEffectStep> = {
  simulate: (target, step) => target.schedule(step.at, () => target.withoutEffect(reported(step))),
  live: async (target, step) => target.withoutEffect(reported(step))
}
