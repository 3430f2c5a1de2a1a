import { Door, type DoorContext } from '@hushgrid/machine'
import { MessageType } from '@hushgrid/messages'
import { slotAt } from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import type { ConcentratorContext } from './state.ts'

/** Messages that a concentrator takes from meters. */
export const DOOR = new Door({
  readings: [MessageType.PesReading],
  sync: [MessageType.PesReading],
  enrol: [MessageType.PesSetupRequest, MessageType.PesJoin, MessageType.PesLeave]
})

export function doorContext({ state, now }: ConcentratorContext): DoorContext {
  return { slotNow: slotAt(now, state.config.terms.slotSeconds), drops: state.drops, asDrop: pesDrop }
}
