// The epoch that a message to a meter belongs to.
import { Drop, type Envelope, MessageType, verifyEnvelope } from '@hushgrid/messages'
import type { MeterContext, MeterCore, MeterEpoch } from './core.ts'

/**
 * Gives the epoch of a message that must be the aggregator's, its slot's and properly signed.
 *
 * @param orLate - takes also a slot from before its epoch's roster came, as after a restart without a journal
 */
export function fromAggregator(state: MeterCore, envelope: Envelope, orLate = false): MeterEpoch {
  const epoch = state.epochs.get(envelope.epoch)
  if (!epoch) throw new Drop('unknown-epoch')
  const { held } = epoch
  const late = orLate && envelope.slot < held.from && envelope.slot >= held.roster.firstSlot
  if (state.book.ofSlot(envelope.slot) !== held && !late) throw new Drop('wrong-epoch')
  if (envelope.sender !== epoch.held.roster.aggregatorKey) throw new Drop('unknown-sender')
  const { credentials } = state.config
  const { hash } = held.roster
  const holds = credentials ? credentials.verifies(envelope, epoch.aggregator, hash) : verifyEnvelope(envelope, epoch.aggregator, hash)
  if (!holds) throw new Drop('bad-signature')
  return epoch
}

/** Drops a message that the roster's mode does not have; a forged one for its forgery, which is its bearer's fault. */
export function dropOfOtherMode({ state }: MeterContext, envelope: Envelope): never {
  const { type, slot } = envelope
  if (type === MessageType.Dispute) {
    if (state.book.ofSlot(slot) !== state.epochs.get(envelope.epoch)?.held) throw new Drop('wrong-epoch')
    throw new Drop('unexpected-type', 'no disputes in this network')
  }
  fromAggregator(state, envelope, type === MessageType.RecoveryRequest)
  throw new Drop('unexpected-type', type === MessageType.RecoveryRequest ? 'no releases in this network' : 'no double mask in this network')
}
