// Members that change what their machine sends, under their own signature.
import type { HeldRoster, MeterOutput } from '@hushgrid/dcnet'
import { type Envelope, type MessageType, sealEnvelope } from '@hushgrid/messages'
import type { SimulatedMeter, SimulatedTarget } from '../../ports/simulated-target.ts'
import { type AttackOrder, meterOf, slotsOf, withMember } from '../attack.ts'

/** Changes a member's messages of one type, both in its journal and as they are sent. */
export function resealing(
  target: SimulatedTarget,
  order: AttackOrder,
  type: MessageType,
  change: (payload: Uint8Array) => Uint8Array
): void {
  const own = meterOf(target, order)
  const meter = target.meter(own)
  const [first, end] = slotsOf(target, order)
  const changed = (bytes: Uint8Array): Uint8Array => {
    const envelope = target.envelopeIn({ channel: 'readings', bytes })
    if (envelope?.type !== type || envelope.slot < first || envelope.slot >= end) return bytes
    let result = bytes
    withMember(target, envelope.slot, own, held => {
      result = resealed(meter, held, envelope, change(envelope.payload))
    })
    return result
  }
  meter.filter(outputs => outputs.map(output => withBytes(output, changed)))
}

/** Seals another payload in place of an envelope's, signed by the member. */
export function resealed({ key }: SimulatedMeter, { roster }: HeldRoster, { type, slot }: Envelope, payload: Uint8Array): Uint8Array {
  return sealEnvelope(key, type, roster.hash, roster.epoch, slot, payload)
}

export function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map(byte => byte ^ 0xff)
}

/** Changes the bytes that an output sends or writes down. */
function withBytes(output: MeterOutput, change: (bytes: Uint8Array) => Uint8Array): MeterOutput {
  if (output.type === 'publish' || output.type === 'request') return { ...output, bytes: change(output.bytes) }
  if (output.type !== 'journal' || output.record.kind === 'roster') return output
  return { ...output, record: { ...output.record, bytes: change(output.record.bytes) } }
}
