import type { Planner, Step } from '../../planner/planner.ts'
import type { Role } from '../../ports/churn.ts'
import type { StepKind } from './operation.ts'

/** A role's process ends, or starts again. */
export type RoleStep<Of extends Role> = { readonly at: number } & ({ readonly do: `${Of}-crash` } | { readonly do: `${Of}-restart` })

/** Plans the crash of a role and its restart; passes over a role that is down already. */
export function planRoleCrash<Of extends Role>(planner: Planner<RoleStep<Of>>, role: Of, at: number, slots: number): void {
  if (planner.rolesDown.has(role)) {
    planner.passOver({ at, operation: `${role}-crash`, about: undefined, why: 'it is down' })
    return
  }
  planner.rolesDown.add(role)
  planner.add({ at, do: `${role}-crash` })
  const restart = (then: number): void => {
    planner.rolesDown.delete(role)
    planner.add({ at: then, do: `${role}-restart` })
  }
  planner.later(at + slots, restart, true)
}

/** Gives the kind of step that ends a role's process. */
export const crashing = (role: Role): StepKind<Step> => ({
  simulate: (target, { at }) => target.schedule(at, () => target.crashRole(role)),
  live: target => target.crashRole(role)
})

/** Gives the kind of step that starts a role's process again. */
export const restarting = (role: Role): StepKind<Step> => ({
  simulate: (target, { at }) => target.schedule(at, () => target.restartRole(role)),
  live: target => target.restartRole(role)
})
