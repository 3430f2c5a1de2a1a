import { alternatives, meant, type Path } from '@hushgrid/primitives'
import { z } from 'zod'
import type { AttackOrder } from '../attacks/attack.ts'
import { ATTACK_NAMES, type AttackName, attackOf } from '../attacks/registry.ts'
import type { Misfit } from '../misfit/misfit.ts'
import type { Step } from '../planner/planner.ts'
import { ATTACKERS, type Attacker } from '../ports/churn.ts'
import { at, meter, meters } from './parts/fields.ts'
import type { Operation } from './parts/operation.ts'

/** Somebody breaks the protocol. */
export interface AttackStep extends Step, AttackOrder {
  readonly do: 'attack'
  readonly by: Attacker
  readonly what: AttackName
}

const schema = z
  .strictObject({
    at,
    do: z.literal('attack'),
    by: z.enum(ATTACKERS).describe('Who attacks.'),
    what: z.enum(ATTACKERS.flatMap(by => ATTACK_NAMES[by])).describe('What it does (`ATTACKS`).'),
    meter: meter.optional().describe('The victim, or the member that attacks.'),
    meters: meters.optional().describe('Colluders, or those who are cut off.'),
    slots: z.int().min(1).default(1).describe('For how many slots.')
  })
  .describe('Somebody breaks the protocol.')

export const attack: Operation<typeof schema, AttackStep> = {
  schema,
  prepared: true,
  check: checkAttack,
  plan(planner, { at: moment, by, what, meter: about, meters: others, slots }) {
    planner.add({
      at: moment,
      do: 'attack',
      by,
      what,
      slots,
      ...(about !== undefined && { meter: about }),
      ...(others && { meters: others })
    })
  },
  steps: {
    attack: {
      simulate: (target, step) => {
        const { at: moment, by, what, meter: about, meters: others } = step
        target.schedule(moment, () => target.attacked({ by, what, meter: about, meters: others }))
        attackOf(what).simulate(target, step)
      }
    }
  }
}

function checkAttack({ by, what, meter: about, meters: others }: z.output<typeof schema>, path: Path): Misfit[] {
  const own = ATTACK_NAMES[by]
  if (!own.includes(what)) {
    const expected = `an attack by ${by === 'members' ? 'members' : `the ${by}`}: ${alternatives(own)}`
    return [{ path: [...path, 'what'], expected, got: `'${what}'${meant(what, own)}` }]
  }
  const { needs } = attackOf(what)
  if (needs === 'nothing' || about !== undefined) return []
  if (needs === 'meter')
    return [{ path, expected: by === 'members' ? 'the meter that attacks' : 'the meter that is attacked', got: 'no meter' }]
  return others === undefined ? [{ path, expected: needs.meters, got: 'no meter' }] : []
}
