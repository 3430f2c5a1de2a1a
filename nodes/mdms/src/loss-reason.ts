import type { SupplierOutput } from '@hushgrid/pes'

/** Why there is no total. */
export function lossReason({ reason, contributors }: Extract<SupplierOutput, { type: 'lost' }>): string {
  return reason === 'too-few'
    ? `too few readings to be added up: ${contributors.length}`
    : 'an aggregate that does not decrypt to a sum of readings'
}
