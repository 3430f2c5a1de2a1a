// Messages of an epoch that is not held: whose of them have a node ask its registrar, and whose do not.
import { Roster, type RosterBook } from '@hushgrid/dcnet'
import { MessageType, sealEnvelope } from '@hushgrid/messages'
import { BlindingKey, type Epoch, IdentityKey, IMPORT_LANE, type MeterId, SeededRng, type Slot } from '@hushgrid/primitives'
import { describe, expect, it, vi } from 'vitest'
import { heldMembers, showsMissedRoster } from '../../src/dcnet/held-members.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { NAME, SmallNetwork } from '../support/small-network.ts'

const rng = new SeededRng('missed rosters')
const [registrar, aggregator, member, other, stranger] = Array.from({ length: 5 }, () => IdentityKey.generate(rng)) as [
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey,
  IdentityKey
]
const WITHIN = { timeout: 120_000 }

const message = (sender: IdentityKey): Uint8Array =>
  sealEnvelope(sender, MessageType.Submission, new Uint8Array(32), 9 as Epoch, 40 as Slot, new Uint8Array(8))

describe('a message of an epoch that is not held', () => {
  const entry = ({ id }: IdentityKey) => ({
    meterId: id,
    blindingKey: BlindingKey.generate(rng).publicKey,
    placement: rng.bytes(16),
    absent: false,
    laneMask: Uint8Array.of(1)
  })
  const roster = Roster.create(
    {
      ...{ networkId: rng.bytes(32), epoch: 0 as Epoch, season: 0, previousRosterHash: new Uint8Array(32), firstSlot: 1 as Slot },
      ...{ seasonFirstSlot: 1 as Slot, seasonEndSlot: 97 as Slot, committed: false, cuts: [] },
      ...{
        slotSeconds: 900,
        lanes: [{ obis: IMPORT_LANE, maxReading: 11_000, support: 1 }],
        degree: 2,
        minMembers: 3,
        recovery: 1,
        ringSeed: rng.bytes(32)
      },
      ...{ registrarKey: registrar.id, aggregatorKey: aggregator.id }
    },
    [member, other, IdentityKey.generate(rng)].map(entry)
  )
  const book = { held: [{ roster }] } as unknown as RosterBook
  const unknown = [{ type: 'dropped', reason: 'unknown-epoch' }] as const
  const shows = (from: MeterId, sender: IdentityKey): boolean =>
    showsMissedRoster(book, { from, envelope: () => message(sender), outputs: unknown as never })

  it.each([
    ['a member’s own', member.id, member, true],
    ['a member’s, brought by another', other.id, member, true],
    ['the registrar’s', registrar.id, registrar, true],
    ['the aggregator’s', aggregator.id, aggregator, true],
    ['a stranger’s own', stranger.id, stranger, false],
    ['in a member’s name, brought by a stranger', stranger.id, member, false],
    ['a stranger’s, brought by a member', member.id, stranger, false]
  ] as const)('counts as one missed where it is %s: %4$s', (_, from, sender, counts) => {
    expect(shows(from, sender)).toBe(counts)
  })

  it('is not looked at where the machine dropped it for another reason', () => {
    const outputs = [{ type: 'dropped', reason: 'bad-signature' }] as never
    const envelope = (): never => {
      throw new Error('expected nobody to decode it')
    }
    expect(showsMissedRoster(book, { from: member.id, envelope, outputs })).toBe(false)
  })

  it('is heeded of all members of all held rosters, the registrar and the aggregator', () => {
    const ids = new Set(heldMembers(book.held))
    expect(ids).toEqual(new Set([registrar.id, aggregator.id, ...Array.from({ length: 3 }, (_, i) => roster.meterId(i))]))
  })
})

describe('an aggregator that hears a forged message of an unknown epoch', WITHIN, () => {
  it('asks its registrar for nothing', async () => {
    const network = await SmallNetwork.form(3)
    const identity = IdentityKey.generate(rng)
    const forger = await NetworkNode.start({ identity, network: NAME, listen: [], preset: presetNamed('lab', NAME, 8) })
    try {
      const { node } = network.aggregator
      const asked = vi.spyOn(node, 'request')
      await forger.connect(node.addresses[0] as string, AbortSignal.timeout(20_000))
      await forger.subscriberSeen('readings', network.aggregatorKey, AbortSignal.timeout(20_000))
      const dropped = () => network.aggregator.outputs.filter(output => output.type === 'dropped' && output.reason === 'unknown-epoch')
      await forger.publish('readings', message(identity))
      await vi.waitFor(() => expect(dropped()).toHaveLength(1), { timeout: 20_000, interval: 20 })
      // It looks every five seconds, and asks at most every ten.
      await new Promise(resolve => setTimeout(resolve, 12_000))
      expect(asked.mock.calls.filter(([, stream]) => stream === 'enrol')).toEqual([])
    } finally {
      await forger.stop()
      await network.stop()
    }
  })
})
