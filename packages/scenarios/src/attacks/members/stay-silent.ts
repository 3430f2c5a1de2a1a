import type { MeterOutput } from '@hushgrid/dcnet'
import { DisputeReply, type Envelope, MessageType } from '@hushgrid/messages'
import { type Attack, meterOf, slotsOf } from '../attack.ts'

/** Answers of a member that is asked for a release: the release, or the refusal. */
const ANSWERS: ReadonlySet<MessageType> = new Set([MessageType.MaskRelease, MessageType.ShareRelease, MessageType.Refusal])

export const staySilent = {
  name: 'stay-silent',
  by: 'members',
  about: 'A member that owes releases and shares sends none, nor says why, also where the registrar asks.',
  needs: 'meter',
  simulate(target, order) {
    const [first, end] = slotsOf(target, order)
    const isKept = (bytes: Uint8Array): boolean => {
      const envelope: Envelope | undefined = target.envelopeIn({ channel: 'readings', bytes })
      return envelope !== undefined && ANSWERS.has(envelope.type) && envelope.slot >= first && envelope.slot < end
    }
    const silenced = (output: MeterOutput): MeterOutput[] => {
      if (output.type === 'publish' || output.type === 'request') return isKept(output.bytes) ? [] : [output]
      if (output.type !== 'answer') return [output]
      // To the registrar it acknowledges the request, and no more.
      const { acknowledged, envelopes } = DisputeReply.decode(output.bytes)
      return [{ ...output, bytes: DisputeReply.encode({ acknowledged, envelopes: envelopes.filter(bytes => !isKept(bytes)) }) }]
    }
    target.meter(meterOf(target, order)).filter(outputs => outputs.flatMap(silenced))
  }
} as const satisfies Attack
