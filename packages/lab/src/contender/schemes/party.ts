// One party of a scheme in this process: its keys, its journal and its libp2p node.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { idInAddress, NetworkNode, type SchedulingClock, SchemeService } from '@hushgrid/network'
import { BlindingKey, type LaneVector, type MeterId, type Slot, systemRng } from '@hushgrid/primitives'
import { type KeptScheme, type RoleName, SCHEMES, type SchemeName, type SchemeOutput } from '@hushgrid/schemes'
import type { RoleSetting } from '../../roles/protocol.ts'
import { LOOPBACK, presetOf } from '../../roles/runner.ts'
import { identityIn } from '../plain/reading.ts'
import { SchemeJournal } from './journal.ts'

/** Setting of all parties of a scheme. */
export interface SchemeSetting {
  readonly scheme: SchemeName
  /** Bits of the modulus N, where the scheme has one. */
  readonly bits: number
}

/** Setting of all parties but the registrar. */
export interface PartySetting extends SchemeSetting {
  /** Multiaddr of the registrar. */
  readonly registrar: string
  /** Multiaddr of the aggregator; left out for itself. */
  readonly aggregator?: string
}

/** What of a party is in memory only: it outlives the party's node and not this process, nor the loss of its journal. */
export interface PartyMemory {
  readonly agreement: BlindingKey
  readonly states: KeptScheme['memory']
}

export interface PartyInit {
  readonly order: RoleSetting & PartySetting
  readonly role: RoleName
  readonly folder: string
  readonly clock: SchedulingClock
  readonly device?: MeterId
  readonly readings?: (slot: Slot) => LaneVector | undefined
  /** Memory of the life before. */
  readonly memory?: PartyMemory | undefined
  readonly observe: (output: SchemeOutput) => void
  readonly warn: (text: string) => void
  readonly fail: (cause: unknown) => void
}

/** A party that runs. */
export interface SchemeParty {
  readonly node: NetworkNode
  readonly service: SchemeService
  readonly memory: PartyMemory
  readonly id: MeterId
  stop(): Promise<void>
}

/** Gives the path of a party's journal in its folder. */
export function journalIn(folder: string): string {
  return join(folder, 'journal.log')
}

/** Starts a party's node; it takes part once its service has joined. */
export async function startParty(init: PartyInit): Promise<SchemeParty> {
  const { order, role, folder, clock, observe, warn, fail } = init
  const { slotSeconds, name } = order.network
  const identity = identityIn(folder)
  // Without its memory a party has lost its journal, too.
  if (!init.memory) rmSync(journalIn(folder), { force: true })
  const journal = new SchemeJournal(journalIn(folder), slotSeconds, clock)
  const kept = journal.records && init.memory
  const agreement = kept ? kept.agreement : BlindingKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: name, listen: LOOPBACK, preset: presetOf(order) })
  const service = new SchemeService({
    node,
    clock,
    config: {
      scheme: SCHEMES[order.scheme]({ bits: order.bits }),
      role,
      identity,
      agreement,
      registrar: idInAddress(order.registrar),
      slotSeconds,
      rng: systemRng
    },
    registrar: order.registrar,
    aggregator: order.aggregator,
    device: init.device,
    kept: kept && { journal: journal.records ?? [], memory: kept.states },
    append: record => journal.append(record),
    readings: init.readings,
    observe: output => {
      if (output.type === 'failed') warn(`round ${output.round} of ${output.phase} ${output.slot}: ${output.what}`)
      observe(output)
    },
    warn,
    fail
  })
  return {
    node,
    service,
    memory: { agreement, states: service.state.memory },
    id: identity.id,
    stop: async () => {
      service.stop()
      await node.stop()
      journal.close()
    }
  }
}
