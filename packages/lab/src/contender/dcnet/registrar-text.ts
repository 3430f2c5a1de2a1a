// Sentences for a person on what the registrar decides about seasons, bars and cuts, with households for meter ids.
import { type AggregatorOutput, findingText, type RegistrarOutput } from '@hushgrid/dcnet'
import type { MeterId } from '@hushgrid/primitives'

/** Gives the news of what a role holds against somebody. */
export function evidenceNews({ against, what }: Extract<AggregatorOutput, { type: 'evidence' }>) {
  return { type: 'evidence', against, what: findingText(what) } as const
}

type Households = ReadonlyMap<MeterId, number>

const BARRED_FOR: Readonly<Record<Extract<RegistrarOutput, { type: 'barred' }>['why'], string>> = {
  faults: 'it was at fault twice',
  disputes: 'it disputed again and again what nobody could witness',
  unwitnessed: 'its submissions were not witnessed again and again',
  proven: 'its own signed messages prove a fault'
}

function meterText(id: MeterId, households: Households): string {
  const household = households.get(id)
  return household === undefined ? `meter ${id}` : `meter ${household}`
}

/** Gives the line on an output; undefined for one that is shown otherwise, or not at all. */
export function registrarText(output: RegistrarOutput, households: Households): string | undefined {
  switch (output.type) {
    case 'season':
      return `season ${output.season} begins${output.early ? ' early' : ''} with slot ${output.firstSlot}: ${output.members} members`
    case 'season-put-off':
      return `season ${output.season} is put off until slot ${output.until}: too few members for the next`
    case 'season-too-small':
      return `season ${output.season} cannot begin: ${output.members} members are there for it, ${output.least} are needed`
    case 'barred': {
      const until = output.until === undefined ? 'until an operator lifts it' : `until slot ${output.until}`
      return `${meterText(output.meterId, households)} is left out ${until}: ${BARRED_FOR[output.why]}`
    }
    case 'cut': {
      const pair = [output.owner, output.holder].map(id => meterText(id, households)).join(' and ')
      return `slot ${output.slot}: ${pair} are cut, since one of them lies about their share`
    }
    case 'damped':
      return `slot ${output.slot}: ${output.missing} of ${output.present} are missing, so nobody is marked absent for it`
    default:
      return undefined
  }
}

/** Gives the line on a share without its owner's tag. */
export function conflictText({ slot, owner, holder }: Extract<AggregatorOutput, { type: 'conflict' }>, households: Households): string {
  return `slot ${slot}: the share of ${meterText(holder, households)} lacks the tag of ${meterText(owner, households)}; one of them lies`
}
